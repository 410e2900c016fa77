// SPDX-License-Identifier: Apache-2.0
#include "simulation/world/timeline.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vcare::simulation {

namespace asio = boost::asio;

Task<void> Timeline::wait(Owner owner, domain::milliseconds duration, std::uint64_t* out_id) {
    const domain::Instant due = now_ + std::max(duration, domain::milliseconds{0});
    auto start = [this, owner, due, out_id](auto handler) {
        const std::uint64_t id =
            at(owner, due, [waiting = std::move(handler)]() mutable { asio::post(std::move(waiting)); });
        if (out_id) *out_id = id;
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(std::move(start),
                                                                         asio::use_awaitable);
}

void Timeline::wake(std::uint64_t id) {
    const auto place = place_of_.find(id);
    if (place == place_of_.end()) return;
    auto& [owner, due] = place->second;
    Entries& entries = waiting_[owner];
    auto entry = entries.extract({due, id});
    entry.key().first = due = now_;
    entries.insert(std::move(entry));
}

std::uint64_t Timeline::at(Owner owner, domain::Instant due, std::move_only_function<void()> action) {
    const std::uint64_t id = ++last_id_;
    due = std::max(due, now_);
    waiting_[owner].emplace(Key{due, id}, std::move(action));
    place_of_.emplace(id, std::pair{owner, due});
    return id;
}

Timeline::Key Timeline::next_of(Owner owner, const Entries& entries) const {
    Key key = entries.begin()->first;
    if (frozen_ && frozen_->first == owner) key.first = std::max(key.first, frozen_->second);
    return key;
}

bool Timeline::step() {
    std::optional<Key> soonest;
    Owner whose{};
    for (const auto& [owner, entries] : waiting_) {
        if (entries.empty()) continue;
        const Key key = next_of(owner, entries);
        if (soonest && *soonest <= key) continue;
        soonest = key;
        whose = owner;
    }
    if (!soonest) return false;
    now_ = std::max(now_, soonest->first);
    if (frozen_ && now_ >= frozen_->second) frozen_.reset();
    Entries& entries = waiting_[whose];
    auto entry = entries.extract(entries.begin());
    place_of_.erase(entry.key().second);
    entry.mapped()();
    return true;
}

void Timeline::freeze(Owner owner, domain::Instant until) {
    frozen_ = {owner, until};
}

void Timeline::drop(Owner owner) {
    auto dropped = waiting_.extract(owner);  // destroyed last, when nothing here is half done
    if (dropped) {
        for (const auto& [key, action] : dropped.mapped()) place_of_.erase(key.second);
    }
    if (frozen_ && frozen_->first == owner) frozen_.reset();
}

}  // namespace vcare::simulation
