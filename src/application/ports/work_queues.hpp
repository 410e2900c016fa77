// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "application/ports/unit_of_work.hpp"
#include "application/tenant_authority.hpp"

namespace vcare::application {

/// Evidence that a worker claimed an item of this tenant from a queue, and so may work in its scope.
class QueueItem {
  public:
    /// `cause`: what it was put into the queue for.
    explicit QueueItem(domain::TenantId tenant, const domain::TraceContext& cause = {})
        : scope_(TenantAuthority::grant(std::move(tenant)).traced_by(cause)) {}
    [[nodiscard]] const domain::TenantScope& scope() const { return scope_; }

  private:
    domain::TenantScope scope_;
};

/// An event as everybody sees it: with the position it was given, which orders the events of all tenants as
/// they were committed.
struct PublishedEvent {
    std::uint64_t position = 0;
    domain::TenantId tenant;
    OutboxEntry entry;
};

/// What events keep their order among: those of a session, or of a subject when they are about none.
[[nodiscard]] inline std::string line_of(const domain::TenantId& tenant, const domain::Event& event) {
    return tenant.text() + "/" + (event.session.empty() ? event.subject : event.session);
}

/// An event that this replica takes to the broker. Until `held_until` no other replica takes any.
struct ClaimedEvent {
    QueueItem item;
    std::uint64_t position = 0;
    OutboxEntry entry;
    unsigned refusals = 0;  ///< how often the broker refused it before
    domain::Instant held_until;
};

enum class RelayResult : std::uint8_t {
    acknowledged,
    untried,  ///< the broker is away, or an earlier one of its session is not through: it waits on
    refused,  ///< for its content; tried again at `next_attempt`
    dead,     ///< refused once too often: it becomes a dead letter, and those behind it go on
};

struct RelayedEvent {
    ClaimedEvent event;
    RelayResult result = RelayResult::untried;
    std::string problem = {};  ///< what the broker said; never what the event holds
    domain::Instant next_attempt = {};
};

/// What an operator sees of an event that the broker does not have.
struct OutboxItem {
    domain::TenantId tenant;
    OutboxEntry entry;
    bool is_dead = false;
    unsigned refusals = 0;
    std::string last_problem = {};
};

/// A session the sweeper has to look at; no other replica has it until `held_until`.
struct DueSession {
    QueueItem item;
    domain::SessionId session;
    domain::Instant held_until;
};

/// A session whose people are to be reminded; no other replica has it until `held_until`.
struct DueReminder {
    QueueItem item;
    domain::SessionId session;
    domain::Instant held_until;
};

/// An Encounter owed to the record.
struct EncounterDebt {
    QueueItem item;
    domain::SessionId session;
    domain::Instant owed_since;
    unsigned attempts = 0;
};

enum class DebtState : std::uint8_t { open, dead };

struct EncounterDebtStatus {
    domain::TenantId tenant;
    domain::SessionId session;
    domain::Instant owed_since;
    unsigned attempts = 0;
    domain::Instant next_attempt;
    DebtState state{};
    std::string last_problem = {};
};

/// A withdrawal the owner of consents has not taken yet.
struct ConsentDebt {
    QueueItem item;
    domain::ConsentRecord record;
    unsigned attempts = 0;
};

/// What a round of sealing came to.
struct Sealing {
    unsigned entries = 0;
    unsigned stuck_chains = 0;  ///< cannot be sealed as they are; what is new of them stays unsealed
};

/// Whose turn it is to sign a checkpoint.
struct CheckpointTurn {
    bool is_ours = false;
    domain::Instant until;  ///< ours: no other replica signs before; else when to ask again
    std::string text = {};  ///< ours: the canonical text over the chains that moved since the last one
};

struct QueueLengths {
    std::uint64_t outbox_pending = 0;
    std::optional<domain::Instant> oldest_unpublished = {};
    std::uint64_t outbox_dead = 0;
    std::uint64_t encounter_debts = 0;
    std::uint64_t encounter_dead = 0;
    std::optional<domain::Instant> oldest_encounter_debt = {};
    std::uint64_t waiting_participants = 0;
    /// That are not over, counted up to `most_sessions_counted`: whoever asks often must not walk a million
    /// rows each time.
    std::uint64_t open_sessions = 0;
    static constexpr unsigned most_sessions_counted = 100'000;
};

/// What workers see across tenants: ids and times only, never `sessions`, never PHI.
class WorkQueues {
  public:
    virtual ~WorkQueues() = default;

    /// Gives every event that has none a position, in the order of their commits, and answers those after
    /// `position`, at most `limit`, whoever numbered them: nothing can come before them any more. With
    /// `published_at` that is all that becomes of them: there is no broker to take them to.
    [[nodiscard]] virtual Task<Result<std::vector<PublishedEvent>>> number_events(
        std::uint64_t position, unsigned limit, std::optional<domain::Instant> published_at) = 0;
    /// The last position that was given; 0 when there is none yet.
    [[nodiscard]] virtual Task<Result<std::uint64_t>> last_position() = 0;

    /// Takes the turn to bring events to the broker, until `held_until` or until they are settled, and what
    /// it does not have, oldest first. Nothing when it is another replica's turn. Those of a session, or of a
    /// subject when they are about none, that come after a refused one wait with it.
    [[nodiscard]] virtual Task<Result<std::vector<ClaimedEvent>>> claim_events(domain::Instant now,
                                                                               domain::Instant held_until,
                                                                               unsigned limit) = 0;
    /// Writes down what became of them all, and ends the turn they were claimed in.
    [[nodiscard]] virtual Task<Result<void>> settle_events(std::vector<RelayedEvent> events,
                                                           domain::Instant at) = 0;
    /// Those that wait, oldest first, then the dead letters; at most `limit` of each.
    [[nodiscard]] virtual Task<Result<std::vector<OutboxItem>>> list_outbox(unsigned limit) = 0;
    /// Puts dead letters back among those that wait, with their refusals forgotten; answers how many.
    [[nodiscard]] virtual Task<Result<unsigned>> replay_dead_letters(
        std::optional<domain::EventId> event) = 0;

    /// Takes sessions whose time has come, and holds them until `held_until`: then they are due again.
    [[nodiscard]] virtual Task<Result<std::vector<DueSession>>> claim_due_sessions(domain::Instant now,
                                                                                   domain::Instant held_until,
                                                                                   unsigned limit) = 0;
    /// When to look again; absent: never. Leaves a row alone that was changed or claimed since.
    [[nodiscard]] virtual Task<Result<void>> look_again(DueSession session,
                                                        std::optional<domain::Instant> at) = 0;

    [[nodiscard]] virtual Task<Result<std::vector<DueReminder>>> claim_reminders(domain::Instant now,
                                                                                 domain::Instant held_until,
                                                                                 unsigned limit) = 0;

    /// Takes debts whose time has come, oldest first, and holds them until `lease_until`.
    [[nodiscard]] virtual Task<Result<std::vector<EncounterDebt>>> claim_encounter_debts(
        domain::Instant now, domain::Instant lease_until, unsigned limit) = 0;
    [[nodiscard]] virtual Task<Result<void>> postpone_encounter_debt(EncounterDebt debt, domain::Instant next,
                                                                     std::string problem) = 0;
    [[nodiscard]] virtual Task<Result<void>> bury_encounter_debt(EncounterDebt debt, std::string problem) = 0;
    [[nodiscard]] virtual Task<Result<std::vector<EncounterDebtStatus>>> list_encounter_debts() = 0;
    /// Makes dead or postponed debts due now; answers how many.
    [[nodiscard]] virtual Task<Result<unsigned>> retry_encounter_debts(
        std::optional<domain::SessionId> session, domain::Instant now) = 0;

    [[nodiscard]] virtual Task<Result<std::vector<ConsentDebt>>> claim_consent_debts(
        domain::Instant now, domain::Instant lease_until, unsigned limit) = 0;
    [[nodiscard]] virtual Task<Result<void>> settle_consent_debt(ConsentDebt debt) = 0;

    /// Seals up to `limit` entries, in the order of their ids per tenant. Leaves alone the chains that
    /// another replica seals just now. A chain that cannot be sealed holds up no other.
    [[nodiscard]] virtual Task<Result<Sealing>> seal_audit(unsigned limit) = 0;
    /// Takes the turn to sign when a checkpoint is due, and holds it until `held_until`. When no chain moved
    /// there is none to sign, and the next one is due at `next`.
    [[nodiscard]] virtual Task<Result<CheckpointTurn>> claim_checkpoint(domain::Instant now,
                                                                        domain::Instant held_until,
                                                                        domain::Instant next) = 0;
    /// Keeps what was signed in this turn; the next one is due at `next`. Keeps nothing when another replica
    /// took the turn meanwhile.
    [[nodiscard]] virtual Task<Result<void>> keep_checkpoint(CheckpointTurn turn, std::string signature,
                                                             domain::Instant at, domain::Instant next) = 0;

    [[nodiscard]] virtual Task<Result<QueueLengths>> lengths() = 0;

    /// Deletes what has served: kept answers after 24 h, whereabouts past their time, presence rows of closed
    /// streams after a day. In bounded batches; answers how many rows went.
    [[nodiscard]] virtual Task<Result<unsigned>> tidy_up(domain::Instant now, unsigned limit) = 0;
};

}  // namespace vcare::application
