// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vcare::crypto {

/// A signed token in compact form (RFC 7515, section 7.1), taken apart and decoded; nothing is verified.
struct CompactJws {
    std::string header;         ///< JSON text
    std::string payload;        ///< JSON text
    std::string signature;      ///< bytes
    std::string signing_input;  ///< what the signature is over
};

/// Nothing unless there are exactly three parts, each of them base64url.
[[nodiscard]] std::optional<CompactJws> parse_compact_jws(std::string_view token);

/// The text to sign for a header and a payload, both JSON.
[[nodiscard]] std::string jws_signing_input(std::string_view header, std::string_view payload);
/// The whole token.
[[nodiscard]] std::string to_compact_jws(std::string signing_input, std::string_view signature);

}  // namespace vcare::crypto
