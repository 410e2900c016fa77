// SPDX-License-Identifier: Apache-2.0
#include "application/connection_samples.hpp"

namespace vcare::application {

std::vector<domain::ConnectionSample> ConnectionSamples::add(const domain::ParticipantId& participant,
                                                             const domain::ConnectionSample& sample) {
    const std::lock_guard lock{mutex_};
    const bool is_full = samples_.size() >= max_participants && !samples_.contains(participant);
    if (is_full) samples_.erase(samples_.begin());
    auto& kept = samples_[participant];
    kept.push_back(sample);
    if (kept.size() > max_samples) kept.pop_front();
    return {kept.begin(), kept.end()};
}

void ConnectionSamples::forget(const domain::ParticipantId& participant) {
    const std::lock_guard lock{mutex_};
    samples_.erase(participant);
}

}  // namespace vcare::application
