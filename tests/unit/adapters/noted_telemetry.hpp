// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "application/ports/telemetry.hpp"

namespace vcare::tests {

/// Keeps the last value of every gauge and the events logged, for a test to look at.
class NotedTelemetry final : public application::Telemetry {
  public:
    void count(application::Metric, application::Labels, double) override {}
    void observe(application::Metric, double, application::Labels) override {}
    void gauge(application::Metric metric, double value, application::Labels) override {
        gauges[metric] = value;
    }
    void log(application::Severity, std::string_view event,
             std::initializer_list<application::LogField>) override {
        events.emplace_back(event);
    }

    std::map<application::Metric, double> gauges;
    std::vector<std::string> events;
};

}  // namespace vcare::tests
