// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace vcare::http {

/// What is wrong with the bytes of a request's head (up to and with the empty line), as a sentence; nothing
/// when it may be parsed. Finds what a lenient parser lets through and two parsers in a row could read as
/// two different requests: folded lines, bare CR or LF, blanks before a colon, a missing or repeated Host, a
/// repeated or odd Content-Length, any Transfer-Encoding but exactly `chunked`, and both lengths together
/// (RFC 9112, sections 2.2, 3.2, 5, 6 and 11.2).
[[nodiscard]] std::optional<std::string_view> fault_in_head(std::string_view head);

}  // namespace vcare::http
