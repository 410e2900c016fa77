// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/connection_pool.hpp"

#include <utility>

namespace vcare::http_client {

boost::asio::execution_context::id ConnectionPool::id;

ConnectionPool& ConnectionPool::of(const boost::asio::any_io_executor& executor) {
    return boost::asio::use_service<ConnectionPool>(
        boost::asio::query(executor, boost::asio::execution::context));
}

std::unique_ptr<ConnectionPool::Place> ConnectionPool::enter(Shelf shelf, Limits limits) {
    std::size_t& calls = shelves_[shelf].calls;
    if (calls >= limits.max_calls) return nullptr;
    ++calls;
    return std::make_unique<Place>(*this, std::move(shelf), limits);
}

std::unique_ptr<Stream> ConnectionPool::Place::take() {
    auto& idle = pool_.shelves_[shelf_].idle;
    const auto now = std::chrono::steady_clock::now();
    while (!idle.empty()) {
        Idle last = std::move(idle.back());  // the least likely to be closed
        idle.pop_back();
        if (last.until > now && last.stream->is_quiet()) return std::move(last.stream);
    }
    return nullptr;
}

void ConnectionPool::Place::keep(std::unique_ptr<Stream> stream) {
    const auto now = std::chrono::steady_clock::now();
    auto& idle = pool_.shelves_[shelf_].idle;
    idle.push_back({.stream = std::move(stream), .until = now + limits_.idle_limit});
    if (idle.size() > limits_.max_idle) idle.pop_front();
    pool_.close_expired(now);
}

void ConnectionPool::leave(const Shelf& shelf) {
    const auto found = shelves_.find(shelf);
    if (found == shelves_.end()) return;  // the loop is being taken down
    --found->second.calls;
    if (found->second.calls == 0 && found->second.idle.empty()) shelves_.erase(found);
}

void ConnectionPool::close_expired(Time now) {
    for (auto& [shelf, kept] : shelves_)
        std::erase_if(kept.idle, [now](const Idle& idle) { return idle.until <= now; });
    std::erase_if(shelves_,
                  [](const auto& entry) { return entry.second.calls == 0 && entry.second.idle.empty(); });
}

}  // namespace vcare::http_client
