// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "adapters/store/connection.hpp"
#include "adapters/store/work.hpp"
#include "application/task.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::store {

/// What a failure is to whoever asked: `store_unavailable` when trying again can help.
[[nodiscard]] Error to_error(Failure failure);

/// What a piece of work may see. PostgreSQL holds it to that with a role and row-level security; SQLite
/// trusts the statements, which are the same.
struct Sight {
    std::optional<domain::TenantId> tenant = {};  ///< absent: the queues of all tenants, and nothing else
    bool is_one_state = false;                    ///< several reads of it see the same state of the store
    bool may_be_lost = false;                     ///< see `that_may_be_lost`
    domain::TraceContext trace = {};              ///< what it is done for

    [[nodiscard]] Sight in_one_state() && {
        is_one_state = true;
        return std::move(*this);
    }
    /// Of a write that nobody was promised and that is made again by itself, such as a lease: it does not
    /// wait for the disk, so that those that do need not wait behind it. A crash of the server can undo its
    /// last half second (https://www.postgresql.org/docs/15/wal-async-commit.html); whatever waits and is
    /// written later keeps it. SQLite has one log for all and keeps it anyway.
    [[nodiscard]] Sight that_may_be_lost() && {
        may_be_lost = true;
        return std::move(*this);
    }
};
[[nodiscard]] inline Sight of(const domain::TenantScope& scope) {
    return {.tenant = scope.tenant(), .trace = scope.trace()};
}
[[nodiscard]] inline Sight across_tenants() {
    return {};
}

/// One piece of work for a connection. Lives in the frame of the coroutine that waits for it.
class Job {
  public:
    explicit Job(Sight sight) : sight_(std::move(sight)) {}
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job() = default;

    [[nodiscard]] const Sight& sight() const { return sight_; }

    /// Does the work. A write answers whether to keep it; what it did is undone otherwise. A write may be
    /// run again, when the transaction of the first run was given up for another one's sake.
    [[nodiscard]] virtual Work<bool> run(Connection* connection) = 0;
    /// The connection failed in `run`, or the work could not be made durable: nothing was changed, but for
    /// `broken`, where nobody can tell.
    virtual void fail(Failure failure, std::optional<Sql> statement = {}) = 0;
    /// The work is durable. Called on the thread that wrote it.
    virtual void committed() {}

  private:
    Sight sight_;
};

/// Where ports take their work: each read sees one state of the store; each write is whole or not at all,
/// and is answered when it is durable.
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

/// A job that is a function of the connection; a write is kept when it comes to a value.
template <class T, class Function>
class FunctionJob final : public Job {
  public:
    FunctionJob(Sight sight, Function function) : Job(std::move(sight)), function_(std::move(function)) {}

    [[nodiscard]] Work<bool> run(Connection* connection) override {
        if constexpr (std::is_same_v<std::invoke_result_t<Function&, Connection*>, Work<Result<T>>>) {
            auto work = function_(connection);
            result_.emplace(co_await std::move(work));
        } else {
            result_.emplace(function_(connection));
        }
        co_return result_->has_value();
    }
    void fail(Failure failure, std::optional<Sql>) override {
        result_.emplace(std::unexpected{to_error(failure)});
    }
    [[nodiscard]] Result<T> take() { return std::move(*result_); }

  private:
    Function function_;
    std::optional<Result<T>> result_;
};

/// `function` takes the connection and gives `Work<Result<T>>`, or `Result<T>` when it waits for no answer.
template <class T, class Function>
[[nodiscard]] Task<Result<T>> read(Database* database, Sight sight, Function function) {
    FunctionJob<T, Function> job{std::move(sight), std::move(function)};
    co_await database->perform_read(&job);
    co_return job.take();
}
template <class T, class Function>
[[nodiscard]] Task<Result<T>> write(Database* database, Sight sight, Function function) {
    FunctionJob<T, Function> job{std::move(sight), std::move(function)};
    co_await database->perform_write(&job);
    co_return job.take();
}

}  // namespace vcare::store
