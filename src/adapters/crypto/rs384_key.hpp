// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vcare::crypto {

/// A private RSA key that signs for RS384 (RFC 7518, section 3.3). Cheap to copy; safe to use from any
/// thread.
class Rs384Key {
  public:
    /// PEM, unencrypted, at least 2048 bits; nothing for anything else.
    [[nodiscard]] static std::optional<Rs384Key> parse_pem(std::string_view pem);

    [[nodiscard]] std::string sign(std::string_view text) const;

  private:
    struct Native;
    explicit Rs384Key(std::shared_ptr<const Native> native) : native_(std::move(native)) {}
    std::shared_ptr<const Native> native_;
};

}  // namespace vcare::crypto
