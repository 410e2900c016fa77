// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "adapters/video/ice_url.hpp"
#include "adapters/video/stun.hpp"
#include "application/task.hpp"
#include "domain/time.hpp"

namespace vcare::video {

constexpr domain::milliseconds answer_deadline{2000};

/// True as soon as one of the servers answers, false when none has within `answer_deadline`. Asks all of
/// them at once: over UDP with a STUN binding request, over TCP by connecting.
[[nodiscard]] Task<bool> one_answers(std::vector<IceUrl> servers, StunTransaction transaction);

}  // namespace vcare::video
