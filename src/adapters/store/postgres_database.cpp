// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_database.hpp"

#include <algorithm>
#include <atomic>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/this_coro.hpp>

#include "adapters/store/postgres_listener.hpp"
#include "adapters/store/postgres_pool.hpp"

namespace vcare::store {
namespace {

namespace asio = boost::asio;
using Access = PostgresConnection::Access;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Whoever lost a race is through after a few tries; more than that is a fault.
constexpr int max_tries = 5;

asio::execution_context* context_of(const asio::any_io_executor& executor) {
    return &asio::query(executor, asio::execution::context);
}

/// Threads to open connections of one role with.
constexpr std::size_t most_opened_at_once = 8;

std::size_t opened_at_once(const PostgresOptions& options, std::size_t per_loop) {
    return std::clamp<std::size_t>(options.loops.size() * per_loop, 1, most_opened_at_once);
}

std::function<PgHandle()> connect_to(const std::string& url, const char* role) {
    return [url, role] {
        std::string why;
        return connect_as(url, role, why);
    };
}

/// How one try of a job ended.
struct Tried {
    Failure failure = Failure::none;
    std::optional<Sql> statement = {};
    bool keep = true;
    std::uint64_t round_trips = 0;
};

Task<Tried> try_once(PostgresPool::Lease* lease, Job* job, Access access, SteadyTime deadline) {
    PostgresConnection& connection = lease->connection();
    const std::uint64_t before = connection.round_trips();
    lease->watched().set_deadline(deadline);
    connection.begin(job->sight(), access);
    Work<bool> work = job->run(&connection);
    work.start();
    while (!work.is_done()) {
        if (!connection.exchange() || work.is_done()) continue;
        co_await lease->watched().wait();
    }
    const bool keep = work.take();
    connection.end(keep);
    while (connection.exchange() && !connection.is_settled()) co_await lease->watched().wait();
    const Failure failure = connection.take_failure();
    co_return Tried{.failure = failure,
                    .statement = connection.failed_statement(),
                    .keep = keep,
                    .round_trips = connection.round_trips() - before};
}

class PostgresDatabase final : public Database {
  public:
    explicit PostgresDatabase(const PostgresOptions& options)
        : answer_(options.answer),
          job_done_(options.job_done),
          app_(make_connector(connect_to(options.url, app_role),
                              opened_at_once(options, options.connections))),
          worker_(make_connector(connect_to(options.url, worker_role),
                                 opened_at_once(options, options.worker_connections))) {
        const auto limits = [&](std::size_t connections) {
            return PoolLimits{.connections = connections, .wait = options.wait};
        };
        for (const asio::any_io_executor& executor : options.loops) {
            loops_.push_back(
                {.context = context_of(executor),
                 .app = std::make_shared<PostgresPool>(executor, app_.get(), limits(options.connections),
                                                       options.gauges),
                 .worker = std::make_shared<PostgresPool>(
                     executor, worker_.get(), limits(options.worker_connections), options.gauges)});
        }
        // Other replicas write to the outbox too.
        if (options.outbox_written)
            listener_ = std::make_unique<PostgresListener>(connect_to(options.url, worker_role),
                                                           options.outbox_written);
    }

    Task<void> perform_read(Job* job) override { return perform(job, Access::read); }
    Task<void> perform_write(Job* job) override { return perform(job, Access::write); }

    Result<void> backup_to(std::string) override {
        return std::unexpected{Error{.code = ErrorCode::internal_error,
                                     .detail = "A PostgreSQL store is copied with the server's own tools."}};
    }

    void close() override { is_closed_ = true; }

  private:
    struct LoopPools {
        asio::execution_context* context;
        std::shared_ptr<PostgresPool> app;
        std::shared_ptr<PostgresPool> worker;
    };

    [[nodiscard]] std::shared_ptr<PostgresPool> pool_of(asio::execution_context* context,
                                                        const Sight& sight) const {
        const auto found = std::ranges::find(loops_, context, &LoopPools::context);
        VCARE_CHECK(found != loops_.end(), "the store is used on the loops it was opened for");
        return sight.tenant ? found->app : found->worker;
    }

    Task<void> perform(Job* job, Access access) {
        const SteadyTime deadline = std::chrono::steady_clock::now() + answer_;
        const auto pool = pool_of(context_of(co_await asio::this_coro::executor), job->sight());
        for (int tries = 1;; ++tries) {
            if (is_closed_) co_return job->fail(Failure::closed);
            auto lease = co_await pool->take();
            if (!lease) co_return job->fail(lease.error());
            const Tried tried = co_await try_once(&*lease, job, access, deadline);
            if (job_done_) job_done_(tried.round_trips);
            if (tried.failure == Failure::none) {
                if (access == Access::write && tried.keep) job->committed();
                co_return;
            }
            // What became of a write whose connection was lost, nobody knows.
            const bool may_go_again = tried.failure == Failure::busy ||
                                      (tried.failure == Failure::broken && access == Access::read);
            const bool has_time = tries < max_tries && std::chrono::steady_clock::now() < deadline;
            if (!may_go_again || !has_time) co_return job->fail(tried.failure, tried.statement);
        }
    }

    const std::chrono::milliseconds answer_;
    const std::function<void(std::uint64_t)> job_done_;
    std::unique_ptr<Connector> app_;
    std::unique_ptr<Connector> worker_;
    std::vector<LoopPools> loops_;
    std::atomic<bool> is_closed_ = false;
    std::unique_ptr<PostgresListener> listener_;  ///< none for who wants to hear nothing
};

}  // namespace

std::unique_ptr<Database> make_postgres_database(const PostgresOptions& options) {
    return std::make_unique<PostgresDatabase>(options);
}

}  // namespace vcare::store
