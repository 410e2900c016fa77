// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/sqlite_connection.hpp"
#include "application/ports/unit_of_work.hpp"

namespace vcare::store {

/// Writes a unit of work within the transaction that is open. Anything but `done` means: undo it. A
/// failure stays with the connection: a key that is there already is somebody else's change, too.
[[nodiscard]] application::CommitOutcome write_unit(Connection& connection, const domain::TenantId& tenant,
                                                    const application::UnitOfWork& unit);

/// One entry, and its place in the queue of the sealer.
void write_audit(Connection& connection, const domain::TenantId& tenant,
                 const application::AuditEntry& entry);

/// A first configuration, or a further version of one.
void write_config(Connection& connection, Sql sql, const domain::StoredTenantConfig& config);

}  // namespace vcare::store
