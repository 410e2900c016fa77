// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace vcare::crypto {

using Sha256 = std::array<char, 32>;
[[nodiscard]] Sha256 sha256_bytes(std::string_view bytes);
[[nodiscard]] std::string sha256(std::string_view bytes);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);
/// Only for TURN's REST credentials, whose format fixes it.
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view text);

/// 32 bytes for the purpose that `info` names (HKDF with SHA-256, RFC 5869, no salt).
[[nodiscard]] std::string derive_key(std::string_view secret, std::string_view info);

/// Takes the same time wherever the texts differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace vcare::crypto
