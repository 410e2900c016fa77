// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "adapters/store/postgres_connection.hpp"

namespace vcare::store {

/// The two roles of the running service (docs/postgresql.md). Neither owns a table nor may log in.
inline constexpr const char* app_role = "vcare_app";
inline constexpr const char* worker_role = "vcare_worker";

/// Connects and takes on the role; without one it stays the login itself. Blocks, for a few seconds at most.
/// Nothing when it does not succeed; `why` says so in one line without a password.
[[nodiscard]] PgHandle connect_as(const std::string& url, const char* role, std::string& why);

/// Runs statements without parameters. Blocks. Empty when all went well, else what the server said, and the
/// SQLSTATE in `state`.
[[nodiscard]] std::string run_script(pg_conn* connection, const std::string& text,
                                     std::string* state = nullptr);

/// The first column of the first row, as text; empty for no row. Blocks.
[[nodiscard]] std::string ask(pg_conn* connection, const std::string& text);

}  // namespace vcare::store
