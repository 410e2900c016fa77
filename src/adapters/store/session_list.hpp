// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/sqlite_connection.hpp"
#include "application/ports/session_store.hpp"

namespace vcare::store {

/// The ids of one page. Every list is read from one index; a reach of several kinds (own visits and those
/// of some nodes) is the union of several lists, merged by key. `validation_error` for a wrong cursor.
[[nodiscard]] domain::Result<application::Page<std::string>> list_session_ids(
    Connection& connection, const domain::TenantId& tenant, const application::SessionQuery& query);

}  // namespace vcare::store
