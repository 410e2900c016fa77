// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "application/task.hpp"
#include "domain/time.hpp"

namespace vcare::keys {

/// A few threads for calls that block, so that no event loop does. Ends when the running calls have ended;
/// callers' loops outlive it.
class BlockingCalls {
  public:
    /// `waiting_max`: how many calls may wait for a thread; one more is not taken.
    BlockingCalls(unsigned threads, std::size_t waiting_max) : waiting_max_(waiting_max) {
        for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    }
    ~BlockingCalls() {
        {
            const std::lock_guard lock{mutex_};
            is_shut_ = true;
        }
        filled_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }
    BlockingCalls(const BlockingCalls&) = delete;
    BlockingCalls& operator=(const BlockingCalls&) = delete;

    /// What `function` gives, on the caller's executor; nothing when it has not ended within `limit` (it goes
    /// on by itself then), when the caller is cancelled, or when too many wait.
    template <class T>
    [[nodiscard]] Task<std::optional<T>> run(std::function<T()> function, domain::milliseconds limit) {
        const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
        const auto call = std::make_shared<Call<T>>(executor, limit);
        // Initialised, so that it is not const and moves on: a thread must not be the last to hold the timer.
        const bool is_taken = take([call = call, executor, function = std::move(function)]() mutable {
            auto answer = std::make_shared<T>(function());
            boost::asio::post(executor, [call = std::move(call), answer = std::move(answer)] {
                call->answer.emplace(std::move(*answer));
                call->done.cancel();
            });
        });
        if (!is_taken) co_return std::nullopt;
        boost::system::error_code cancelled;
        co_await call->done.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
        co_return std::move(call->answer);
    }

  private:
    /// Touched on the caller's executor only.
    template <class T>
    struct Call {
        Call(const boost::asio::any_io_executor& executor, domain::milliseconds limit)
            : done(executor, limit) {}
        boost::asio::steady_timer done;
        std::optional<T> answer;
    };

    bool take(std::function<void()> entry) {
        const std::lock_guard lock{mutex_};
        if (is_shut_ || waiting_.size() >= waiting_max_) return false;
        waiting_.push_back(std::move(entry));
        filled_.notify_one();
        return true;
    }

    void work() {
        for (;;) {
            std::function<void()> entry;
            {
                std::unique_lock lock{mutex_};
                filled_.wait(lock, [this] { return is_shut_ || !waiting_.empty(); });
                if (is_shut_) return;
                entry = std::move(waiting_.front());
                waiting_.pop_front();
            }
            entry();
        }
    }

    const std::size_t waiting_max_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<std::function<void()>> waiting_;
    bool is_shut_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace vcare::keys
