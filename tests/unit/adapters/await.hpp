// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "application/task.hpp"

namespace vcare::tests {

/// Runs a task to its end on this thread and gives what it gave.
template <class T>
T await(Task<T> task) {
    boost::asio::io_context io;
    std::optional<T> answer;
    boost::asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& thrown, T value) {
        if (thrown) std::rethrow_exception(thrown);
        answer.emplace(std::move(value));
    });
    io.run();
    return std::move(answer.value());
}

inline void await(Task<void> task) {
    boost::asio::io_context io;
    boost::asio::co_spawn(io, std::move(task), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    io.run();
}

}  // namespace vcare::tests
