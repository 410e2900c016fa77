// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "domain/check.hpp"

namespace vcare::store {

/// A piece of work on one connection: a coroutine that waits for nothing but answers of the database. With
/// SQLite they are there at once, and it runs through in one go in the thread of its connection; with
/// PostgreSQL it rests on the event loop until they arrive. One text serves both.
///
/// It starts when it is awaited or `start`ed. Used by one thread at a time; destroying one that rests is
/// fine. Like a `Task` it takes its parameters by value; the connection, given as a pointer, outlives it.
template <class T>
class [[nodiscard]] Work {
  public:
    struct promise_type;
    using Handle = std::coroutine_handle<promise_type>;

    Work(Work&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Work& operator=(Work&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Work() {
        if (handle_) handle_.destroy();
    }

    /// Runs until the first answer that is not there yet, or to the end.
    void start() { handle_.resume(); }
    [[nodiscard]] bool is_done() const { return handle_.done(); }
    /// What it came to; once, when it is done.
    [[nodiscard]] T take() { return handle_.promise().take(); }

    /// For a connection whose answers are always there.
    [[nodiscard]] T run_through() {
        start();
        VCARE_CHECK(is_done(), "an embedded database answers before it returns");
        return take();
    }

    // Awaited by other work. Run here and not by a transfer, so that a long loop of work that need not wait
    // leaves the stack flat in every build mode.
    [[nodiscard]] bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> waiting) {
        start();
        if (is_done()) return false;
        handle_.promise().waiting = waiting;
        return true;
    }
    T await_resume() { return take(); }

  private:
    explicit Work(Handle handle) : handle_(handle) {}
    Handle handle_;
};

template <class T>
struct Work<T>::promise_type {
    std::coroutine_handle<> waiting;
    std::optional<T> value;
    std::exception_ptr failure;

    struct GoOn {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(Handle ended) noexcept {
            const auto next = ended.promise().waiting;
            return next ? next : std::noop_coroutine();
        }
        void await_resume() noexcept {}
    };

    Work get_return_object() { return Work{Handle::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    GoOn final_suspend() noexcept { return {}; }
    void unhandled_exception() { failure = std::current_exception(); }
    template <class Value>
    void return_value(Value&& given) {
        value.emplace(std::forward<Value>(given));
    }
    T take() {
        if (failure) std::rethrow_exception(failure);
        return *std::move(value);
    }
};

}  // namespace vcare::store
