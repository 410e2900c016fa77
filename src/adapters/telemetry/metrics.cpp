// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/metrics.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace vcare::telemetry {
namespace {

using application::Labels;
using application::Metric;

/// FNV-1a over names and values.
std::size_t hash_of(LabelView labels) {
    std::uint64_t hash = 14695981039346656037U;
    const auto add = [&](std::string_view text) {
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
        hash = (hash ^ 0xFF) * 1099511628211U;  // no text has this byte: where one ends counts
    };
    for (const auto& [name, value] : labels) {
        add(name);
        add(value);
    }
    return static_cast<std::size_t>(hash);
}

LabelView view_of(Labels labels) {
    return {labels.begin(), labels.size()};
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else {
            if (c == '\\' || c == '"') out += '\\';
            out += c;
        }
    }
    return out;
}

std::string_view word_of(MetricKind kind) {
    switch (kind) {
        case MetricKind::counter:
            return "counter";
        case MetricKind::gauge:
        case MetricKind::age:
            return "gauge";
        case MetricKind::histogram:
            return "histogram";
    }
    return "untyped";
}

void write_head(std::string& out, std::string_view name, std::string_view kind, std::string_view help) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, kind);
}

double seconds_of(domain::Instant at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
}

}  // namespace

Series::Series(const MetricInfo& info, LabelView labels)
    : info_(info), buckets_(info.kind == MetricKind::histogram ? info.buckets.size() + 1 : 0) {
    for (const auto& [name, value] : labels) labels_.emplace_back(name, value);
}

bool Series::has(LabelView labels) const {
    return std::ranges::equal(labels_, labels, [](const auto& mine, const auto& theirs) {
        return mine.first == theirs.first && mine.second == theirs.second;
    });
}

void Series::add(double by) {
    value_.fetch_add(by, std::memory_order_relaxed);
}

void Series::set(double value) {
    value_.store(value, std::memory_order_relaxed);
}

void Series::observe(double value) {
    const auto bucket = std::ranges::lower_bound(info_.buckets, value) - info_.buckets.begin();
    buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    value_.fetch_add(value, std::memory_order_relaxed);
}

void Series::set(domain::Instant since) {
    set(seconds_of(since));
}

void Series::write(std::string& out, domain::Instant now) const {
    if (info_.kind == MetricKind::histogram) return write_histogram(out);
    const double value = value_.load(std::memory_order_relaxed);
    const bool is_age = info_.kind == MetricKind::age;
    write_line(out, "", "", fmt::format("{}", is_age ? seconds_of(now) - value : value));
}

void Series::write_histogram(std::string& out) const {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        seen += buckets_[i].load(std::memory_order_relaxed);
        const std::string bound = i < info_.buckets.size() ? fmt::format("{}", info_.buckets[i]) : "+Inf";
        write_line(out, "_bucket", fmt::format("le=\"{}\"", bound), fmt::format("{}", seen));
    }
    write_line(out, "_sum", "", fmt::format("{}", value_.load(std::memory_order_relaxed)));
    write_line(out, "_count", "", fmt::format("{}", seen));
}

void Series::write_line(std::string& out, std::string_view suffix, std::string_view more_labels,
                        std::string_view value) const {
    std::string labels;
    for (const auto& [name, text] : labels_)
        labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", name, escaped(text));
    if (!more_labels.empty()) labels += (labels.empty() ? "" : ",") + std::string{more_labels};
    const bool has_labels = !labels.empty();
    fmt::format_to(std::back_inserter(out), "{}{}{}{}{} {}\n", info_.name, suffix, has_labels ? "{" : "",
                   labels, has_labels ? "}" : "", value);
}

SeriesTable::~SeriesTable() {
    for (auto& slot : slots_) delete slot.load();
}

Series* SeriesTable::find_or_add(LabelView labels) {
    const std::size_t first = hash_of(labels);
    std::unique_ptr<Series> fresh;
    for (std::size_t step = 0; step < series_max; ++step) {
        auto& slot = slots_[(first + step) % series_max];
        Series* there = slot.load(std::memory_order_acquire);
        if (there == nullptr) {
            if (!fresh) fresh = std::make_unique<Series>(info_, labels);
            // Another thread may be quicker: then `there` is its series, perhaps the very one wanted.
            if (slot.compare_exchange_strong(there, fresh.get(), std::memory_order_acq_rel))
                return fresh.release();
        }
        if (there->has(labels)) return there;
    }
    return nullptr;
}

void SeriesTable::write(std::string& out, domain::Instant now) const {
    bool has_head = false;
    for (const auto& slot : slots_) {
        const Series* const series = slot.load(std::memory_order_acquire);
        if (series == nullptr) continue;
        if (!std::exchange(has_head, true)) write_head(out, info_.name, word_of(info_.kind), info_.help);
        series->write(out, now);
    }
}

Metrics::Metrics() {
    for (const MetricInfo& info : vocabulary()) tables_.emplace_back(info);
}

Series* Metrics::find(Metric metric, LabelView labels) {
    Series* const series = tables_[static_cast<std::size_t>(metric)].find_or_add(labels);
    if (series == nullptr) dropped_.fetch_add(1, std::memory_order_relaxed);
    return series;
}

void Metrics::count(Metric metric, Labels labels, double by) {
    if (Series* const series = find(metric, view_of(labels))) series->add(by);
}

void Metrics::count_of(std::string_view tenant, Metric metric, Labels labels) {
    std::vector<application::Label> all{labels};
    all.emplace_back("tenant", tenant);
    if (Series* const series = find(metric, all)) series->add(1);
}

void Metrics::observe(Metric metric, double value, Labels labels) {
    if (Series* const series = find(metric, view_of(labels))) series->observe(value);
}

void Metrics::gauge(Metric metric, double value, Labels labels) {
    if (Series* const series = find(metric, view_of(labels))) series->set(value);
}

void Metrics::age(Metric metric, domain::Instant since, Labels labels) {
    if (Series* const series = find(metric, view_of(labels))) series->set(since);
}

std::string Metrics::exposition(domain::Instant now) const {
    std::string out;
    for (const SeriesTable& table : tables_) table.write(out, now);
    write_plain_metric(out, "vcare_telemetry_dropped_total", "counter",
                       "Values left out because their metric has too many series",
                       static_cast<double>(dropped_.load(std::memory_order_relaxed)));
    return out;
}

void write_plain_metric(std::string& out, std::string_view name, std::string_view kind, std::string_view help,
                        double value) {
    write_head(out, name, kind, help);
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

}  // namespace vcare::telemetry
