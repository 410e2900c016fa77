// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/sqlite_store.hpp"

#include <stdexcept>

#include "adapters/store/migrate.hpp"
#include "adapters/store/schema.hpp"
#include "adapters/store/sqlite_database.hpp"
#include "adapters/store/stores.hpp"
#include "adapters/store/traced_database.hpp"

namespace vcare::store {
namespace {

[[noreturn]] void refuse_to_start(const std::string& path, const std::string& why) {
    throw std::runtime_error("store " + path + ": " + why);
}

std::unique_ptr<SqliteConnection> open_file(const std::string& path, SqliteConnection::Access access) {
    std::string why;
    auto connection = SqliteConnection::open(path, access, why);
    if (!connection) refuse_to_start(path, why);
    return connection;
}

SchemaState check_schema(SqliteConnection& connection, const std::string& path) {
    const SchemaState state = schema_state(connection);
    if (state == SchemaState::newer)
        refuse_to_start(path, "its schema is newer than this program; use the release that wrote it");
    if (state == SchemaState::unreadable) refuse_to_start(path, connection.problem());
    return state;
}

int bring_up_to_date(SqliteConnection& connection, const std::string& path) {
    (void)check_schema(connection, path);
    const int count = migrate(connection);
    if (connection.has_failed()) refuse_to_start(path, connection.problem());
    return count;
}

}  // namespace

std::unique_ptr<Store> open_sqlite_store(StoreOptions options) {
    using Access = SqliteConnection::Access;
    auto writer = open_file(options.path, options.migrate ? Access::create : Access::write);
    if (options.migrate) {
        bring_up_to_date(*writer, options.path);
    } else {
        if (check_schema(*writer, options.path) == SchemaState::older)
            refuse_to_start(options.path, "its schema is older than this program; run vcare migrate");
    }
    ThreadedOptions threads{
        .path = options.path, .readers = options.readers, .queue_limit = options.queue_limit};
    auto database = make_threaded_database(std::move(threads), std::move(writer));
    if (options.telemetry) database = make_traced_database(std::move(database), "sqlite", *options.telemetry);
    return make_store(std::move(database), std::move(options.outbox_written));
}

int migrate_sqlite_store(const std::string& path) {
    const auto connection = open_file(path, SqliteConnection::Access::create);
    return bring_up_to_date(*connection, path);
}

std::unique_ptr<Store> make_inline_store(std::function<void()> outbox_written) {
    const std::string nowhere = ":memory:";
    auto connection = open_file(nowhere, SqliteConnection::Access::create);
    bring_up_to_date(*connection, nowhere);
    return make_store(make_inline_database(std::move(connection)), std::move(outbox_written));
}

}  // namespace vcare::store
