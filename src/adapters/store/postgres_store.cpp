// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_store.hpp"

#include <chrono>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "adapters/store/postgres_database.hpp"
#include "adapters/store/schema.hpp"
#include "adapters/store/stores.hpp"
#include "adapters/store/traced_database.hpp"

namespace vcare::store {
namespace {

/// One lock for all programs that migrate this database; any number does, as long as it stays.
constexpr auto lock_migrations = "SELECT pg_advisory_lock(7237912384650341)";
/// A migration that cannot have its table at once gives way to the visits and is tried again by the operator.
constexpr auto settings_of_migration = "SET lock_timeout = '5s'; SET statement_timeout = 0;";
constexpr auto schema_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "number {integer} NOT NULL PRIMARY KEY, name {text} NOT NULL) {clustered}";
/// Join windows, claims and heartbeats are judged by each replica's own clock. One that is this far off lets
/// nobody in, or takes over what others still hold.
constexpr double most_clock_difference_seconds = 30;
constexpr auto newest_migration = "SELECT COALESCE(MAX(number), 0) FROM schema_migrations";

[[noreturn]] void refuse_to_start(const std::string& why) {
    throw std::runtime_error("PostgreSQL: " + why);
}

PgHandle connect(const std::string& url, const char* role) {
    std::string why;
    PgHandle handle = connect_as(url, role, why);
    if (!handle) refuse_to_start(why);
    return handle;
}

void must_run(pg_conn* connection, const std::string& text) {
    if (const std::string problem = run_script(connection, text); !problem.empty()) refuse_to_start(problem);
}

int newest_applied(pg_conn* connection) {
    const std::string number = ask(connection, newest_migration);
    if (number.empty()) return 0;
    return std::stoi(number);
}

void check_schema(pg_conn* connection) {
    const int applied = newest_applied(connection);
    if (applied > schema_number())
        refuse_to_start("its schema is newer than this program; use the release that wrote it");
    if (applied < schema_number())
        refuse_to_start("its schema is older than this program; run vcare migrate");
}

/// Row-level security is no wall for a superuser, for one who bypasses it, or for who owns the tables.
void check_role(pg_conn* connection) {
    const std::string sees_all =
        ask(connection, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user");
    if (sees_all != "f")
        refuse_to_start(
            "row-level security does not hold the service's role; it must be neither superuser "
            "nor BYPASSRLS");
    // Whoever logged in can take its own role back at any time.
    const std::string login_sees_all =
        ask(connection, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user");
    if (login_sees_all != "f")
        refuse_to_start("row-level security does not hold the login " +
                        ask(connection, "SELECT session_user") +
                        "; it must be neither superuser nor BYPASSRLS");
    const std::string is_owner =
        ask(connection, "SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'sessions'");
    if (is_owner == "t") refuse_to_start("the service's role owns the tables; it must not");
}

/// The database's clock is the one that all replicas can look at.
void check_clock(pg_conn* connection) {
    const std::chrono::duration<double> here = std::chrono::system_clock::now().time_since_epoch();
    const std::string there = ask(connection, "SELECT EXTRACT(EPOCH FROM clock_timestamp())");
    if (there.empty()) refuse_to_start("it does not say what time it is");
    const double ahead = here.count() - std::stod(there);
    if (std::abs(ahead) <= most_clock_difference_seconds) return;
    refuse_to_start(fmt::format("its clock is {:.0f} s {} this machine's; keep both synchronised (NTP)",
                                std::abs(ahead), ahead > 0 ? "behind" : "ahead of"));
}

}  // namespace

std::unique_ptr<Store> open_postgres_store(PostgresOptions options) {
    for (const char* role : {app_role, worker_role}) {
        const PgHandle handle = connect(options.url, role);
        check_schema(handle.get());
        check_role(handle.get());
        if (role == app_role) check_clock(handle.get());
    }
    auto database = make_postgres_database(options);
    if (options.telemetry)
        database = make_traced_database(std::move(database), "postgresql", *options.telemetry);
    return make_store(std::move(database), std::move(options.outbox_written));
}

int migrate_postgres_store(const std::string& url) {
    const PgHandle handle = connect(url, nullptr);
    pg_conn* connection = handle.get();
    must_run(connection, settings_of_migration);
    // Waits for another program that migrates; the lock goes with the connection.
    must_run(connection,
             std::string{"SET lock_timeout = 0;"} + lock_migrations + "; SET lock_timeout = '5s'");
    must_run(connection, to_postgres(schema_table));
    int count = 0;
    const int applied = newest_applied(connection);
    for (const Migration& migration : migrations()) {
        if (migration.number <= applied) continue;
        must_run(
            connection,
            fmt::format("BEGIN; {}; INSERT INTO schema_migrations (number, name) VALUES ({}, '{}'); COMMIT",
                        to_postgres(migration.text), migration.number, migration.name));
        ++count;
    }
    must_run(connection, std::string{postgres_policies()});
    return count;
}

}  // namespace vcare::store
