// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include "adapters/http_client/stream.hpp"

namespace vcare::http_client {

/// The connections of one event loop that wait for the next request, and how many requests are under way.
/// Belongs to the loop: used on it alone, and gone with it.
class ConnectionPool final : public boost::asio::execution_context::service {
  public:
    using key_type = ConnectionPool;
    static boost::asio::execution_context::id id;

    struct Limits {
        std::size_t max_calls;
        std::size_t max_idle;
        std::chrono::seconds idle_limit;
    };
    /// What may be shared: the client (two of them may trust different authorities) and the origin.
    using Shelf = std::pair<std::uint64_t, std::string>;

    /// One call under way; ends with the object.
    class Place {
      public:
        Place(ConnectionPool& pool, Shelf shelf, Limits limits)
            : pool_(pool), shelf_(std::move(shelf)), limits_(limits) {}
        ~Place() { pool_.leave(shelf_); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        /// A connection that looks alive; null when there is none.
        [[nodiscard]] std::unique_ptr<Stream> take();
        void keep(std::unique_ptr<Stream> stream);

      private:
        ConnectionPool& pool_;
        const Shelf shelf_;
        const Limits limits_;
    };

    /// The one of the loop that runs the executor; made when it is asked for first.
    [[nodiscard]] static ConnectionPool& of(const boost::asio::any_io_executor& executor);

    explicit ConnectionPool(boost::asio::execution_context& context) : service(context) {}

    /// Null when as many are under way as may be.
    [[nodiscard]] std::unique_ptr<Place> enter(Shelf shelf, Limits limits);

  private:
    using Time = std::chrono::steady_clock::time_point;
    struct Idle {
        std::unique_ptr<Stream> stream;
        Time until;
    };
    struct Kept {
        std::size_t calls = 0;
        std::deque<Idle> idle = {};  ///< the one used last at the end
    };

    void shutdown() override { shelves_.clear(); }
    void leave(const Shelf& shelf);
    void close_expired(Time now);

    std::map<Shelf, Kept> shelves_;
};

}  // namespace vcare::http_client
