// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/store/store.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::store {

struct PostgresOptions {
    std::string url;  ///< as libpq takes it: `postgresql://…`
    /// The event loops the store is used on. Each has connections of its own; they outlive the store.
    std::vector<boost::asio::any_io_executor> loops;
    std::size_t connections = 8;               ///< per loop, for the tenants' own data
    std::size_t worker_connections = 2;        ///< per loop, for queues across tenants
    std::chrono::milliseconds wait{2000};      ///< for a connection to come free, or to be opened
    std::chrono::milliseconds answer{10'000};  ///< for one job, from its first statement to its end
    /// Called on the job's loop when it is done: how often it had to wait for the server.
    std::function<void(std::uint64_t round_trips)> job_done = {};
    /// Where transactions are told as pieces of the work they are done for; null: nowhere. Outlives the
    /// store.
    application::Telemetry* telemetry = nullptr;
    /// Where the use of the connections is told; null: nowhere. Outlives the store.
    application::Telemetry* gauges = nullptr;
    /// Called after a commit that added events to the outbox, and when another replica has numbered some;
    /// from any thread; must not block. It may be called as long as the store is there.
    std::function<void()> outbox_written = {};
};

/// Connects, and looks that the schema is this program's, that the roles cannot see past row-level security,
/// and that the server's clock and this machine's agree. Blocks. Throws std::runtime_error with one line for
/// the operator when it cannot be used.
[[nodiscard]] std::unique_ptr<Store> open_postgres_store(PostgresOptions options);

/// Brings the schema, the roles and the policies up to date; answers how many migrations it ran. Several
/// programs may try at once, and the version before goes on meanwhile. Blocks; throws as
/// `open_postgres_store` does. The login must own the schema, and may create roles unless `vcare_app` and
/// `vcare_worker` are there.
int migrate_postgres_store(const std::string& url);

}  // namespace vcare::store
