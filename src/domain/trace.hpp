// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vcare::domain {

using TraceId = std::array<std::uint8_t, 16>;
using SpanId = std::array<std::uint8_t, 8>;

/// For which piece of work something is done, across services (https://www.w3.org/TR/trace-context/).
struct TraceContext {
    TraceId trace{};
    SpanId span{};         ///< the piece of work
    bool sampled = false;  ///< whether whoever began the trace wants to see it

    /// Of a `traceparent`: `00-<32 hex>-<16 hex>-<2 hex>`; a later version may be longer and still begins so.
    [[nodiscard]] static std::optional<TraceContext> parse(std::string_view traceparent);
    /// Empty where there is none.
    [[nodiscard]] std::string to_traceparent() const;

    [[nodiscard]] bool is_there() const { return trace != TraceId{}; }
    friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

/// In lower case, as traces are written everywhere.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace vcare::domain
