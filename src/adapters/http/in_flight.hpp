// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>

#include "application/task.hpp"

namespace vcare::http {

/// Lets requests under the same idempotency key through one at a time: a duplicate waits until the first is
/// answered, and then finds its answer kept. Shared by all loops; the lock is held for one look-up.
class InFlight {
  public:
    /// The turn of one request; passed on when it is destroyed.
    class Turn {
      public:
        Turn(InFlight& owner, std::string key) : owner_(&owner), key_(std::move(key)) {}
        Turn(Turn&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (owner_ != nullptr) owner_->pass_on(key_);
        }

      private:
        InFlight* owner_;
        std::string key_;
    };

    /// Comes back, on the caller's loop, when nobody else has this key.
    [[nodiscard]] Task<Turn> enter(std::string key);

  private:
    struct Waiter {
        boost::asio::any_io_executor executor;
        boost::asio::any_completion_handler<void()> resume;
        static void post(Waiter waiter);
    };
    [[nodiscard]] bool wait_or_go(const std::string& key, Waiter& waiter);
    void pass_on(const std::string& key);

    std::mutex mutex_;
    std::unordered_map<std::string, std::deque<Waiter>> waiting_;  // an entry: somebody has the key
};

}  // namespace vcare::http
