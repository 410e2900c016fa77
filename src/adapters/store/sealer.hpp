// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "adapters/store/sqlite_connection.hpp"
#include "domain/time.hpp"

namespace vcare::store {

/// Gives up to `limit` entries their place in their tenant's chain; answers how many.
[[nodiscard]] unsigned seal(Connection& connection, unsigned limit);

/// One line `tenant sequence chain_hash` for each chain that moved since the last checkpoint, by tenant.
[[nodiscard]] std::string checkpoint_text(Connection& connection);
void write_checkpoint(Connection& connection, const std::string& text, const std::string& signature,
                      domain::Instant at);

}  // namespace vcare::store
