// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "adapters/store/connection.hpp"
#include "adapters/store/work.hpp"
#include "application/ports/work_queues.hpp"

namespace vcare::store {

/// The tenants whose entries are sealed.
struct Chains {
    std::string first = {};
    std::string last = "\U0010FFFF";  ///< no text comes after it
};

/// Gives up to `limit` entries of those tenants their place in their chain; answers how many. Leaves alone
/// the chains that another replica seals just now.
[[nodiscard]] Work<Result<unsigned>> seal(Connection* connection, Chains chains, unsigned limit);
/// The tenants that have unsealed entries.
[[nodiscard]] Work<Result<std::vector<std::string>>> read_unsealed_chains(Connection* connection);

[[nodiscard]] Work<Result<application::CheckpointTurn>> take_checkpoint_turn(Connection* connection,
                                                                             domain::Instant now,
                                                                             domain::Instant held_until,
                                                                             domain::Instant next);
[[nodiscard]] Work<Result<void>> write_checkpoint(Connection* connection, application::CheckpointTurn turn,
                                                  std::string signature, domain::Instant at,
                                                  domain::Instant next);

}  // namespace vcare::store
