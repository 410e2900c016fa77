// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/connection.hpp"
#include "application/ports/unit_of_work.hpp"

namespace vcare::store {

/// Writes a unit of work within the transaction that is open. The connection has failed when it must be
/// undone: `unique` and `unchanged` mean that somebody else was quicker, and `insert_kept_answer` as the
/// failed statement that this very command was answered before. What the unit puts off goes on as a part of
/// `cause`.
void write_unit(Connection& connection, const domain::TenantId& tenant, const application::UnitOfWork& unit,
                const domain::TraceContext& cause);

/// One entry, and its place in the queue of the sealer.
void write_audit(Connection& connection, const domain::TenantId& tenant,
                 const application::AuditEntry& entry);
/// The same of all of them, in one statement for each table.
void write_audits(Connection& connection, const domain::TenantId& tenant,
                  const std::vector<application::AuditEntry>& entries);

/// A first configuration, or a further version of one.
void write_config(Connection& connection, Sql sql, const domain::StoredTenantConfig& config);

}  // namespace vcare::store
