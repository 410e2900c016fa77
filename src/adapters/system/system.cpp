// SPDX-License-Identifier: Apache-2.0
#include "adapters/system/system.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/crypto/random.hpp"

namespace vcare::system {
namespace {

namespace asio = boost::asio;

class SystemClock final : public application::Clock {
  public:
    domain::Instant now() const override {
        return std::chrono::time_point_cast<domain::milliseconds>(std::chrono::system_clock::now());
    }

    Task<void> wait_for(domain::milliseconds duration) override {
        asio::steady_timer timer{co_await asio::this_coro::executor, duration};
        boost::system::error_code cancelled;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
};

class SystemRandomness final : public application::Randomness {
  public:
    void fill(std::span<std::byte> bytes) override { crypto::fill_random(bytes); }
};

}  // namespace

std::unique_ptr<application::Clock> make_system_clock() {
    return std::make_unique<SystemClock>();
}

std::unique_ptr<application::Randomness> make_system_randomness() {
    return std::make_unique<SystemRandomness>();
}

}  // namespace vcare::system
