// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "adapters/store/connection.hpp"
#include "adapters/store/work.hpp"
#include "application/task.hpp"
#include "domain/time.hpp"

namespace vcare::store {

/// Gives up to `limit` entries their place in their tenant's chain; answers how many.
[[nodiscard]] Work<Result<unsigned>> seal(Connection* connection, unsigned limit);

/// One line `tenant sequence chain_hash` for each chain that moved since the last checkpoint, by tenant.
[[nodiscard]] Work<Result<std::string>> checkpoint_text(Connection* connection);
[[nodiscard]] Work<Result<void>> write_checkpoint(Connection* connection, std::string text,
                                                  std::string signature, domain::Instant at);

}  // namespace vcare::store
