// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "application/ports/unit_of_work.hpp"

namespace vcare::application {

/// What hangs on a session and goes with it.
enum class RetainedKind : std::uint8_t {
    session,
    participant,
    timeline,
    join_token,
    visit_credential,
    whereabouts,
    device_check,
    feedback,
    consent_refusal,
    presence,
};
inline constexpr domain::WireWords<RetainedKind, 10> retained_kind_words = {{
    {RetainedKind::session, "sessions"},
    {RetainedKind::participant, "participants"},
    {RetainedKind::timeline, "timeline"},
    {RetainedKind::join_token, "joinTokens"},
    {RetainedKind::visit_credential, "visitCredentials"},
    {RetainedKind::whereabouts, "whereabouts"},
    {RetainedKind::device_check, "deviceChecks"},
    {RetainedKind::feedback, "feedback"},
    {RetainedKind::consent_refusal, "consentRefusals"},
    {RetainedKind::presence, "presence"},
}};
[[nodiscard]] constexpr const auto& words_of(RetainedKind) {
    return retained_kind_words;
}

/// How many rows of each kind.
using RetainedRows = std::map<RetainedKind, std::uint64_t>;

/// A session that is over and kept for long enough.
struct OverSession {
    domain::SessionId id;
    domain::PatientId patient;
    domain::Instant scheduled_start;
};

/// Whether what is deleted stays deleted.
enum class RetentionMode : std::uint8_t {
    apply,
    rehearse,  ///< it is deleted, counted and put back, all in one transaction
};

/// Deletes what a tenant need not keep any longer, in the tenant's own scope.
class RetentionStore {
  public:
    virtual ~RetentionStore() = default;

    /// Sessions that ended, were cancelled or failed at `until` or before, and were to begin by then, in the
    /// order of that beginning, behind `last`. Never one that an Encounter is owed for, nor one with an event
    /// that is not delivered.
    [[nodiscard]] virtual Task<Result<std::vector<OverSession>>> find_over_sessions(
        domain::TenantScope scope, domain::Instant until, std::optional<OverSession> last,
        unsigned limit) = 0;

    /// Deletes them with all that hangs on them, and writes the entries, in one transaction.
    [[nodiscard]] virtual Task<Result<RetainedRows>> delete_sessions(domain::TenantScope scope,
                                                                     std::vector<domain::SessionId> sessions,
                                                                     std::vector<AuditEntry> audit,
                                                                     RetentionMode mode) = 0;
};

}  // namespace vcare::application
