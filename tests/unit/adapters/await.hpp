// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "application/task.hpp"

namespace vcare::tests {

/// Runs a task to its end on this loop, in this thread.
inline void await_on(boost::asio::io_context& io, Task<void> task) {
    boost::asio::co_spawn(io, std::move(task), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    io.restart();
    io.run();
}

template <class T>
Task<void> keep_answer(Task<T> task, std::optional<T>* answer) {
    answer->emplace(co_await std::move(task));
}

/// The same; gives what it gave, which needs no default constructor.
template <class T>
T await_on(boost::asio::io_context& io, Task<T> task) {
    std::optional<T> answer;
    await_on(io, keep_answer(std::move(task), &answer));
    return std::move(answer.value());
}

template <class T>
T await(Task<T> task) {
    boost::asio::io_context io;
    return await_on(io, std::move(task));
}

}  // namespace vcare::tests
