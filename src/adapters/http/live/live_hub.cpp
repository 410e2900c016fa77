// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/live/live_hub.hpp"

#include <boost/asio/post.hpp>

namespace vcare::http {

void LoopHub::set_members(std::vector<Member> members) {
    const std::lock_guard lock{mutex_};
    members_ = std::move(members);
}

std::vector<LoopHub::Member> LoopHub::members() {
    const std::lock_guard lock{mutex_};
    return members_;
}

void LoopHub::announce(std::vector<application::PublishedEvent> events) {
    const auto announcement =
        std::make_shared<const std::vector<application::PublishedEvent>>(std::move(events));
    for (const auto& [executor, streams] : members())
        boost::asio::post(executor, [streams, announcement] { streams->deliver(announcement); });
}

void LoopHub::send(application::Signal signal) {
    const auto shared = std::make_shared<const application::Signal>(std::move(signal));
    for (const auto& [executor, streams] : members())
        boost::asio::post(executor, [streams, shared] { streams->deliver(*shared); });
}

void LoopHub::bar(domain::BarredUser barred) {
    const auto shared = std::make_shared<const domain::BarredUser>(std::move(barred));
    for (const auto& [executor, streams] : members())
        boost::asio::post(executor, [streams, shared] { streams->bar(*shared); });
}

std::unique_ptr<LiveHub> make_live_hub() {
    return std::make_unique<LoopHub>();
}

}  // namespace vcare::http
