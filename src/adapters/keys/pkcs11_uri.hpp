// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace vcare::keys {

/// Which token, by what module: `pkcs11:token=vcare?module-path=/usr/lib/softhsm/libsofthsm2.so` (RFC 7512).
/// Slots are not named: their numbers change.
struct Pkcs11Uri {
    std::string token = {};   ///< its label
    std::string serial = {};  ///< empty: any
    std::string module_path = {};

    /// Else what is wrong with it, to be read after the setting's name. A PIN in it is refused.
    [[nodiscard]] static std::expected<Pkcs11Uri, std::string> parse(std::string_view text);
};

}  // namespace vcare::keys
