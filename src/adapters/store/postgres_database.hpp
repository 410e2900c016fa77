// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/database.hpp"
#include "adapters/store/postgres_link.hpp"
#include "adapters/store/postgres_store.hpp"

namespace vcare::store {

/// Every job on the event loop of its caller, on a connection of that loop's pools: the tenant's own data
/// with the role `vcare_app`, queues across tenants with `vcare_worker`. A job that met another writer's
/// lock or a deadlock is run again within its time; so is a read whose connection was lost.
[[nodiscard]] std::unique_ptr<Database> make_postgres_database(const PostgresOptions& options);

}  // namespace vcare::store
