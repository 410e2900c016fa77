// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "adapters/store/postgres_connection.hpp"

/// For the sources of this adapter only.
namespace vcare::store {

/// Throws std::runtime_error with one line for the operator.
[[noreturn]] void refuse_to_start(const std::string& why);

/// Connects as `connect_as` does, or refuses to start.
[[nodiscard]] PgHandle must_connect(const std::string& url, const char* role);

/// Refuses to start on a schema that is not this program's, or that lacks one of its indexes. Blocks.
void check_schema(pg_conn* connection);

}  // namespace vcare::store
