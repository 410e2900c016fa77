// SPDX-License-Identifier: Apache-2.0
#include "domain/session_states.hpp"

#include <map>
#include <string_view>

#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

constexpr std::string_view refused = ".";

/// The life of a session once more, written the way a clinic would read it: one row a command, one column a
/// state in the order of the enumeration, each cell where the command leads.
struct SessionRow {
    SessionCommand command;
    std::string_view name;
    std::array<std::string_view, 6> leads_to;
};
// clang-format off
constexpr std::array session_rows = {
    //                                                              scheduled    waiting      active    ended cancelled failed
    SessionRow{SessionCommand::reschedule,         "reschedule",    {"scheduled", "waiting",   ".",      ".", ".", "."}},
    SessionRow{SessionCommand::join,               "join",          {"waiting",   "waiting",   "active", ".", ".", "."}},
    SessionRow{SessionCommand::admit_patient,      "admit_patient", {".",         "active",    "active", ".", ".", "."}},
    SessionRow{SessionCommand::admit_other,        "admit_other",   {".",         "waiting",   "active", ".", ".", "."}},
    SessionRow{SessionCommand::add_participant,    "add",           {"scheduled", "waiting",   "active", ".", ".", "."}},
    SessionRow{SessionCommand::remove_participant, "remove",        {"scheduled", "waiting",   "active", ".", ".", "."}},
    SessionRow{SessionCommand::reinvite,           "reinvite",      {"scheduled", "waiting",   "active", ".", ".", "."}},
    SessionRow{SessionCommand::hold,               "hold",          {".",         "waiting",   "active", ".", ".", "."}},
    SessionRow{SessionCommand::leave,              "leave",         {".",         "waiting",   "active", ".", ".", "."}},
    SessionRow{SessionCommand::grant_consent,      "grant",         {"scheduled", "waiting",   ".",      ".", ".", "."}},
    SessionRow{SessionCommand::withdraw_consent,   "withdraw",      {"scheduled", "cancelled", "ended",  ".", ".", "."}},
    SessionRow{SessionCommand::fall_back,          "fall_back",     {".",         ".",         "active", ".", ".", "."}},
    SessionRow{SessionCommand::end,                "end",           {".",         "ended",     "ended",  ".", ".", "."}},
    SessionRow{SessionCommand::cancel,             "cancel",        {"cancelled", "cancelled", ".",      ".", ".", "."}},
    SessionRow{SessionCommand::expire,             "expire",        {"cancelled", "cancelled", ".",      ".", ".", "."}},
    SessionRow{SessionCommand::abandon,            "abandon",       {".",         ".",         "ended",  ".", ".", "."}},
    SessionRow{SessionCommand::fail,               "fail",          {".",         ".",         "failed", ".", ".", "."}},
};

struct ParticipantRow {
    ParticipantCommand command;
    std::string_view name;
    std::array<std::string_view, 6> leads_to;
};
constexpr std::array participant_rows = {
    //                                                                 invited    waiting         admitted        active          disconnected    removed
    ParticipantRow{ParticipantCommand::join,           "join",          {"waiting", "waiting",      "admitted",     "active",       "disconnected", "."}},
    ParticipantRow{ParticipantCommand::admit,          "admit",         {".",       "admitted",     ".",            ".",            ".",            "."}},
    ParticipantRow{ParticipantCommand::join_media,     "join_media",    {".",       ".",            "active",       ".",            ".",            "."}},
    ParticipantRow{ParticipantCommand::hold,           "hold",          {".",       ".",            "waiting",      "waiting",      ".",            "."}},
    ParticipantRow{ParticipantCommand::lose_transport, "lose_transport",{".",       "disconnected", "disconnected", "disconnected", ".",            "."}},
    ParticipantRow{ParticipantCommand::come_back,      "come_back",     {".",       ".",            ".",            ".",            "disconnected", "."}},
    ParticipantRow{ParticipantCommand::leave,          "leave",         {".",       "disconnected", "disconnected", "disconnected", "disconnected", "."}},
    ParticipantRow{ParticipantCommand::remove,         "remove",        {"removed", "removed",      "removed",      "removed",      "removed",      "."}},
    ParticipantRow{ParticipantCommand::reinvite,       "reinvite",      {".",       ".",            ".",            ".",            ".",            "invited"}},
};
// clang-format on

static_assert(session_rows.size() == all_session_commands.size());
static_assert(participant_rows.size() == all_participant_commands.size());

template <class Status>
std::string outcome_of(const Result<Status>& next) {
    if (next) return std::string{to_wire(*next)};
    return next.error().code == ErrorCode::invalid_status_transition ? std::string{refused} : "another error";
}

TEST(SessionStates, every_command_leads_from_every_state_where_the_clinic_expects_it) {
    for (const SessionRow& row : session_rows) {
        for (const auto& [from, word] : words_of(SessionStatus{})) {
            EXPECT_EQ(outcome_of(next_status(from, row.command)),
                      row.leads_to.at(static_cast<std::size_t>(from)))
                << row.name << " on " << word;
        }
    }
}

TEST(SessionStates, nothing_leads_out_of_a_finished_session) {
    for (const SessionTransition& row : session_transitions) EXPECT_FALSE(is_terminal(row.from));
}

TEST(SessionStates, no_pair_of_state_and_command_is_listed_twice) {
    std::map<std::pair<SessionStatus, SessionCommand>, int> sessions;
    for (const SessionTransition& row : session_transitions) ++sessions[{row.from, row.on}];
    for (const auto& [pair, count] : sessions) EXPECT_EQ(count, 1);
    std::map<std::pair<ParticipantStatus, ParticipantCommand>, int> people;
    for (const ParticipantTransition& row : participant_transitions) ++people[{row.from, row.on}];
    for (const auto& [pair, count] : people) EXPECT_EQ(count, 1);
}

TEST(ParticipantStates, every_command_leads_from_every_state_where_the_clinic_expects_it) {
    for (const ParticipantRow& row : participant_rows) {
        for (const auto& [from, word] : words_of(ParticipantStatus{})) {
            EXPECT_EQ(outcome_of(next_status(from, row.command)),
                      row.leads_to.at(static_cast<std::size_t>(from)))
                << row.name << " on " << word;
        }
    }
}

/// What a session looks like when `command` finds everything it needs but perhaps the right state.
SessionBuilder ready_for(SessionCommand command, SessionStatus status) {
    SessionBuilder session = a_session().in(status);
    switch (command) {
        case SessionCommand::join:
            return session;
        case SessionCommand::admit_patient:
            return session.patient(ParticipantStatus::waiting);
        case SessionCommand::admit_other:
        case SessionCommand::remove_participant:
            return session.interpreter(ParticipantStatus::waiting);
        case SessionCommand::reinvite:
            return session.interpreter(ParticipantStatus::removed);
        case SessionCommand::leave:
            return session.patient(ParticipantStatus::waiting);
        case SessionCommand::grant_consent:
            return session.consent_pending();
        default:
            return session;
    }
}

Result<void> perform(Session& session, SessionCommand command) {
    const Occasion now = at(nine_o_clock + minutes{10});
    switch (command) {
        case SessionCommand::reschedule:
            return session.reschedule(nine_o_clock + days{1}, nine_o_clock + days{1} + minutes{30}, now);
        case SessionCommand::join:
            return session.join(the_patient(), a_proof_to(GatedCommand::join, session), TenantConfig{}, now);
        case SessionCommand::admit_patient:
            return session.admit_patient(true, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                                         now);
        case SessionCommand::admit_other:
            return session.admit_other(the_interpreter(), a_present_provider(), now);
        case SessionCommand::add_participant:
            return session.add_participant({.id = the_observer(), .role = Role::observer}, 6, now);
        case SessionCommand::remove_participant:
            return session.remove_participant(the_interpreter(), "not_needed", now);
        case SessionCommand::reinvite:
            return session.reinvite(the_interpreter(), 6, now);
        case SessionCommand::leave:
            return session.leave(the_patient(), now);
        case SessionCommand::grant_consent:
            return session.grant_consent(now);
        case SessionCommand::withdraw_consent:
            return session.withdraw_consent(now);
        case SessionCommand::fall_back:
            return session.fall_back(Mode::audio_only, "low_bandwidth", now);
        case SessionCommand::end:
            return session.end("completed", now);
        case SessionCommand::cancel:
            return session.cancel("patient_request", now);
        case SessionCommand::expire:
            return session.expire(now);
        case SessionCommand::abandon:
            return session.abandon(now);
        case SessionCommand::fail:
            return session.fail("backend_lost", now);
        case SessionCommand::hold:
            break;  // a word of the table that no method uses yet
    }
    return refuse(ErrorCode::invalid_status_transition);
}

bool only_repeats(SessionCommand command, SessionStatus from) {
    return (command == SessionCommand::end && from == SessionStatus::ended) ||
           (command == SessionCommand::cancel && from == SessionStatus::cancelled);
}

bool is_empty(const SessionChange& change) {
    return !change.versioned && change.timeline.empty() && change.events.empty() && change.touched.empty() &&
           !change.owes_encounter;
}

TEST(Session, does_what_the_table_says_for_every_state_and_command) {
    for (const SessionRow& row : session_rows) {
        if (row.command == SessionCommand::hold) continue;
        for (const auto& [from, word] : words_of(SessionStatus{})) {
            SCOPED_TRACE(std::string{row.name} + " on " + std::string{word});
            Session session = ready_for(row.command, from).build();
            const SessionData before = session.data();
            const std::string_view expected = row.leads_to.at(static_cast<std::size_t>(from));

            const auto done = perform(session, row.command);

            if (only_repeats(row.command, from)) {
                EXPECT_TRUE(done.has_value());
                EXPECT_EQ(session.data(), before);
                EXPECT_TRUE(is_empty(session.take_change()));
            } else if (expected == refused) {
                ASSERT_FALSE(done.has_value());
                EXPECT_EQ(done.error().code, ErrorCode::invalid_status_transition);
                EXPECT_EQ(session.data(), before);
                EXPECT_TRUE(is_empty(session.take_change()));
            } else {
                ASSERT_TRUE(done.has_value());
                EXPECT_EQ(to_wire(session.data().status), expected);
                EXPECT_EQ(session.data().version, before.version + 1);
                EXPECT_EQ(session.data().updated_at, nine_o_clock + minutes{10});
                const SessionChange change = session.take_change();
                EXPECT_TRUE(change.versioned);
                EXPECT_EQ(change.previous_version, before.version);
                EXPECT_FALSE(change.timeline.empty());
            }
        }
    }
}

/// A session in which `the_interpreter()` is in the given state and may do anything.
SessionBuilder with_interpreter(ParticipantStatus status) {
    return a_session().active().interpreter(status);
}

Result<void> perform(Session& session, ParticipantCommand command) {
    const Occasion now = at(nine_o_clock + minutes{10});
    const ParticipantId id = the_interpreter();
    switch (command) {
        case ParticipantCommand::join:
            return session.join(id, std::nullopt, TenantConfig{}, now);
        case ParticipantCommand::admit:
            return session.admit_other(id, a_present_provider(), now);
        case ParticipantCommand::join_media:
            return session.join_media(id, now);
        case ParticipantCommand::lose_transport:
            return session.lose_transport(id, now);
        case ParticipantCommand::come_back:
            return session.come_back(id, now);
        case ParticipantCommand::leave:
            return session.leave(id, now);
        case ParticipantCommand::remove:
            return session.remove_participant(id, "not_needed", now);
        case ParticipantCommand::reinvite:
            return session.reinvite(id, 6, now);
        case ParticipantCommand::hold:
            break;
    }
    return refuse(ErrorCode::invalid_status_transition);
}

/// Reports that say again what is known already: they succeed and change nothing.
bool says_nothing_new(ParticipantCommand command, ParticipantStatus from) {
    return (command == ParticipantCommand::join_media && from == ParticipantStatus::active) ||
           (command == ParticipantCommand::come_back && from != ParticipantStatus::disconnected);
}

TEST(Session, does_what_the_table_says_for_every_state_and_command_of_a_participant) {
    for (const ParticipantRow& row : participant_rows) {
        if (row.command == ParticipantCommand::hold) continue;
        for (const auto& [from, word] : words_of(ParticipantStatus{})) {
            SCOPED_TRACE(std::string{row.name} + " on " + std::string{word});
            Session session = with_interpreter(from).build();
            const SessionData before = session.data();
            const std::string_view expected = row.leads_to.at(static_cast<std::size_t>(from));

            const auto done = perform(session, row.command);

            if (says_nothing_new(row.command, from)) {
                EXPECT_TRUE(done.has_value());
                EXPECT_EQ(session.data(), before);
            } else if (expected == refused) {
                ASSERT_FALSE(done.has_value());
                EXPECT_EQ(done.error().code, row.command == ParticipantCommand::admit
                                                 ? ErrorCode::participant_not_in_waiting_room
                                                 : ErrorCode::invalid_status_transition);
                EXPECT_EQ(session.data(), before);
                EXPECT_TRUE(is_empty(session.take_change()));
            } else {
                ASSERT_TRUE(done.has_value());
                const Participant& who = *session.find(the_interpreter());
                const bool resumes =
                    from == ParticipantStatus::disconnected &&
                    (row.command == ParticipantCommand::join || row.command == ParticipantCommand::come_back);
                EXPECT_EQ(to_wire(who.status), resumes ? "waiting" : expected);
                EXPECT_EQ(who.step, before.participants.back().step + 1);
                EXPECT_EQ(session.take_change().touched, std::vector{the_interpreter()});
            }
        }
    }
}

TEST(Session, knows_no_stranger) {
    const Occasion now = at(nine_o_clock);
    Session session = a_session().active().build();
    const SessionData before = session.data();
    const std::vector<Result<void>> answers = {
        session.join(nobody(), std::nullopt, TenantConfig{}, now),
        session.take_seat(nobody(), a_user("user-9")),
        session.may_admit(nobody()),
        session.admit_other(nobody(), a_present_provider(), now),
        session.remove_participant(nobody(), "not_needed", now),
        session.reinvite(nobody(), 6, now),
        session.leave(nobody(), now),
        session.join_media(nobody(), now),
        session.lose_transport(nobody(), now),
        session.come_back(nobody(), now),
        session.report_connection(nobody(), ConnectionQuality::good, Mode::video, now),
        session.ask_for_link(nobody(), now),
    };
    for (const Result<void>& answer : answers) {
        ASSERT_FALSE(answer.has_value());
        EXPECT_EQ(answer.error().code, ErrorCode::participant_not_found);
    }
    EXPECT_EQ(session.find(nobody()), nullptr);
    EXPECT_EQ(session.data(), before);
}

TEST(Session, is_left_alone_by_connections_once_it_is_over) {
    for (const SessionStatus status :
         {SessionStatus::ended, SessionStatus::cancelled, SessionStatus::failed}) {
        const Occasion now = at(nine_o_clock + hours{1});
        Session session = a_session().over(status).interpreter(ParticipantStatus::admitted).build();
        const SessionData before = session.data();
        const std::vector<Result<void>> answers = {
            session.join_media(the_interpreter(), now),
            session.lose_transport(the_interpreter(), now),
            session.come_back(the_interpreter(), now),
            session.report_connection(the_interpreter(), ConnectionQuality::poor, Mode::video, now),
        };
        for (const Result<void>& answer : answers) {
            ASSERT_FALSE(answer.has_value());
            EXPECT_EQ(answer.error().code, ErrorCode::invalid_status_transition);
        }
        EXPECT_EQ(session.data(), before);
        EXPECT_TRUE(is_empty(session.take_change()));
    }
}

}  // namespace
}  // namespace vcare::testing
