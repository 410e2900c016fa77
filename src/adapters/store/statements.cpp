// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/statements.hpp"

#include <array>

namespace vcare::store {
namespace {

constexpr std::array<Statement, statement_count> statements = {{
#define VCARE_STATEMENT(name, text) {#name, text},
#include "adapters/store/statements/all.inc"
#undef VCARE_STATEMENT
}};

}  // namespace

const Statement& statement_of(Sql sql) {
    return statements[static_cast<std::size_t>(sql)];
}

}  // namespace vcare::store
