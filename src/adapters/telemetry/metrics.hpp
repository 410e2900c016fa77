// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/telemetry/telemetry_vocabulary.hpp"

namespace vcare::telemetry {

/// The labels of one series, wherever they are.
using LabelView = std::span<const application::Label>;

/// One metric with one set of labels. Safe to change and read from any thread at once.
class Series {
  public:
    Series(const MetricInfo& info, LabelView labels);

    [[nodiscard]] bool has(LabelView labels) const;
    void add(double by);
    void set(double value);
    void observe(double value);
    void set(domain::Instant since);
    /// Appends its lines in the Prometheus text format.
    void write(std::string& out, domain::Instant now) const;

  private:
    void write_line(std::string& out, std::string_view suffix, std::string_view more_labels,
                    std::string_view value) const;
    void write_histogram(std::string& out) const;

    const MetricInfo& info_;
    std::vector<std::pair<std::string, std::string>> labels_;
    std::atomic<double> value_ = 0;  ///< of a histogram: the sum; of an age: since when, in seconds
    std::vector<std::atomic<std::uint64_t>> buckets_;  ///< not cumulative; the last one has no bound
};

/// The series of one metric: a table of fixed size that only grows. Finding takes no lock.
class SeriesTable {
  public:
    static constexpr std::size_t series_max = 512;

    explicit SeriesTable(const MetricInfo& info) : info_(info) {}
    SeriesTable(const SeriesTable&) = delete;
    SeriesTable& operator=(const SeriesTable&) = delete;
    ~SeriesTable();

    /// Null when the table is full.
    [[nodiscard]] Series* find_or_add(LabelView labels);
    void write(std::string& out, domain::Instant now) const;

  private:
    const MetricInfo& info_;
    std::array<std::atomic<Series*>, series_max> slots_ = {};
};

/// All metrics of the vocabulary.
class Metrics {
  public:
    Metrics();

    void count(application::Metric metric, application::Labels labels, double by);
    /// With one label more, the last one: `tenant`.
    void count_of(std::string_view tenant, application::Metric metric, application::Labels labels);
    void observe(application::Metric metric, double value, application::Labels labels);
    void gauge(application::Metric metric, double value, application::Labels labels);
    void age(application::Metric metric, domain::Instant since, application::Labels labels);

    /// Prometheus text format, version 0.0.4
    /// (https://prometheus.io/docs/instrumenting/exposition_formats/).
    [[nodiscard]] std::string exposition(domain::Instant now) const;

  private:
    Series* find(application::Metric metric, LabelView labels);

    std::deque<SeriesTable> tables_;
    std::atomic<std::uint64_t> dropped_ = 0;
};

/// One metric without labels: help, kind and value.
void write_plain_metric(std::string& out, std::string_view name, std::string_view kind, std::string_view help,
                        double value);

}  // namespace vcare::telemetry
