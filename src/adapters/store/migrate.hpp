// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/sqlite_connection.hpp"

namespace vcare::store {

enum class SchemaState : std::uint8_t { current, older, newer, unreadable };

/// How the schema of the file stands to this program.
[[nodiscard]] SchemaState schema_state(SqliteConnection& connection);

/// Runs the migrations the file does not have yet, each in a transaction of its own; several programs may
/// try at once. Answers how many it ran; a failure stays with the connection.
int migrate(SqliteConnection& connection);

}  // namespace vcare::store
