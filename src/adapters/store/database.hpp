// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "adapters/store/sqlite_connection.hpp"
#include "application/task.hpp"

namespace vcare::store {

/// What a failure is to whoever asked: `store_unavailable` when trying again can help.
[[nodiscard]] Error to_error(Failure failure);

/// One piece of work for a connection. Lives in the frame of the coroutine that waits for it.
class Job {
  public:
    virtual ~Job() = default;
    /// Does the work. A write answers whether to keep it; what it did is undone otherwise. A write may be
    /// run a second time, when the transaction of the first was given up for another job's sake.
    [[nodiscard]] virtual bool run(Connection& connection) = 0;
    /// The connection failed in `run`, or the work could not be made durable: nothing was changed.
    virtual void fail(Failure failure) = 0;
    /// The work is durable. Called on the thread that wrote it.
    virtual void committed() {}
};

/// Where ports take their work: reads see one state each; writes that are waiting together become one
/// transaction, each of them whole or not at all, and are answered when it is durable.
class Database {
  public:
    virtual ~Database() = default;

    /// Comes back when the job is done, on the caller's executor. The job outlives that.
    [[nodiscard]] virtual Task<void> perform_read(Job* job) = 0;
    [[nodiscard]] virtual Task<void> perform_write(Job* job) = 0;

    /// Makes a consistent copy of the store, while it is used. Blocks.
    [[nodiscard]] virtual Result<void> backup_to(std::string path) = 0;
    /// Finishes what was taken and takes nothing more. Blocks. Repeating it is harmless.
    virtual void close() = 0;
};

/// A job that is a function of the connection; a write is kept when it answers with a value.
template <class T, class Work>
class FunctionJob final : public Job {
  public:
    explicit FunctionJob(Work work) : work_(std::move(work)) {}
    [[nodiscard]] bool run(Connection& connection) override {
        result_.emplace(work_(connection));
        return result_->has_value();
    }
    void fail(Failure failure) override { result_.emplace(std::unexpected{to_error(failure)}); }
    [[nodiscard]] Result<T> take() { return std::move(*result_); }

  private:
    Work work_;
    std::optional<Result<T>> result_;
};

/// `work` is a plain function of the connection that answers `Result<T>`.
template <class T, class Work>
[[nodiscard]] Task<Result<T>> read(Database* database, Work work) {
    FunctionJob<T, Work> job{std::move(work)};
    co_await database->perform_read(&job);
    co_return job.take();
}
template <class T, class Work>
[[nodiscard]] Task<Result<T>> write(Database* database, Work work) {
    FunctionJob<T, Work> job{std::move(work)};
    co_await database->perform_write(&job);
    co_return job.take();
}

/// How a batch of writes ended; for the owner of the connection.
enum class BatchEnd : std::uint8_t { fine, reopen };

/// Runs the jobs as one transaction and commits. When one does not want to be kept, everything is undone and
/// run again with each job in a savepoint of its own: that is rare, and savepoints copy every page they
/// touch. Jobs that failed, or that were lost with the whole transaction, are told; `committed` is called
/// for the others.
[[nodiscard]] BatchEnd run_batch(Connection& connection, std::span<Job* const> jobs);

/// Runs a read; tells the job when the connection failed.
[[nodiscard]] BatchEnd run_read(Connection& connection, Job& job);

/// One connection, no thread: every job runs at once in the caller's thread. For a store in memory.
[[nodiscard]] std::unique_ptr<Database> make_inline_database(std::unique_ptr<Connection> connection);

struct ThreadedOptions {
    std::string path;
    unsigned readers = 2;
    std::size_t queue_limit = 4096;  ///< of waiting jobs, for writes and for reads; more are refused
    std::size_t batch_limit = 256;   ///< writes in one transaction
};

/// One thread that writes and some that read, each with a connection of its own, opened again after a
/// failure that closed it.
[[nodiscard]] std::unique_ptr<Database> make_threaded_database(ThreadedOptions options,
                                                               std::unique_ptr<Connection> writer);

}  // namespace vcare::store
