// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/consent_store.hpp"
#include "domain/presence.hpp"

namespace vcare::application {

/// What letting a patient in rests on, as far as it is known here.
struct AdmissionBasis {
    std::vector<domain::Presence> presences;
    ConsentStanding telehealth;
};

/// Who is connected, from rows written when a stream opens or closes; one heartbeat row a replica, never
/// one a stream. A replica that is silent for 15 s is dead and its streams count as closed since then.
class PresenceStore {
  public:
    virtual ~PresenceStore() = default;

    [[nodiscard]] virtual Task<Result<void>> stream_opened(domain::TenantScope scope,
                                                           domain::SessionId session,
                                                           domain::ParticipantId participant,
                                                           std::string stream_id, std::string replica,
                                                           domain::Instant at) = 0;
    /// Also makes the sweeper look at the session no later than `look_at`.
    [[nodiscard]] virtual Task<Result<void>> stream_closed(domain::TenantScope scope,
                                                           domain::SessionId session,
                                                           domain::ParticipantId participant,
                                                           std::string stream_id, domain::Instant at,
                                                           domain::Instant look_at) = 0;
    /// A call of a client that keeps no stream; callers write it at most every few seconds.
    [[nodiscard]] virtual Task<Result<void>> called(domain::TenantScope scope, domain::SessionId session,
                                                    domain::ParticipantId participant,
                                                    domain::Instant at) = 0;

    [[nodiscard]] virtual Task<Result<std::vector<domain::Presence>>> presences(domain::TenantScope scope,
                                                                                domain::SessionId session,
                                                                                domain::Instant now) = 0;

    /// The presences with the standing of the patient's telehealth consent, in one question.
    [[nodiscard]] virtual Task<Result<AdmissionBasis>> admission_basis(domain::TenantScope scope,
                                                                       domain::SessionId session,
                                                                       domain::PatientId patient,
                                                                       domain::Instant now) = 0;

    /// Writes this replica's heartbeat. When every replica was silent for more than 15 s before it, the gap's
    /// end is kept. Answers since when the clocks that can close a visit count (the end of the last gap).
    [[nodiscard]] virtual Task<Result<domain::Instant>> heartbeat(std::string replica,
                                                                  domain::Instant at) = 0;
};

}  // namespace vcare::application
