// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "domain/error.hpp"
#include "domain/participant.hpp"

namespace vcare::domain {

/// Whether a participant can be reached now, as the presence rows say.
struct Presence {
    ParticipantId participant;
    bool stream_open = false;                 ///< on any replica that is alive
    std::optional<Instant> last_closed = {};  ///< when the last stream closed (or its replica fell silent)
    std::optional<Instant> last_call = {};    ///< the last call of a client that keeps no stream
};

/// A stream closed for less than this counts as open: a reload must not look like an absence.
inline constexpr seconds reload_allowance{10};

[[nodiscard]] bool is_connected(const Presence& presence, Instant now, seconds grace_reconnect);

/// Shows that a provider of this session was there when the command was decided. Only `check` makes one.
class ProviderPresent {
  public:
    /// `provider_not_present` unless some provider participant is `active` and connected.
    [[nodiscard]] static Result<ProviderPresent> check(std::span<const Participant> participants,
                                                       std::span<const Presence> presences, Instant now,
                                                       seconds grace_reconnect);

  private:
    ProviderPresent() = default;
};

}  // namespace vcare::domain
