// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "adapters/http_client/http_client.hpp"
#include "unit/adapters/await.hpp"

namespace vcare::http_client {

using Answer = std::expected<Response, Failure>;

/// Longer than anything that answers takes, shorter than a person waits.
constexpr std::chrono::milliseconds patience{10'000};
/// For calls that nobody answers.
constexpr std::chrono::milliseconds impatience{100};

/// So many calls one after the other on one loop.
inline Task<std::vector<Answer>> send_in_a_row(HttpClient* client, Request request, int count,
                                               std::chrono::milliseconds time) {
    std::vector<Answer> answers;
    for (int i = 0; i < count; ++i) answers.push_back(co_await client->send(request, deadline_in(time)));
    co_return answers;
}

inline Answer send(HttpClient& client, Request request, std::chrono::milliseconds time = patience) {
    return tests::await(client.send(std::move(request), deadline_in(time)));
}

/// The status, or the word of the failure.
inline std::string outcome_of(const Answer& answer) {
    return answer ? std::to_string(answer->status) : std::string{word_of(answer.error())};
}

}  // namespace vcare::http_client
