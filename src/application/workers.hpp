// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/complete_notification.hpp"
#include "application/consent_desk.hpp"
#include "application/ports/event_bus.hpp"
#include "application/ports/fhir_gateway.hpp"
#include "application/session_desk.hpp"
#include "domain/sweep.hpp"

namespace vcare::application {

/// Every worker does one round when asked and says whether there may be more at once. Who runs them decides
/// how often: main with timers and wake-ups, the simulation with its own clock.
enum class Round : std::uint8_t { idle, more };

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

/// Takes events to the broker: those of a session one after the other, those of different sessions side by
/// side. While the broker is away they wait. One that it refuses for its content is tried again with growing
/// pauses and holds up its session only; after `most_refusals` it is a dead letter. Several replicas may
/// relay: each claims its own. A crash repeats what was on the way, which the broker drops by the event's id.
/// What people are to be told is completed on the way, and goes nowhere once it does not hold any more.
class RelayOutbox {
  public:
    explicit RelayOutbox(const Services& services) : services_(services), complete_(services) {}
    [[nodiscard]] Task<Result<Round>> run_once();
    static constexpr unsigned batch = 1024;
    static constexpr unsigned most_refusals = 5;
    /// Longer than a round takes: a replica that is slower lost its claim, which does no harm.
    static constexpr domain::seconds claim_life{15};
    /// A round begins nothing more after this.
    static constexpr domain::seconds round_life{5};

  private:
    struct Batch;
    Task<void> relay(std::vector<RelayedEvent*> line, Batch* under_way);
    /// Nothing: not now, for a reason that is not the broker's.
    Task<std::optional<PublishOutcome>> publish(ClaimedEvent event);
    void note_refusal(RelayedEvent& event, std::string reason);
    Services services_;
    CompleteNotification complete_;
};

/// Closes what waits in vain and marks who was lost. Rests after start and after a gap of ours. Several
/// replicas may sweep: each claims its own, and what one that dies had claimed is due again after
/// `claim_life`.
class SweepSessions {
  public:
    /// Does nothing before `resting_until`.
    SweepSessions(const Services& services, domain::Instant resting_until);
    /// `heartbeat`: the instant of the last heartbeat, and since when the clocks counted as it said. A round
    /// decides for that instant, whatever the time is by now: a process that stood still since its heartbeat
    /// (SIGSTOP, a paused machine) could not be connected to. A heartbeat that is too old closes nothing.
    [[nodiscard]] Task<Result<Round>> run_once(domain::SweepClock heartbeat);
    static constexpr domain::seconds claim_life{15};

  private:
    Task<Result<void>> sweep(DueSession due, domain::SweepClock heartbeat);
    Services services_;
    SessionDesk desk_;
    domain::Instant resting_until_;
};

/// Pays Encounters to the record, oldest first and several at once, each until the record has it. A debt that
/// cannot be paid now is put off by itself and holds up no other.
class PayEncounters {
  public:
    PayEncounters(const Services& services, unsigned max_in_flight)
        : services_(services), desk_(services), max_in_flight_(max_in_flight) {}
    [[nodiscard]] Task<Result<Round>> run_once();
    /// From the next round on.
    void pay_at_once(unsigned max_in_flight) { max_in_flight_ = max_in_flight; }
    static constexpr domain::seconds lease{60};

  private:
    Task<void> pay_or_put_off(EncounterDebt debt);
    Task<Result<void>> pay(EncounterDebt debt);
    Task<Result<void>> note_written(domain::TenantScope scope, EncounterDebt debt, std::string encounter_id);
    Task<Result<void>> bury(EncounterDebt debt, EncounterRefused refused);
    Task<Result<void>> put_off(EncounterDebt debt, std::string problem, std::optional<domain::seconds> asked);
    Services services_;
    SessionDesk desk_;
    unsigned max_in_flight_;
};

/// When to try a debt again: exponential with full jitter from 1 s to at most 5 min, or what was asked for.
[[nodiscard]] domain::milliseconds retry_delay(unsigned attempts, std::uint32_t random,
                                               std::optional<domain::seconds> asked);

/// Seals the audit log, and signs a checkpoint when one is due. Several replicas may: a chain is sealed by
/// one at a time, and one signs. A chain that cannot be sealed is complained of each round, and the others go
/// on.
class SealAudit {
  public:
    explicit SealAudit(const Services& services) : services_(services) {}
    [[nodiscard]] Task<Result<Round>> run_once();
    static constexpr domain::minutes checkpoint_every{1};
    /// Longer than signing takes: after that another replica may sign in the place of this one.
    static constexpr domain::seconds turn_life{15};

  private:
    Task<Result<void>> sign_checkpoint();
    Services services_;
    domain::Instant next_checkpoint_ = {};  ///< when to ask whether one is due
    domain::Instant tell_again_ = {};       ///< of chains that cannot be sealed, which are met in every round
};

/// Refreshes the gauges of the queues.
class WatchQueues {
  public:
    explicit WatchQueues(const Services& services) : services_(services) {}
    [[nodiscard]] Task<Result<Round>> run_once();

  private:
    Services services_;
};

}  // namespace vcare::application
