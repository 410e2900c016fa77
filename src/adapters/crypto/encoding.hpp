// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vcare::crypto {

/// RFC 4648: base64 with padding, and base64url without.
[[nodiscard]] std::string to_base64(std::string_view bytes);
[[nodiscard]] std::string to_base64url(std::string_view bytes);

/// Base64url without padding. Nothing for any other text, also where the unused bits of the last character
/// are not zero: one value has one text.
[[nodiscard]] std::optional<std::string> parse_base64url(std::string_view text);

/// Lower case.
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> parse_hex(std::string_view text);

}  // namespace vcare::crypto
