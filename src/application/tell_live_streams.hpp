// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/event_bus.hpp"
#include "application/round.hpp"
#include "application/services.hpp"
#include "application/task.hpp"

namespace vcare::application {

/// Numbers what was committed, and brings it to the live streams of this replica; what other replicas
/// numbered too. Waits for no broker: a waiting room is live while that is away.
class TellLiveStreams {
  public:
    explicit TellLiveStreams(const Services& services) : services_(services) {}
    /// From here on; what comes before is nobody's news. The first round begins by itself otherwise.
    [[nodiscard]] Task<Result<void>> begin();
    [[nodiscard]] Task<Result<Round>> run_once();
    static constexpr unsigned batch = 1024;

  private:
    Services services_;
    std::optional<std::uint64_t> told_ = {};  ///< the last position that the streams were told
};

}  // namespace vcare::application
