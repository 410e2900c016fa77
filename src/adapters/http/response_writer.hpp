// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "adapters/http/message.hpp"

namespace vcare::http {

enum class BodyFollows : std::uint8_t {
    with_length,  ///< the body, preceded by its length
    never,        ///< an answer to HEAD: the length is told, the body is not sent
    as_stream,    ///< bytes until the connection closes
};

/// The head of an answer up to and with its empty line, with Date, Content-Length and Connection. A field
/// that holds a control character is left out, so that nothing a request said can begin a line of its own.
[[nodiscard]] std::string head_of(const Response& response, BodyFollows body, bool keeps_alive,
                                  std::string_view date);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
[[nodiscard]] std::string http_date(std::int64_t unix_seconds);

}  // namespace vcare::http
