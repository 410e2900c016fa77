// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "domain/consent.hpp"
#include "domain/event.hpp"
#include "domain/presence.hpp"
#include "domain/session_states.hpp"
#include "domain/tenant_config.hpp"

namespace vcare::domain {

/// Why a visit is over whose telehealth consent was withdrawn.
inline constexpr std::string_view consent_withdrawn = "consent_withdrawn";

/// Everything a session is, as stored and as shown.
struct SessionData {
    SessionId id;
    TenantId tenant;
    PatientId patient;
    UserId initiator;
    std::optional<NodeId> node = {};
    std::optional<AppointmentId> appointment = {};
    std::optional<std::string> encounter_id = {};
    std::string video_backend = {};
    std::string room_name = {};
    std::string room_url = {};
    Mode mode = Mode::video;
    SessionStatus status = SessionStatus::scheduled;
    Instant scheduled_start = {};
    Instant scheduled_end = {};
    std::optional<Instant> actual_start = {};
    std::optional<Instant> actual_end = {};
    bool recording_enabled = false;
    std::optional<std::string> recording_ref = {};
    bool consent_pending = false;
    std::optional<std::string> failure_reason = {};
    std::optional<std::string> cancel_reason = {};
    std::optional<std::string> end_reason = {};
    std::optional<std::string> messaging_thread_id = {};
    std::optional<Phi<std::string>> reason_for_visit = {};
    std::optional<std::string> language = {};
    std::uint64_t version = 1;
    Instant created_at = {};
    Instant updated_at = {};
    std::vector<Participant> participants = {};

    friend bool operator==(const SessionData&, const SessionData&) = default;
};

/// Who did it and when; what every change of a session carries.
struct Occasion {
    Instant at;
    std::string actor;  ///< a user id, a participant id, or `system:<worker>`
};

/// One line of what happened. A line that names a participant carries that participant's new step.
struct TimelineItem {
    std::string type;
    Instant at;
    std::string actor;
    std::optional<ParticipantId> participant = {};
    std::uint32_t step = 0;
    std::optional<std::string> detail = {};
};

/// What a command did to a session: everything the unit of work has to write beside the new state.
struct SessionChange {
    std::uint64_t previous_version = 0;  ///< 0: the session is new
    bool versioned = false;              ///< false: connection and presence, which leave the version alone
    std::optional<SessionStatus> status_before = {};  ///< absent: the session is new
    std::vector<TimelineItem> timeline = {};
    std::vector<Event> events = {};
    std::vector<ParticipantId> touched = {};
    bool owes_encounter = false;
};

/// One person to invite.
struct NewParticipant {
    ParticipantId id;
    Role role{};
    std::optional<UserId> user_id = {};
    Phi<std::string> display_name = {};
    Contact contact = {};
    std::optional<std::string> language = {};
    std::optional<ParticipantId> linked_to = {};
};

/// The commands that telehealth consent gates.
enum class GatedCommand : std::uint8_t { create, join, admit };
constexpr WireWords<GatedCommand, 3> words_of(GatedCommand) {
    return {{{GatedCommand::create, "create"}, {GatedCommand::join, "join"}, {GatedCommand::admit, "admit"}}};
}

/// How a question to the consent gate names its one command: by the session and the version it is meant for,
/// so that the proof neither opens another command nor the same one again. A new session has version 0.
[[nodiscard]] std::string gated_command(GatedCommand command, const SessionId& session,
                                        std::uint64_t version);

/// A virtual session: a video visit and the people in it (aggregate root).
///
/// Every method either changes the session and notes what it did, or refuses and changes nothing. It asks
/// no clock and no outside thing; proofs of consent and presence are values that only their gates make. The
/// caller takes the noted change once and writes it in one unit of work. Not thread-safe; a plain value.
class Session {
  public:
    struct Plan {
        SessionData data;  ///< participants empty; status and version are set here
        std::vector<NewParticipant> participants;
    };

    /// A new session. Without a proof only where the tenant asks for the consent at the join.
    [[nodiscard]] static Result<Session> create(Plan plan, std::optional<TelehealthProof> consent,
                                                const TenantConfig& config, const Occasion& occasion);

    /// As it was stored; nothing is noted.
    [[nodiscard]] static Session restore(SessionData data);

    [[nodiscard]] const SessionData& data() const { return data_; }
    [[nodiscard]] const Participant* find(const ParticipantId& id) const;
    [[nodiscard]] const Participant& patient() const;
    [[nodiscard]] bool was_active() const { return data_.actual_start.has_value(); }

    [[nodiscard]] Result<void> reschedule(Instant start, Instant end, const Occasion& occasion);

    /// The holder of a valid credential comes in. The patient needs a proof unless the tenant asks at the
    /// join.
    [[nodiscard]] Result<void> join(const ParticipantId& id, std::optional<TelehealthProof> consent,
                                    const TenantConfig& config, const Occasion& occasion);

    /// A clinician takes a provider seat that nobody has yet.
    [[nodiscard]] Result<void> take_seat(const ParticipantId& id, const UserId& user);

    /// Whether the participant could be admitted now, consent and presence aside. Asked first, so that
    /// nobody outside is asked about what is refused anyhow.
    [[nodiscard]] Result<void> may_admit(const ParticipantId& id) const;
    [[nodiscard]] Result<void> admit_patient(bool with_linked, TelehealthProof consent,
                                             const ProviderPresent& provider, const Occasion& occasion);
    [[nodiscard]] Result<void> admit_other(const ParticipantId& id, const ProviderPresent& provider,
                                           const Occasion& occasion);

    [[nodiscard]] Result<void> add_participant(NewParticipant person, unsigned max_participants,
                                               const Occasion& occasion);
    [[nodiscard]] Result<void> remove_participant(const ParticipantId& id, std::string reason,
                                                  const Occasion& occasion);
    /// A new token for a removed participant invites them again.
    [[nodiscard]] Result<void> reinvite(const ParticipantId& id, unsigned max_participants,
                                        const Occasion& occasion);
    [[nodiscard]] Result<void> leave(const ParticipantId& id, const Occasion& occasion);

    /// The telehealth consent was given: nothing is pending any more.
    [[nodiscard]] Result<void> grant_consent(const Occasion& occasion);
    /// The telehealth consent is gone: ends an active visit, cancels a waiting one, marks a scheduled one.
    [[nodiscard]] Result<void> withdraw_consent(const Occasion& occasion);

    [[nodiscard]] Result<void> fall_back(Mode to, std::string_view reason, const Occasion& occasion);
    [[nodiscard]] Result<void> end(std::string reason, const Occasion& occasion);
    [[nodiscard]] Result<void> cancel(std::string reason, const Occasion& occasion);

    /// A user is not to be trusted any more: whoever they are here is removed. The last provider leaves an
    /// empty seat behind, which another clinician may take. Nothing is noted when they are not here.
    [[nodiscard]] Result<void> bar_user(const UserId& user, const std::string& reason,
                                        const Occasion& occasion);
    /// The patient's records were merged into those of `into`.
    [[nodiscard]] Result<void> merge_patient(const PatientId& into, const Occasion& occasion);

    // By the sweeper.
    [[nodiscard]] Result<void> expire(const Occasion& occasion);
    [[nodiscard]] Result<void> abandon(const Occasion& occasion);
    [[nodiscard]] Result<void> fail(std::string reason, const Occasion& occasion);

    // These leave the version alone. What comes from a connection is refused once the session is over.
    [[nodiscard]] Result<void> join_media(const ParticipantId& id, const Occasion& occasion);
    [[nodiscard]] Result<void> lose_transport(const ParticipantId& id, const Occasion& occasion);
    [[nodiscard]] Result<void> come_back(const ParticipantId& id, const Occasion& occasion);
    /// Nothing is noted when the quality is what it was.
    [[nodiscard]] Result<void> report_connection(const ParticipantId& id, ConnectionQuality quality,
                                                 Mode media, const Occasion& occasion);
    /// Someone asks for a new link; a line for the clinic, nothing else.
    [[nodiscard]] Result<void> ask_for_link(const ParticipantId& id, const Occasion& occasion);
    /// The link was looked at; noted once a link.
    [[nodiscard]] Result<void> open_link(const ParticipantId& id, const Occasion& occasion);
    /// The Encounter is in the record under this id.
    [[nodiscard]] Result<void> keep_encounter(std::string encounter_id, int attempts,
                                              const Occasion& occasion);

    /// The messaging service opened this thread for the visit; it may be over by then.
    [[nodiscard]] Result<void> keep_thread(std::string thread_id, const Occasion& occasion);

    /// What was done since the session was made, restored or last taken.
    [[nodiscard]] SessionChange take_change();

  private:
    explicit Session(SessionData data) : data_(std::move(data)) {}

    Participant* find_mutable(const ParticipantId& id);
    Result<void> advance(SessionCommand command);
    [[nodiscard]] bool is_opened_by(const TelehealthProof& consent, GatedCommand command) const;
    [[nodiscard]] Result<void> goes_on() const;
    void note(std::string type, const Occasion& occasion, std::optional<std::string> detail = {});
    void note(std::string type, Participant& who, const Occasion& occasion,
              std::optional<std::string> detail = {});
    void tell(EventType type, EventData data);
    void bump(const Occasion& occasion);
    void let_in(Participant& who, const Occasion& occasion);
    void let_in_bypassing(const TenantConfig& config, const Occasion& occasion);
    void close(SessionStatus status, std::string reason, const Occasion& occasion);

    SessionData data_;
    SessionChange change_ = {};
};

/// The language in which this person is spoken to: their own, else the session's, else `otherwise`.
[[nodiscard]] std::string language_of(const SessionData& session, const Participant& who,
                                      std::string_view otherwise = "en");

/// Why a visit that nobody was admitted to is cancelled: `no_show_patient`, `provider_absent`,
/// `not_admitted` or `nobody_came`.
[[nodiscard]] std::string_view expiry_reason(const SessionData& session);

}  // namespace vcare::domain
