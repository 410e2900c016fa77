// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/demo_fixture.hpp"
#include "support/nats_server.hpp"

namespace vcare::support {

/// What was told, by whichever road: the ids of events in the order of their session (or subject).
using EventsByLine = std::map<std::string, std::vector<std::string>>;

/// Everything a clinic's feed tells from the first event on, up to the creation of `last_session`.
[[nodiscard]] EventsByLine events_of_feed(const Server& server, const Headers& staff,
                                          const std::string& last_session);
/// Everything in the broker's stream but what is about `last_session`. Checks each against its schema.
[[nodiscard]] EventsByLine events_of_stream(const NatsServer& broker, const std::string& last_session);

/// A whole visit, from booking to end; each command must succeed. Answers the session.
std::string hold_visit(HttpClient& client, const Headers& staff, const std::string& patient);

/// Asks again until it is so, for `within` at most.
template <class Condition>
[[nodiscard]] bool becomes_true(Condition is_so, seconds within = seconds{90}) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();  // nothing announces it
    }
    return true;
}

}  // namespace vcare::support
