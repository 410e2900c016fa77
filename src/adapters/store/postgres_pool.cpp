// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_pool.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::store {
namespace {

namespace asio = boost::asio;
constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

class ThreadConnector final : public Connector {
  public:
    ThreadConnector(std::function<PgHandle()> connect, std::size_t at_once)
        : connect_(std::move(connect)), threads_(at_once) {}
    ~ThreadConnector() override {
        threads_.stop();  // who has not begun yet need not
        threads_.join();
    }

    void connect(asio::any_io_executor executor, Opened opened) override {
        asio::post(threads_, [this, executor = std::move(executor), opened = std::move(opened)]() mutable {
            asio::post(executor, [handle = connect_(), opened = std::move(opened)]() mutable {
                opened(std::move(handle));
            });
        });
    }

  private:
    const std::function<PgHandle()> connect_;
    asio::thread_pool threads_;
};

}  // namespace

std::unique_ptr<Connector> make_connector(std::function<PgHandle()> connect, std::size_t at_once) {
    return std::make_unique<ThreadConnector>(std::move(connect), at_once);
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
        pool->count("waiting", 1);
    }
    ~Waiter() {
        std::erase(pool->waiting_, this);
        pool->count("waiting", -1);
        if (given) pool->give_back(std::move(given));
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    [[nodiscard]] bool is_served() const { return given || has_failed; }

    std::shared_ptr<PostgresPool> pool;
    asio::steady_timer timer;
    Watched given = nullptr;
    bool has_failed = false;  ///< to connect
};

PostgresPool::PostgresPool(const asio::any_io_executor& executor, Connector* connector, PoolLimits limits,
                           application::Telemetry* telemetry)
    : executor_(executor), connector_(connector), limits_(limits), telemetry_(telemetry) {
    for (const char* state : {"idle", "busy", "waiting"}) count(state, 0);  // there from the start
}

PostgresPool::~PostgresPool() {
    count("idle", -static_cast<double>(idle_.size()));
}

void PostgresPool::count(std::string_view state, double by) {
    if (telemetry_) telemetry_->count(application::Metric::store_pool, {{"state", state}}, by);
}

Task<std::expected<PostgresPool::Lease, Failure>> PostgresPool::take() {
    if (auto idle = take_idle()) co_return Lease{shared_from_this(), std::move(idle)};
    if (waiting_.size() >= limits_.waiting) co_return std::unexpected{Failure::overloaded};

    // Whoever waits has a timer, and with it the loop something to do, also while a connection is opened.
    Waiter waiter{shared_from_this()};
    open_as_needed();
    (void)co_await waiter.timer.async_wait(as_values);
    if (waiter.given) co_return Lease{shared_from_this(), std::exchange(waiter.given, nullptr)};
    co_return std::unexpected{waiter.has_failed ? Failure::broken : Failure::overloaded};
}

/// One for everybody who waits, as far as there are places. They are had by whoever waits the longest then.
void PostgresPool::open_as_needed() {
    const auto unserved = static_cast<std::size_t>(
        std::ranges::count_if(waiting_, [](const Waiter* w) { return !w->is_served(); }));
    while (open_ < limits_.connections && opening_ < unserved) {
        ++open_;
        ++opening_;
        connector_->connect(executor_, [weak = weak_from_this()](PgHandle handle) {
            if (const auto self = weak.lock()) self->note_opened(std::move(handle));
        });
    }
}

void PostgresPool::note_opened(PgHandle handle) {
    --opening_;
    if (handle) {
        auto opened = std::make_shared<WatchedConnection>(executor_, std::move(handle));
        if (!opened->connection().is_lost()) return serve(std::move(opened));
    }
    // One try, one answer: the others who wait have tries of their own.
    if (Waiter* next = next_waiter()) {
        next->has_failed = true;
        next->timer.cancel();
    }
    give_up_place();
}

Watched PostgresPool::take_idle() {
    while (!idle_.empty()) {
        Watched idle = std::move(idle_.back());
        idle_.pop_back();
        count("idle", -1);
        if (idle->connection().is_alive()) {
            count("busy", 1);
            return idle;
        }
        give_up_place();
    }
    return nullptr;
}

void PostgresPool::give_back(Watched held) {
    held->clear_deadline();
    const bool can_serve = !held->connection().is_lost() && held->connection().is_settled();
    count("busy", -1);
    if (!can_serve) return give_up_place();
    serve(std::move(held));
}

void PostgresPool::serve(Watched free) {
    Waiter* next = next_waiter();
    if (!next) {
        count("idle", 1);
        return idle_.push_back(std::move(free));
    }
    count("busy", 1);
    next->given = std::move(free);
    next->timer.cancel();
}

void PostgresPool::give_up_place() {
    --open_;
    open_as_needed();
}

PostgresPool::Waiter* PostgresPool::next_waiter() {
    const auto next = std::ranges::find_if(waiting_, [](const Waiter* w) { return !w->is_served(); });
    return next == waiting_.end() ? nullptr : *next;
}

}  // namespace vcare::store
