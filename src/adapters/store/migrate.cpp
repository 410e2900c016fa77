// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/migrate.hpp"

#include "adapters/store/schema.hpp"
#include "adapters/store/sqlite_statistics.hpp"
#include "adapters/store/work.hpp"

namespace vcare::store {
namespace {

constexpr const char* schema_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "number {integer} NOT NULL PRIMARY KEY, name {text} NOT NULL) {clustered}";

Work<int> read_newest(Connection* connection) {
    Rows rows = co_await connection->query(Sql::newest_migration);
    co_return rows.next() ? static_cast<int>(rows.integer(0)) : 0;
}

int newest_applied(SqliteConnection& connection) {
    return read_newest(&connection).run_through();
}

}  // namespace

SchemaState schema_state(SqliteConnection& connection) {
    connection.run_script(to_sqlite(schema_table));
    const int applied = newest_applied(connection);
    if (connection.has_failed()) return SchemaState::unreadable;
    if (applied > schema_number()) return SchemaState::newer;
    return applied < schema_number() ? SchemaState::older : SchemaState::current;
}

int migrate(SqliteConnection& connection) {
    int count = 0;
    connection.run_script(to_sqlite(schema_table));
    for (const Migration& migration : migrations()) {
        connection.execute(Sql::begin_write);
        // Asked again under the write lock: another program may have run it meanwhile.
        if (!connection.has_failed() && newest_applied(connection) < migration.number) {
            connection.run_script(to_sqlite(migration.text));
            connection.execute(Sql::insert_migration, migration.number, migration.name);
            ++count;
        }
        connection.execute(Sql::commit);
        if (!connection.has_failed()) continue;
        if (connection.is_in_transaction()) {
            const Failure failure = connection.take_failure();
            connection.execute(Sql::rollback);
            (void)connection.take_failure();
            connection.fail(failure);
        }
        return count;
    }
    if (count > 0) connection.run_script(sqlite_statistics);
    return count;
}

}  // namespace vcare::store
