// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_schema.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "adapters/store/postgres_link.hpp"
#include "adapters/store/postgres_store.hpp"
#include "adapters/store/schema.hpp"

namespace vcare::store {
namespace {

/// One lock for all programs that migrate this database; any number does, as long as it stays. It is asked
/// for and never waited for: an index that is made beside the writers waits for whoever waits in a
/// statement, so the two would wait for each other.
constexpr auto try_lock_of_migrations = "SELECT pg_try_advisory_lock(7237912384650341)";
/// Whoever wants a table waits behind a step of a migration that wants it for itself: so that one gives up
/// soon, and is tried again.
constexpr auto wait_briefly_for_locks = "SET lock_timeout = '500ms'";
/// An index made online locks nobody out while it waits.
constexpr auto wait_for_locks = "SET lock_timeout = 0";
constexpr auto pause = "SELECT pg_sleep(0.25)";
constexpr int max_tries = 40;
constexpr auto schema_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "number {integer} NOT NULL PRIMARY KEY, name {text} NOT NULL) {clustered}";
constexpr auto newest_migration = "SELECT COALESCE(MAX(number), 0) FROM schema_migrations";

void must_run(pg_conn* connection, const std::string& text) {
    if (const std::string problem = run_script(connection, text); !problem.empty()) refuse_to_start(problem);
}

int newest_applied(pg_conn* connection) {
    const std::string number = ask(connection, newest_migration);
    if (number.empty()) return 0;
    return std::stoi(number);
}

void lock_migrations(pg_conn* connection) {
    while (true) {
        const std::string is_locked = ask(connection, try_lock_of_migrations);
        if (is_locked == "t") return;
        if (is_locked.empty()) refuse_to_start("it does not let this program lock the migrations");
        must_run(connection, pause);
    }
}

/// A step that does nothing when it fails. Gives way to whoever holds its tables, and is tried again.
void must_run_in_the_end(pg_conn* connection, const std::string& step) {
    must_run(connection, wait_briefly_for_locks);
    for (int tries = 1;; ++tries) {
        std::string state;
        const std::string problem = run_script(connection, step, &state);
        if (problem.empty()) return;
        if (PQtransactionStatus(connection) == PQTRANS_INERROR) must_run(connection, "ROLLBACK");
        const bool was_locked_out = state == "55P03" || state == "40P01";
        if (!was_locked_out || tries == max_tries) refuse_to_start(problem);
        must_run(connection, pause);
    }
}

/// `t` or `f`, or nothing when it is not there.
std::string is_valid(pg_conn* connection, const OnlineIndex& index) {
    return ask(connection, fmt::format("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{}')",
                                       index.name));
}

/// Whoever was killed while they made it left an index behind that is kept up and never read.
void make_online(pg_conn* connection, const OnlineIndex& index) {
    const std::string found = is_valid(connection, index);
    if (found == "t") return;
    must_run(connection, wait_for_locks);
    if (found == "f") must_run(connection, "DROP INDEX CONCURRENTLY " + index.name);
    must_run(connection, index.text);
}

}  // namespace

void refuse_to_start(const std::string& why) {
    throw std::runtime_error("PostgreSQL: " + why);
}

PgHandle must_connect(const std::string& url, const char* role) {
    std::string why;
    PgHandle handle = connect_as(url, role, why);
    if (!handle) refuse_to_start(why);
    return handle;
}

void check_schema(pg_conn* connection) {
    const int applied = newest_applied(connection);
    if (applied > schema_number())
        refuse_to_start("its schema is newer than this program; use the release that wrote it");
    if (applied < schema_number())
        refuse_to_start("its schema is older than this program; run vcare migrate");
    for (const Migration& migration : migrations()) {
        for (const OnlineIndex& index : to_postgres_steps(migration.text).online) {
            if (is_valid(connection, index) != "t")
                refuse_to_start("its index " + index.name + " is not made yet; run vcare migrate");
        }
    }
}

int migrate_postgres_store(const std::string& url) {
    const PgHandle handle = must_connect(url, nullptr);
    pg_conn* connection = handle.get();
    must_run(connection, "SET statement_timeout = 0");
    lock_migrations(connection);  // the lock goes with the connection
    must_run(connection, to_postgres(schema_table));
    int count = 0;
    const int applied = newest_applied(connection);
    for (const Migration& migration : migrations()) {
        const PostgresSteps steps = to_postgres_steps(migration.text);
        if (migration.number > applied) {
            must_run_in_the_end(
                connection,
                fmt::format(
                    "BEGIN; {}; INSERT INTO schema_migrations (number, name) VALUES ({}, '{}'); COMMIT",
                    steps.in_transaction, migration.number, migration.name));
            ++count;
        }
        // Of older ones, too: they may have been killed between the two.
        for (const OnlineIndex& index : steps.online) make_online(connection, index);
    }
    for (const std::string& statement : postgres_policies()) must_run_in_the_end(connection, statement);
    return count;
}

}  // namespace vcare::store
