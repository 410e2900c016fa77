// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "adapters/store/database.hpp"
#include "adapters/store/sqlite_connection.hpp"

namespace vcare::store {

/// How a batch of writes ended; for the owner of the connection.
enum class BatchEnd : std::uint8_t { fine, reopen };

/// Runs the jobs as one transaction and commits. When one does not want to be kept, everything is undone and
/// run again with each job in a savepoint of its own: that is rare, and savepoints copy every page they
/// touch. Jobs that failed, or that were lost with the whole transaction, are told; `committed` is called
/// for the others.
[[nodiscard]] BatchEnd run_batch(SqliteConnection& connection, std::span<Job* const> jobs);

/// Runs a read; tells the job when the connection failed.
[[nodiscard]] BatchEnd run_read(SqliteConnection& connection, Job& job);

/// One connection, no thread: every job runs at once in the caller's thread. For a store in memory.
[[nodiscard]] std::unique_ptr<Database> make_inline_database(std::unique_ptr<SqliteConnection> connection);

struct ThreadedOptions {
    std::string path;
    unsigned readers = 2;
    std::size_t queue_limit = 4096;  ///< of waiting jobs, for writes and for reads; more are refused
    std::size_t batch_limit = 256;   ///< writes in one transaction
};

/// One thread that writes and some that read, each with a connection of its own, opened again after a
/// failure that closed it. Writes that wait together become one transaction.
[[nodiscard]] std::unique_ptr<Database> make_threaded_database(ThreadedOptions options,
                                                               std::unique_ptr<SqliteConnection> writer);

}  // namespace vcare::store
