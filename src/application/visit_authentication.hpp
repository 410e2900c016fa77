// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>

#include "application/context.hpp"
#include "application/services.hpp"
#include "application/task.hpp"

namespace vcare::application {

/// The secret a participant holds: `<tenant>.<participantId>.<secret>`. Not loggable: no operator prints it.
class VisitCredential {
  public:
    [[nodiscard]] static std::optional<VisitCredential> parse(std::string_view text);
    [[nodiscard]] static VisitCredential make(domain::TenantId tenant, domain::ParticipantId participant,
                                              std::string secret);

    /// For the answer and the cookie only.
    [[nodiscard]] std::string reveal() const;
    [[nodiscard]] const domain::TenantId& tenant() const { return tenant_; }
    [[nodiscard]] const domain::ParticipantId& participant() const { return participant_; }
    [[nodiscard]] const std::string& secret() const { return secret_; }

  private:
    VisitCredential(domain::TenantId tenant, domain::ParticipantId participant, std::string secret);
    domain::TenantId tenant_;
    domain::ParticipantId participant_;
    std::string secret_;
};

/// Turns a visit credential into a participant in the scope of their tenant. Belongs to one event loop.
class VisitAuthentication {
  public:
    explicit VisitAuthentication(const Services& services) : services_(services) {}

    struct Seat {
        VisitContext context;
        std::optional<domain::Instant> voided_at = {};
    };
    /// `unauthorized` unless the credential is live. Notes the call for clients that keep no stream.
    [[nodiscard]] Task<Result<VisitContext>> live(std::string credential, RequestContext request);
    /// Also a credential voided less than an hour ago: for the last event and the feedback.
    [[nodiscard]] Task<Result<Seat>> live_or_lately_void(std::string credential, RequestContext request);

    /// The seat of a staff member in a session of their own, for a feed that carries its frames too.
    [[nodiscard]] Task<Result<VisitContext>> own_seat(StaffContext context,
                                                      domain::ParticipantId participant);

  private:
    Task<Result<void>> note_call(VisitContext context);
    Task<Result<void>> come_back(VisitContext context);

    Services services_;
    std::unordered_map<domain::ParticipantId, domain::Instant> noted_;  // bounded; spares writes
};

}  // namespace vcare::application
