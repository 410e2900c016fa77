// SPDX-License-Identifier: Apache-2.0
#include "main/loops.hpp"

#include <algorithm>

namespace vcare::program {

Loops::Loops(unsigned count) {
    if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) {
        loops_.push_back(std::make_unique<boost::asio::io_context>(1));
        guards_.push_back(boost::asio::make_work_guard(*loops_.back()));
    }
}

Loops::~Loops() {
    stop();
    for (std::thread& thread : threads_) thread.join();
}

std::vector<boost::asio::any_io_executor> Loops::executors() {
    std::vector<boost::asio::any_io_executor> executors;
    for (const auto& loop : loops_) executors.emplace_back(loop->get_executor());
    return executors;
}

void Loops::run() {
    for (std::size_t i = 1; i < loops_.size(); ++i) {
        threads_.emplace_back([loop = loops_[i].get()] { loop->run(); });
    }
    first().run();
    stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

void Loops::stop() {
    for (const auto& loop : loops_) loop->stop();
}

}  // namespace vcare::program
