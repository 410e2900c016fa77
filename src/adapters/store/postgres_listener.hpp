// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <thread>

#include "adapters/store/postgres_connection.hpp"

namespace vcare::store {

/// Hears what other replicas say with NOTIFY, on a connection and a thread of its own. A connection that is
/// lost is made again, for ever.
class PostgresListener {
  public:
    /// `connect` blocks, and gives nothing when the server cannot be reached. `heard` is called on the
    /// listener's thread after each notification, and whenever one may have been missed.
    PostgresListener(std::function<PgHandle()> connect, std::function<void()> heard);
    ~PostgresListener();
    PostgresListener(const PostgresListener&) = delete;
    PostgresListener& operator=(const PostgresListener&) = delete;

  private:
    void run(const std::stop_token& stopping);
    void listen(pg_conn* connection, const std::stop_token& stopping);

    const std::function<PgHandle()> connect_;
    const std::function<void()> heard_;
    const int stop_signal_;  ///< an eventfd that becomes readable when the listener is to end
    std::jthread thread_;    ///< the last member: it uses the others
};

}  // namespace vcare::store
