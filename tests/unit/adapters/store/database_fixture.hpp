// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/database.hpp"
#include "adapters/store/migrate.hpp"
#include "adapters/store/schema.hpp"
#include "adapters/store/stores.hpp"
#include "unit/adapters/store/store_fixture.hpp"

/// For tests that look below the ports.
namespace vcare::store {

inline std::unique_ptr<Connection> a_connection(const std::string& path = ":memory:") {
    std::string why;
    auto connection = Connection::open(path, Connection::Access::create, why);
    if (!connection) throw std::runtime_error(why);
    migrate(*connection);
    if (connection->has_failed()) throw std::runtime_error(connection->problem());
    return connection;
}

}  // namespace vcare::store
