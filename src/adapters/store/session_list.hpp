// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/connection.hpp"
#include "adapters/store/work.hpp"
#include "application/ports/session_store.hpp"

namespace vcare::store {

/// The ids of one page. Every list is read from one index; a reach of several kinds (own visits and those
/// of some nodes) is the union of several lists, merged by key. `validation_error` for a wrong cursor.
[[nodiscard]] Work<Result<application::Page<std::string>>> list_session_ids(Connection* connection,
                                                                            domain::TenantId tenant,
                                                                            application::SessionQuery query);

}  // namespace vcare::store
