// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "domain/fallback.hpp"
#include "domain/ids.hpp"

namespace vcare::application {

/// The last connection reports of every participant who reports, for the fallback decision. Reports of one
/// person may come in on any loop, so it is shared and has a lock, held for a copy of a dozen samples.
class ConnectionSamples {
  public:
    /// Adds a sample and answers all that are kept of this participant, oldest first.
    [[nodiscard]] std::vector<domain::ConnectionSample> add(const domain::ParticipantId& participant,
                                                            const domain::ConnectionSample& sample);
    void forget(const domain::ParticipantId& participant);

    static constexpr std::size_t max_samples = 24;
    static constexpr std::size_t max_participants = 50'000;

  private:
    std::mutex mutex_;
    std::unordered_map<domain::ParticipantId, std::deque<domain::ConnectionSample>> samples_;
};

}  // namespace vcare::application
