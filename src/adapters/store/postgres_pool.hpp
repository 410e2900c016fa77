// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/store/postgres_connection.hpp"
#include "application/ports/telemetry.hpp"
#include "application/task.hpp"

namespace vcare::store {

/// A connection and the watch on its socket. Held by a shared pointer, so that its timer knows when it is
/// gone.
class WatchedConnection : public std::enable_shared_from_this<WatchedConnection> {
  public:
    WatchedConnection(const boost::asio::any_io_executor& executor, PgHandle handle);
    ~WatchedConnection();
    WatchedConnection(const WatchedConnection&) = delete;
    WatchedConnection& operator=(const WatchedConnection&) = delete;

    [[nodiscard]] PostgresConnection& connection() { return connection_; }

    /// After this time whatever waits is told that the connection is lost.
    void set_deadline(std::chrono::steady_clock::time_point deadline);
    void clear_deadline();
    /// Comes back when the socket is ready for what the connection wants next, or at the deadline, which
    /// loses the connection.
    [[nodiscard]] Task<void> wait();

  private:
    PostgresConnection connection_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer timer_;
    std::chrono::steady_clock::time_point deadline_;
};
using Watched = std::shared_ptr<WatchedConnection>;

struct PoolLimits {
    std::size_t connections = 8;
    std::size_t waiting = 1024;                ///< more are refused at once
    std::chrono::milliseconds wait{2000};      ///< for a connection to come free, or to be opened
    std::chrono::milliseconds answer{10'000};  ///< for one job, from its first statement to its end
};

/// Opens connections, several at a time.
class Connector {
  public:
    /// Nothing when the server cannot be reached.
    using Opened = std::function<void(PgHandle)>;

    virtual ~Connector() = default;
    /// `opened` is called on the executor, once, unless the connector goes away before.
    virtual void connect(boost::asio::any_io_executor executor, Opened opened) = 0;
};

/// Runs `connect`, which blocks, on threads of its own: as many as may be opened at once. Only a blocking
/// connect tries each host of a URL for its time
/// (https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PQCONNECTSTARTPARAMS).
[[nodiscard]] std::unique_ptr<Connector> make_connector(std::function<PgHandle()> connect,
                                                        std::size_t at_once);

/// The connections of one role on one event loop. Used on that loop alone; lives as long as a lease of it.
class PostgresPool : public std::enable_shared_from_this<PostgresPool> {
  public:
    /// `telemetry` is told how many connections rest and work, and how many wait for one; null: nobody is.
    PostgresPool(const boost::asio::any_io_executor& executor, Connector* connector, PoolLimits limits,
                 application::Telemetry* telemetry = nullptr);
    ~PostgresPool();
    PostgresPool(const PostgresPool&) = delete;
    PostgresPool& operator=(const PostgresPool&) = delete;

    /// Gives its connection back when it goes away; one that is not settled is closed instead.
    class Lease {
      public:
        Lease(std::shared_ptr<PostgresPool> pool, Watched held)
            : pool_(std::move(pool)), held_(std::move(held)) {}
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (held_) pool_->give_back(std::move(held_));
        }
        [[nodiscard]] WatchedConnection& watched() { return *held_; }
        [[nodiscard]] PostgresConnection& connection() { return held_->connection(); }

      private:
        std::shared_ptr<PostgresPool> pool_;
        Watched held_;
    };

    /// An idle connection, or the next that comes free or is opened. `overloaded` after waiting in vain,
    /// `broken` when the server cannot be reached. One that is opened too late is there for the next.
    [[nodiscard]] Task<std::expected<Lease, Failure>> take();

    [[nodiscard]] const PoolLimits& limits() const { return limits_; }
    /// How many are open, and how many of them rest.
    [[nodiscard]] std::size_t open() const { return open_; }
    [[nodiscard]] std::size_t idle() const { return idle_.size(); }

  private:
    struct Waiter;
    void give_back(Watched held);
    void serve(Watched free);
    void give_up_place();
    void open_as_needed();
    void note_opened(PgHandle handle);
    [[nodiscard]] Waiter* next_waiter();
    /// All pools of the process count in one gauge, whatever loop they are on.
    void count(std::string_view state, double by);
    [[nodiscard]] Watched take_idle();

    boost::asio::any_io_executor executor_;
    Connector* connector_;
    const PoolLimits limits_;
    application::Telemetry* telemetry_;
    std::size_t open_ = 0;     ///< places taken
    std::size_t opening_ = 0;  ///< of these, by what is not there yet
    std::vector<Watched> idle_;
    std::deque<Waiter*> waiting_;
};

}  // namespace vcare::store
