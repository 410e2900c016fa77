// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "application/ports/telemetry.hpp"

namespace vcare::telemetry {

/// `age`: a gauge that keeps an instant and is written as the time since.
enum class MetricKind : std::uint8_t { counter, gauge, age, histogram };

struct MetricInfo {
    application::Metric metric{};
    std::string_view name;
    MetricKind kind{};
    std::string_view help;
    std::span<const double> buckets = {};  ///< upper bounds, rising, of a histogram
};

/// In the order of the enumeration, one row for each metric.
[[nodiscard]] std::span<const MetricInfo> vocabulary();

}  // namespace vcare::telemetry
