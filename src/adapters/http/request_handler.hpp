// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http/message.hpp"
#include "application/task.hpp"

namespace vcare::http {

class Loop;

/// What a listener does with requests. One object serves every loop at once, so it changes nothing of its
/// own without saying how.
class RequestHandler {
  public:
    virtual ~RequestHandler() = default;

    /// How many bytes of body this request may bring.
    [[nodiscard]] virtual std::size_t max_body_bytes(const Request& head) const = 0;

    /// Runs on `loop`, which outlives it.
    [[nodiscard]] virtual Task<Response> answer(Loop* loop, Request request) = 0;

    /// The answer to something that is no request, or too much of one.
    [[nodiscard]] virtual Response refuse(const domain::Error& error) const = 0;
};

}  // namespace vcare::http
