// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "adapters/http/limits.hpp"
#include "adapters/http/message.hpp"
#include "domain/error.hpp"

namespace vcare::http {

/// Turns bytes into requests, without any I/O: the caller brings bytes in whatever pieces they come and
/// does what `advance` says. Bytes behind a request stay for the next one (pipelining).
///
/// A refused reader cannot go on: where the next request would start is not known any more, so the
/// connection is answered once and closed.
class RequestReader {
  public:
    explicit RequestReader(const Limits& limits);
    ~RequestReader();
    RequestReader(RequestReader&&) = delete;

    enum class Step : std::uint8_t {
        need_bytes,    ///< read some more
        have_head,     ///< look at `head()`, then call `allow_body`
        have_request,  ///< `take_request`
        refused,       ///< see `refusal()`
    };
    [[nodiscard]] Step advance();

    /// Room for the next bytes, and how many of it were filled.
    [[nodiscard]] std::span<char> prepare(std::size_t size);
    void commit(std::size_t size);

    /// The request without its body, after `have_head`.
    [[nodiscard]] const Request& head() const;
    [[nodiscard]] bool expects_continue() const;
    [[nodiscard]] bool has_body() const;
    void allow_body(std::size_t max_bytes);

    /// Gives the request away; the next call of `advance` starts on the one behind it.
    [[nodiscard]] Request take_request();

    /// True while no byte of a next request has come.
    [[nodiscard]] bool is_between_requests() const;
    [[nodiscard]] bool is_in_body() const { return state_ == State::body; }
    [[nodiscard]] const domain::Error& refusal() const { return refusal_; }

  private:
    class Parser;

    [[nodiscard]] Step refuse(domain::ErrorCode code, std::string_view detail);
    [[nodiscard]] Step advance_head();
    [[nodiscard]] Step advance_body();

    enum class State : std::uint8_t { head, deciding, body, whole, refused };

    const Limits& limits_;
    State state_ = State::head;
    std::string buffer_;  // bytes that were not parsed yet are its first `filled_`
    std::size_t filled_ = 0;
    std::size_t scanned_ = 0;  // of the head: nothing before here needs another look
    std::unique_ptr<Parser> parser_;
    domain::Error refusal_{domain::ErrorCode::validation_error};
};

}  // namespace vcare::http
