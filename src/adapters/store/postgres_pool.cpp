// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_pool.hpp"

#include <algorithm>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::store {
namespace {

namespace asio = boost::asio;
constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

class ThreadConnector final : public Connector {
  public:
    explicit ThreadConnector(std::function<PgHandle()> connect) : connect_(std::move(connect)) {}
    ~ThreadConnector() override { thread_.join(); }

    Task<PgHandle> connect() override {
        return asio::async_initiate<const asio::use_awaitable_t<>, void(PgHandle)>(
            [this](auto handler) {
                // Counted as work, so that the asker's loop does not end meanwhile.
                auto executor = asio::prefer(asio::get_associated_executor(handler),
                                             asio::execution::outstanding_work.tracked);
                asio::any_completion_handler<void(PgHandle)> erased{std::move(handler)};
                asio::post(thread_, [this, executor, erased = std::move(erased)]() mutable {
                    asio::post(executor, [handle = connect_(), erased = std::move(erased)]() mutable {
                        std::move(erased)(std::move(handle));
                    });
                });
            },
            asio::use_awaitable);
    }

  private:
    const std::function<PgHandle()> connect_;
    asio::thread_pool thread_{1};
};

}  // namespace

std::unique_ptr<Connector> make_connector(std::function<PgHandle()> connect) {
    return std::make_unique<ThreadConnector>(std::move(connect));
}

WatchedConnection::WatchedConnection(const asio::any_io_executor& executor, PgHandle handle)
    : connection_(std::move(handle)), socket_(executor), timer_(executor) {
    if (!connection_.is_lost()) socket_.assign(connection_.socket());
}

WatchedConnection::~WatchedConnection() {
    // The socket is libpq's, which closes it.
    if (socket_.is_open()) socket_.release();
}

void WatchedConnection::set_deadline(std::chrono::steady_clock::time_point deadline) {
    deadline_ = deadline;
    timer_.expires_at(deadline);
    timer_.async_wait([weak = weak_from_this(), deadline](boost::system::error_code cancelled) {
        const Watched self = weak.lock();
        if (cancelled || !self || self->deadline_ != deadline) return;
        self->connection_.lose();
        self->socket_.cancel();
    });
}

void WatchedConnection::clear_deadline() {
    deadline_ = {};
    timer_.cancel();
}

Task<void> WatchedConnection::wait() {
    // Little is sent at once, so a server that does not take it does not wait for us to read either.
    const auto wanted = connection_.wants_to_send() ? asio::posix::stream_descriptor::wait_write
                                                    : asio::posix::stream_descriptor::wait_read;
    const auto [error] = co_await socket_.async_wait(wanted, as_values);
    if (error) connection_.lose();
}

/// Somebody in the queue. Lives in the frame of who waits, which may be given up meanwhile.
struct PostgresPool::Waiter {
    explicit Waiter(std::shared_ptr<PostgresPool> owner)
        : pool(std::move(owner)), timer(pool->executor_, pool->limits_.wait) {
        pool->waiting_.push_back(this);
    }
    ~Waiter() {
        std::erase(pool->waiting_, this);
        if (given) pool->give_back(std::move(given));
        if (has_place) pool->give_up_place();
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    [[nodiscard]] bool is_served() const { return given || has_place; }

    std::shared_ptr<PostgresPool> pool;
    asio::steady_timer timer;
    Watched given = nullptr;
    bool has_place = false;  ///< may open one more
};

PostgresPool::PostgresPool(const asio::any_io_executor& executor, Connector* connector, PoolLimits limits)
    : executor_(executor), connector_(connector), limits_(limits) {
}

PostgresPool::~PostgresPool() = default;

Task<std::expected<PostgresPool::Lease, Failure>> PostgresPool::take() {
    if (auto idle = take_idle()) co_return Lease{shared_from_this(), std::move(idle)};
    if (open_ < limits_.connections) {
        ++open_;
        co_return co_await open_one();
    }
    if (waiting_.size() >= limits_.waiting) co_return std::unexpected{Failure::overloaded};

    Waiter waiter{shared_from_this()};
    (void)co_await waiter.timer.async_wait(as_values);
    if (waiter.given) co_return Lease{shared_from_this(), std::exchange(waiter.given, nullptr)};
    if (std::exchange(waiter.has_place, false)) co_return co_await open_one();
    co_return std::unexpected{Failure::overloaded};
}

Task<std::expected<PostgresPool::Lease, Failure>> PostgresPool::open_one() {
    PgHandle handle = co_await connector_->connect();
    if (handle) {
        auto opened = std::make_shared<WatchedConnection>(executor_, std::move(handle));
        if (!opened->connection().is_lost()) co_return Lease{shared_from_this(), std::move(opened)};
    }
    give_up_place();
    co_return std::unexpected{Failure::broken};
}

Watched PostgresPool::take_idle() {
    while (!idle_.empty()) {
        Watched idle = std::move(idle_.back());
        idle_.pop_back();
        if (idle->connection().is_alive()) return idle;
        give_up_place();
    }
    return nullptr;
}

void PostgresPool::give_back(Watched held) {
    held->clear_deadline();
    const bool can_serve = !held->connection().is_lost() && held->connection().is_settled();
    if (!can_serve) return give_up_place();
    Waiter* next = next_waiter();
    if (!next) return idle_.push_back(std::move(held));
    next->given = std::move(held);
    next->timer.cancel();
}

void PostgresPool::give_up_place() {
    Waiter* next = next_waiter();
    if (!next) {
        --open_;
        return;
    }
    next->has_place = true;
    next->timer.cancel();
}

PostgresPool::Waiter* PostgresPool::next_waiter() {
    const auto next = std::ranges::find_if(waiting_, [](const Waiter* w) { return !w->is_served(); });
    return next == waiting_.end() ? nullptr : *next;
}

}  // namespace vcare::store
