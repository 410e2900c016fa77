// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_store.hpp"

#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "adapters/store/postgres_database.hpp"
#include "adapters/store/postgres_link.hpp"
#include "adapters/store/postgres_schema.hpp"
#include "adapters/store/stores.hpp"
#include "adapters/store/traced_database.hpp"

namespace vcare::store {
namespace {

/// Join windows, claims and heartbeats are judged by each replica's own clock. One that is this far off lets
/// nobody in, or takes over what others still hold.
constexpr double most_clock_difference_seconds = 30;

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
        const PgHandle handle = must_connect(options.url, role);
        check_schema(handle.get());
        check_role(handle.get());
        if (role == app_role) check_clock(handle.get());
    }
    auto database = make_postgres_database(options);
    if (options.telemetry)
        database = make_traced_database(std::move(database), "postgresql", *options.telemetry);
    return make_store(std::move(database), std::move(options.outbox_written));
}

}  // namespace vcare::store
