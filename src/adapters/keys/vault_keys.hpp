// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "adapters/http_client/dependency.hpp"
#include "adapters/http_client/http_client.hpp"
#include "adapters/keys/key_encryption.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::keys {

struct VaultSettings {
    http_client::Url url;  ///< of Vault, without `/v1`
    std::string token;     ///< renewed while it can be
    std::string mount = "transit";
    std::string name_space = {};  ///< empty: none is sent
    std::string name_prefix = "vcare";
};

/// A key service in Vault's transit engine, each call within 2 s; what is asked and answered stands in the
/// README. `dependency` hears how each call went; the ports outlive the object.
[[nodiscard]] std::unique_ptr<KeyEncryption> make_vault_keys(
    VaultSettings settings, std::unique_ptr<http_client::HttpClient> client,
    std::shared_ptr<http_client::Dependency> dependency, const application::Clock& clock,
    application::Telemetry& telemetry);

}  // namespace vcare::keys
