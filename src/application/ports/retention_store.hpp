// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "application/ports/audit_store.hpp"
#include "application/ports/work_queues.hpp"

namespace vcare::application {

/// A session and what hangs on it and goes with it, and what has a time of its own.
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
    audit_entry,
};
inline constexpr domain::WireWords<RetainedKind, 11> retained_kind_words = {{
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
    {RetainedKind::audit_entry, "auditEntries"},
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

/// A piece that the audit log is to be shorter by.
struct AuditCut {
    AuditFloor floor;                        ///< the new one
    std::optional<std::uint64_t> from = {};  ///< where the floor was that this was decided on; absent: none
    AuditEntry entry;                        ///< which tells of it
};

/// A tenant whose turn it is; no other replica has it until `held_until`.
struct DueRetention {
    QueueItem item;
    domain::Instant held_until;
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

    /// Deletes the sessions that the entries are of, with all that hangs on them, and writes the entry of
    /// each that was still there, in one transaction.
    [[nodiscard]] virtual Task<Result<RetainedRows>> delete_sessions(domain::TenantScope scope,
                                                                     std::vector<AuditEntry> audit,
                                                                     RetentionMode mode) = 0;

    /// Puts the floor there, deletes the chain and its entries up to it and writes the entry of that, in one
    /// transaction. Answers how many entries went; nothing: somebody else moved the floor first.
    [[nodiscard]] virtual Task<Result<std::optional<std::uint64_t>>> cut_audit(domain::TenantScope scope,
                                                                               AuditCut cut) = 0;

    /// Takes tenants whose turn has come, those that wait for longest first, and holds them until
    /// `held_until`. Every tenant has turns, from when it is made.
    [[nodiscard]] virtual Task<Result<std::vector<DueRetention>>> claim_tenants(domain::Instant now,
                                                                                domain::Instant held_until,
                                                                                unsigned limit) = 0;
    /// When its next turn is. What another replica took meanwhile is left to that one.
    [[nodiscard]] virtual Task<Result<void>> put_off(DueRetention tenant, domain::Instant next) = 0;
};

}  // namespace vcare::application
