// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http/call.hpp"

/// Queries that the contract's tables have checked, as the use cases take them.
namespace vcare::http::routes {

[[nodiscard]] Result<application::SessionQuery> to_session_query(const Exchange& exchange);
[[nodiscard]] Result<application::ConsentQuery> to_consent_query(const Exchange& exchange);
[[nodiscard]] Result<application::AuditQuery> to_audit_query(const Exchange& exchange);

/// Where an event stream goes on, from `Last-Event-ID`. What is no id of ours starts afresh.
[[nodiscard]] std::optional<application::StreamPosition> last_event_id(const Exchange& exchange);

}  // namespace vcare::http::routes
