// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "adapters/store/connection.hpp"

namespace vcare::store {

/// A statement as PostgreSQL is given it: the text both databases share, but for claims and locks
/// (postgres_statements.inc). With `must_change` it fails in the database when it meets no row, so that it
/// can stand in the middle of a pipeline: the count of what it changed divides a one.
[[nodiscard]] std::string text_of(Sql sql, bool must_change);

/// The name it is prepared under.
[[nodiscard]] std::string name_of(Sql sql, bool must_change);

/// What an error code means (https://www.postgresql.org/docs/15/errcodes-appendix.html).
[[nodiscard]] Failure failure_of_sqlstate(std::string_view state);

}  // namespace vcare::store
