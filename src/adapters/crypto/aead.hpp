// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vcare::crypto {

/// AES-256-GCM under a 32-byte key with a fresh random nonce: nonce, ciphertext, tag. `bound_to` is
/// authenticated and not kept.
[[nodiscard]] std::string seal_aes256_gcm(std::string_view key, std::string_view plaintext,
                                          std::string_view bound_to);

/// Nothing when the key, `bound_to` or one bit of `sealed` is not what it was.
[[nodiscard]] std::optional<std::string> open_aes256_gcm(std::string_view key, std::string_view sealed,
                                                         std::string_view bound_to);

}  // namespace vcare::crypto
