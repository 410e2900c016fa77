// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "application/ports/telemetry.hpp"

namespace vcare::telemetry {

/// Who the spans are from, by OpenTelemetry's names for a resource.
struct SpanSource {
    std::string version;   ///< of the program: `service.version`
    std::string instance;  ///< of this process: `service.instance.id`
};

/// An ExportTraceServiceRequest in OTLP's JSON encoding: ids in hex, times as text
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
[[nodiscard]] std::string encode_spans(std::span<const application::FinishedSpan> spans,
                                       const SpanSource& source);

}  // namespace vcare::telemetry
