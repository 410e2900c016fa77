// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "application/ports/keys.hpp"

namespace vcare::sealing {

/// Where a text is stored. A sealed one opens there and nowhere else.
struct Place {
    std::string_view tenant;
    std::string_view column;  ///< `table.column`
    std::string_view row;     ///< what its table tells it from the tenant's other rows by
};

/// A text as the store gets it: the mark, the version of the key, and what AES-256-GCM makes of it, in
/// base64url.
[[nodiscard]] std::string seal_text(const application::TenantKey& key, std::string_view plain,
                                    const Place& place);

/// Whether a stored text has the mark. One without it was stored before texts were sealed.
[[nodiscard]] bool is_sealed(std::string_view stored);

/// Of the key that a sealed text was sealed with; nothing when it does not have its form.
[[nodiscard]] std::optional<unsigned> key_version_of(std::string_view sealed);

/// Nothing when the key or the place is another one, or one bit of `sealed` is not what it was.
[[nodiscard]] std::optional<std::string> open_text(const application::TenantKey& key, std::string_view sealed,
                                                   const Place& place);

}  // namespace vcare::sealing
