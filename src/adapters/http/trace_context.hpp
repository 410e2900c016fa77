// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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
    /// Appends `size` random bytes in hex; `size` is at most that of a block.
    void append(std::string& text, std::size_t size);

  private:
    application::Randomness& randomness_;
    std::array<std::byte, 4096> block_{};
    std::size_t used_ = sizeof block_;
};

/// How a request is traced: the trace of its `traceparent` continued, or a new one
/// (https://www.w3.org/TR/trace-context/); its `X-Request-Id` when that is 1–128 visible ASCII characters, or
/// a new one.
[[nodiscard]] application::RequestContext context_of(const Request& request, TraceIds& ids);

}  // namespace vcare::http
