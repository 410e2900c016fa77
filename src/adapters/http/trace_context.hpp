// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

#include "adapters/http/message.hpp"
#include "application/context.hpp"
#include "application/ports/randomness.hpp"

namespace vcare::http {

/// Draws the ids of traces and requests for one loop. They have to differ, here and everywhere else, and are
/// no secret: so a block of randomness is drawn for many of them at once and may lie in memory meanwhile.
/// What must not be guessed (credentials, codes, jtis) is never drawn here.
class TraceIds {
  public:
    explicit TraceIds(application::Randomness& randomness) : randomness_(randomness) {}
    /// Fills at most a block.
    void fill(std::span<std::uint8_t> id);
    /// So many bytes in hex.
    [[nodiscard]] std::string hex(std::size_t size);

  private:
    [[nodiscard]] std::span<const std::byte> draw(std::size_t size);

    application::Randomness& randomness_;
    std::array<std::byte, 4096> block_{};
    std::size_t used_ = sizeof block_;
};

/// The piece of work of a client that a request says it is for (https://www.w3.org/TR/trace-context/).
[[nodiscard]] std::optional<domain::TraceContext> caller_of(const Request& request);

/// How a request is traced: as a new piece of its caller's trace, or of a new one, which nobody wants to see
/// yet; its `X-Request-Id` when that is 1–128 visible ASCII characters, or a new one.
[[nodiscard]] application::RequestContext context_of(const Request& request,
                                                     const std::optional<domain::TraceContext>& caller,
                                                     TraceIds& ids);

}  // namespace vcare::http
