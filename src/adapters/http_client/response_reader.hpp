// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "adapters/http_client/http_client.hpp"

namespace vcare::http_client {

/// Takes bytes as they come and makes one answer of them. Performs nothing.
class ResponseReader {
  public:
    struct Limits {
        std::size_t max_head_bytes;
        std::size_t max_body_bytes;
    };
    enum class Step : std::uint8_t { need_bytes, whole, failed };

    /// `has_no_body`: the answer to a HEAD, which has a length and no body.
    ResponseReader(Limits limits, bool has_no_body);
    ~ResponseReader();

    [[nodiscard]] Step take(std::string_view bytes);
    /// The server said that no more will come.
    [[nodiscard]] Step end();
    /// The connection broke.
    [[nodiscard]] Step broke();

    [[nodiscard]] Failure failure() const { return failure_; }
    /// Once it is whole.
    [[nodiscard]] Response take_response();
    /// Whether another request may follow on the connection: the server keeps it open, and nothing came
    /// behind the answer, which could pass for the next one.
    [[nodiscard]] bool leaves_connection_usable() const;

  private:
    class Parser;

    [[nodiscard]] Step read_head();
    [[nodiscard]] Step read_body();
    [[nodiscard]] Step fail(Failure failure);

    const Limits limits_;
    const bool has_no_body_;
    std::string unread_;
    std::size_t bytes_taken_ = 0;
    unsigned interim_answers_ = 0;
    std::unique_ptr<Parser> parser_;  ///< there once the head is
    Failure failure_ = Failure::reset;
};

}  // namespace vcare::http_client
