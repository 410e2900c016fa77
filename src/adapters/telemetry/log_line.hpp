// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "application/ports/telemetry.hpp"
#include "domain/time.hpp"

namespace vcare::telemetry {

struct LogEntry {
    domain::Instant at;
    application::Severity severity{};
    std::string_view event;
    std::span<const application::LogField> fields = {};
};

[[nodiscard]] std::string_view word_of(application::Severity severity);

/// `{"time":"…","level":"info","event":"relay.published","count":"3"}` and a line end. Always one line of
/// valid JSON, whatever the values hold; a byte that is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string to_json_line(const LogEntry& entry);

/// `18:43:12.345 info    relay.published count=3` and a line end, times in UTC. A value with anything but
/// plain characters stands in quotes, escaped as in JSON.
[[nodiscard]] std::string to_text_line(const LogEntry& entry);

}  // namespace vcare::telemetry
