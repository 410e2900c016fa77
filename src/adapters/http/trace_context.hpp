// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http/message.hpp"
#include "application/context.hpp"
#include "application/ports/randomness.hpp"

namespace vcare::http {

/// How a request is traced: the trace of its `traceparent` continued, or a new one
/// (https://www.w3.org/TR/trace-context/); its `X-Request-Id` when that is 1–128 visible ASCII characters, or
/// a new one.
[[nodiscard]] application::RequestContext context_of(const Request& request,
                                                     application::Randomness& randomness);

/// `size` random bytes in hex.
[[nodiscard]] std::string random_hex(application::Randomness& randomness, std::size_t size);

}  // namespace vcare::http
