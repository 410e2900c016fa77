// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "application/context.hpp"
#include "application/task.hpp"
#include "domain/appointment.hpp"
#include "domain/barred_user.hpp"
#include "domain/join_window.hpp"
#include "domain/notification.hpp"
#include "domain/session.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::application {

/// The new state of one session and what led there.
struct SessionWrite {
    domain::SessionData after;
    domain::SessionChange change;
    /// When the sweeper has to look at it next; absent: never again (or: not to be changed, when the change
    /// is not versioned).
    std::optional<domain::Instant> due = {};
};

/// One line of the audit log. Written in the transaction of its command; reads are written in batches.
struct AuditEntry {
    domain::AuditId id;
    domain::Instant at;
    std::string actor;
    std::string action;  ///< a fixed word such as `session.admit`
    std::optional<domain::SessionId> session = {};
    std::optional<domain::PatientId> patient = {};
    std::string outcome = "done";  ///< `done`, or the wire word of the refusal
    std::string remote_address = {};
    std::string trace_id = {};
};

/// One event on its way to the relay.
struct OutboxEntry {
    domain::EventId id;
    domain::Event event;
    domain::Instant at;
    std::string actor;
    std::string correlation_id = {};
    std::string traceparent = {};
};

/// A visit credential as stored: never the secret, only its hash.
struct VisitCredentialRecord {
    domain::SessionId session;
    domain::ParticipantId participant;
    std::string secret_hash;  ///< SHA-256, hex
    domain::Instant issued_at;
    std::optional<domain::Instant> voided_at = {};
};

struct UsedJoinToken {
    std::string jti;
    domain::Instant at;
};

/// A withdrawal that overrides every "granted" of the owner until the owner has taken it.
struct LocalWithdrawal {
    domain::ConsentRecord record;  ///< status `withdrawn`; what the owner is told
    bool owner_told = false;
};

/// Where the patient is and how to call back: encrypted, for the provider, gone at `delete_at`.
struct WhereaboutsRecord {
    domain::ParticipantId participant;
    std::string sealed;  ///< AES-256-GCM under the tenant's `phi` key: nonce, ciphertext, tag
    unsigned key_version = 1;
    domain::Instant delete_at;
};

/// The result of a participant's device check; no PHI.
struct DeviceCheckRecord {
    domain::ParticipantId participant;
    domain::Instant at;
    std::string camera;  ///< `ok`, `failed` or `skipped`, as the next two
    std::string microphone;
    std::string speaker;
    std::optional<double> rtt_ms = {};
    std::optional<double> loss_pct = {};
    std::optional<double> kbps = {};
};

/// What a participant thought of the visit.
struct FeedbackRecord {
    domain::SessionId session;
    domain::ParticipantId participant;
    unsigned rating = 0;  ///< 1 to 5
    domain::Phi<std::string> comment = {};
    domain::Instant at;
};

/// A participant's answer to a question of the page that made no consent record.
struct ConsentRefusal {
    domain::ParticipantId participant;
    domain::ConsentType type{};
    domain::Instant at;
};

struct KeptAnswerRecord {
    IdempotencyKey key;
    KeptAnswer answer;
    domain::Instant at;
};

/// A message of another service that has its effect in this unit, or none at all.
struct InboxRecord {
    std::string consumer;
    std::string message_id;
    std::string type;
    std::string about = {};  ///< what it is the newest word on; empty: nothing in particular
    domain::Instant said_at;
};

/// What the platform says of the module. A word that was said later stands, whichever is written first.
struct LicenceWrite {
    std::optional<domain::NodeId> node = {};  ///< the facility; absent: the tenant itself
    bool licensed = false;
    domain::Instant said_at = {};
};

/// Somebody to be told something, unless they were told it before: then nothing is written of it.
struct NotificationWrite {
    domain::SessionId session;
    domain::Notification told;
    std::optional<OutboxEntry> intent = {};  ///< for whoever brings it to them
};

/// When the people of a session are to be reminded next.
struct ReminderWrite {
    domain::SessionId session;
    std::optional<domain::Instant> due = {};         ///< absent: never again
    std::optional<domain::Instant> held_until = {};  ///< of the claim this settles: stale once that is gone
};

/// Everything one command changes in one tenant, written in one transaction or not at all. A plain value:
/// whoever decided fills it, `UnitOfWorkRunner` writes it.
struct UnitOfWork {
    std::vector<SessionWrite> sessions = {};
    std::vector<OutboxEntry> outbox = {};
    std::vector<AuditEntry> audit = {};
    std::vector<NotificationWrite> notifications = {};
    std::vector<ReminderWrite> reminders = {};
    std::vector<domain::JoinTokenRecord> issued_tokens = {};  ///< each replaces its participant's current one
    std::vector<UsedJoinToken> used_tokens = {};
    std::vector<VisitCredentialRecord> credentials = {};  ///< each voids its participant's live one
    std::vector<domain::ParticipantId> voided_credentials = {};
    std::vector<domain::ConsentRecord> consents = {};  ///< of the embedded consent service
    std::vector<LocalWithdrawal> withdrawals = {};
    std::vector<ConsentRefusal> refusals = {};
    std::vector<WhereaboutsRecord> whereabouts = {};
    std::vector<DeviceCheckRecord> device_checks = {};
    std::vector<FeedbackRecord> feedback = {};
    std::optional<domain::StoredTenantConfig> tenant_config = {};  ///< its version is the new one
    std::optional<domain::SessionId> paid_encounter = {};          ///< removes the session's debt
    std::optional<domain::SessionId> hastened_encounter = {};      ///< the session's debt is due at `at`
    std::optional<KeptAnswerRecord> kept_answer = {};
    std::optional<InboxRecord> inbox = {};
    std::vector<domain::Appointment> appointments = {};       ///< each with the version it was read with
    std::vector<domain::PatientId> appointments_to_try = {};  ///< whose waiting ones may have what they lack
    std::optional<LicenceWrite> licence = {};
    std::optional<domain::BarredUser> barred = {};
    domain::Instant at = {};  ///< when the unit was decided
};

/// What became of a unit. Only `done` changed anything.
enum class CommitOutcome : std::uint8_t {
    done,
    stale,            ///< somebody else changed the session, a participant or the configuration first
    answered_before,  ///< the idempotency key has an answer already, or the message was taken before
};

class UnitOfWorkRunner {
  public:
    virtual ~UnitOfWorkRunner() = default;

    /// Writes the unit durably before it answers. `store_unavailable`: nothing was written, or (the answer
    /// was lost on the way) it may have been; asking again under the same idempotency key tells which.
    [[nodiscard]] virtual Task<Result<CommitOutcome>> commit(domain::TenantScope scope, UnitOfWork unit) = 0;
};

}  // namespace vcare::application
