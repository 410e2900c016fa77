// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/connection.hpp"
#include "application/ports/audit_store.hpp"
#include "application/ports/work_queues.hpp"
#include "domain/appointment.hpp"
#include "domain/join_window.hpp"

/// Rows become values here, each kind in one place. Nothing when a column does not have its form; the
/// connection has failed then.
namespace vcare::store {

/// Reads the rows of one session and its people, up to the end.
[[nodiscard]] std::optional<domain::SessionData> read_session(const domain::TenantId& tenant, Rows& rows);

/// Of the one row of a tenant's configuration; `not_found` when there is none.
[[nodiscard]] domain::Result<domain::StoredTenantConfig> read_config(const domain::TenantId& tenant,
                                                                     Rows& rows);

[[nodiscard]] std::optional<domain::TimelineItem> read_timeline_item(const Rows& row);
[[nodiscard]] std::optional<domain::JoinTokenRecord> read_token(const Rows& row);
[[nodiscard]] std::optional<domain::ConsentRecord> read_consent(const domain::TenantId& tenant,
                                                                const Rows& row);
[[nodiscard]] std::optional<domain::Appointment> read_appointment(const Rows& row);
[[nodiscard]] std::optional<application::OutboxEntry> read_event(const Rows& row);
/// Of the columns from `first` on.
[[nodiscard]] std::optional<application::AuditEntry> read_audit_entry(const Rows& row, int first);

}  // namespace vcare::store
