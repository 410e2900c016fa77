// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vcare::keys {

/// A JSON object of texts: what Vault's transit engine is asked with.
[[nodiscard]] std::string write_vault_request(
    const std::vector<std::pair<std::string_view, std::string_view>>& members);

/// A member of `data` in an answer of Vault's; nothing when it is not there or of another kind.
[[nodiscard]] std::optional<std::string> parse_vault_text(std::string_view answer, std::string_view member);
[[nodiscard]] std::optional<bool> parse_vault_flag(std::string_view answer, std::string_view member);

/// Base64 with padding, as Vault writes it.
[[nodiscard]] std::optional<std::string> parse_base64(std::string text);

}  // namespace vcare::keys
