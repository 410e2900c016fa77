// SPDX-License-Identifier: Apache-2.0
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

/// Everything a session is, but the participants, which are compared as they are.
void expect_same(const SessionData& a, const SessionData& b) {
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.tenant, b.tenant);
    EXPECT_EQ(a.patient, b.patient);
    EXPECT_EQ(a.initiator, b.initiator);
    EXPECT_EQ(a.node, b.node);
    EXPECT_EQ(a.appointment, b.appointment);
    EXPECT_EQ(a.encounter_id, b.encounter_id);
    EXPECT_EQ(a.video_backend, b.video_backend);
    EXPECT_EQ(a.room_name, b.room_name);
    EXPECT_EQ(a.room_url, b.room_url);
    EXPECT_EQ(a.mode, b.mode);
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.scheduled_start, b.scheduled_start);
    EXPECT_EQ(a.scheduled_end, b.scheduled_end);
    EXPECT_EQ(a.actual_start, b.actual_start);
    EXPECT_EQ(a.actual_end, b.actual_end);
    EXPECT_EQ(a.recording_enabled, b.recording_enabled);
    EXPECT_EQ(a.recording_ref, b.recording_ref);
    EXPECT_EQ(a.consent_pending, b.consent_pending);
    EXPECT_EQ(a.failure_reason, b.failure_reason);
    EXPECT_EQ(a.cancel_reason, b.cancel_reason);
    EXPECT_EQ(a.end_reason, b.end_reason);
    EXPECT_EQ(a.messaging_thread_id, b.messaging_thread_id);
    EXPECT_EQ(a.reason_for_visit, b.reason_for_visit);
    EXPECT_EQ(a.language, b.language);
    EXPECT_EQ(a.version, b.version);
    EXPECT_EQ(a.created_at, b.created_at);
    EXPECT_EQ(a.updated_at, b.updated_at);
    EXPECT_EQ(a.participants, b.participants);
}

class UnitOfWorkStore : public StoreTest {
  protected:
    void let_patient_wait(Session& session) {
        must(session.join(provider_of(session.data()), std::nullopt, {}, at(nine_o_clock)));
        must(session.join(patient_of(session.data()), a_proof_to(GatedCommand::join, session), {},
                          at(nine_o_clock)));
        ASSERT_EQ(commit(unit_of(session)), CommitOutcome::done);
    }
};

VCARE_ON_BOTH_STORES(UnitOfWorkStore);

TEST_P(UnitOfWorkStore, gives_a_session_back_as_it_was_written) {
    Session session = a_new_session();

    ASSERT_EQ(commit(unit_of(session)), CommitOutcome::done);

    expect_same(load(session.data().id), session.data());
}

TEST_P(UnitOfWorkStore, gives_every_field_back_after_a_change) {
    Session session = make_session();
    SessionData data = session.data();
    data.mode = Mode::phone;
    data.status = SessionStatus::active;
    data.actual_start = nine_o_clock + minutes{1};
    data.actual_end = nine_o_clock + minutes{2};
    data.recording_enabled = true;
    data.recording_ref = "rec";
    data.consent_pending = true;
    data.failure_reason = "f";
    data.cancel_reason = "c";
    data.end_reason = "e";
    data.messaging_thread_id = "thread";
    data.encounter_id = "encounter";
    data.language = "fa-AF";
    data.room_name = "room-2";
    data.version = 2;
    data.updated_at = nine_o_clock + minutes{3};
    Participant& patient = data.participants[1];
    patient.status = ParticipantStatus::disconnected;
    patient.linked_to = data.participants[0].id;
    patient.link_opened_at = nine_o_clock;
    patient.joined_at = nine_o_clock;
    patient.admitted_at = nine_o_clock;
    patient.left_at = nine_o_clock;
    patient.removed_at = nine_o_clock;
    patient.removed_reason = "gone";
    patient.connection = ConnectionQuality::poor;
    patient.media_mode = Mode::audio_only;
    patient.status_to_resume = ParticipantStatus::admitted;
    patient.step = 2;
    UnitOfWork unit{.at = nine_o_clock};
    unit.sessions.push_back({.after = data,
                             .change = {.previous_version = 1,
                                        .versioned = true,
                                        .timeline = {{.type = "session.test", .at = nine_o_clock}},
                                        .touched = {patient.id}}});

    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);

    expect_same(load(data.id), data);
}

TEST_P(UnitOfWorkStore, refuses_the_second_writer_of_a_version) {
    Session first = make_session();
    Session second = Session::restore(first.data());
    must(first.reschedule(nine_o_clock + hours{1}, nine_o_clock + hours{2}, at(nine_o_clock)));
    must(second.cancel("too late", at(nine_o_clock)));

    EXPECT_EQ(commit(unit_of(first)), CommitOutcome::done);
    EXPECT_EQ(commit(unit_of(second)), CommitOutcome::stale);

    expect_same(load(first.data().id), first.data());
}

TEST_P(UnitOfWorkStore, leaves_nothing_behind_of_a_stale_unit) {
    Session first = make_session();
    Session second = Session::restore(first.data());
    must(first.cancel("first", at(nine_o_clock)));
    must(second.cancel("second", at(nine_o_clock)));
    ASSERT_EQ(commit(unit_of(first)), CommitOutcome::done);
    const auto events = count("SELECT COUNT(*) FROM outbox");
    UnitOfWork stale = unit_of(second);
    stale.audit.push_back(an_audit_entry(1));
    stale.kept_answer = {{.caller = "user-1", .key = "k", .fingerprint = "f"}, {.status = 200}, nine_o_clock};

    EXPECT_EQ(commit(std::move(stale)), CommitOutcome::stale);

    EXPECT_EQ(count("SELECT COUNT(*) FROM outbox"), events);
    EXPECT_EQ(count("SELECT COUNT(*) FROM audit_entries"), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM audit_unsealed"), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM kept_answers"), 0);
}

TEST_P(UnitOfWorkStore, refuses_the_second_writer_of_a_participants_step) {
    Session session = make_session();
    let_patient_wait(session);
    Session first = Session::restore(session.data());
    Session second = Session::restore(session.data());
    must(first.lose_transport(patient_of(session.data()), at(nine_o_clock)));
    must(second.report_connection(patient_of(session.data()), ConnectionQuality::good, Mode::video,
                                  at(nine_o_clock)));

    EXPECT_EQ(commit(unit_of(first)), CommitOutcome::done);
    EXPECT_EQ(commit(unit_of(second)), CommitOutcome::stale);

    EXPECT_EQ(load(session.data().id).participants[1].status, ParticipantStatus::disconnected);
}

TEST_P(UnitOfWorkStore, lets_two_participants_change_at_once_without_a_version) {
    Session session = make_session();
    let_patient_wait(session);
    Session first = Session::restore(session.data());
    Session second = Session::restore(session.data());
    must(first.lose_transport(patient_of(session.data()), at(nine_o_clock)));
    must(second.lose_transport(provider_of(session.data()), at(nine_o_clock)));

    EXPECT_EQ(commit(unit_of(first)), CommitOutcome::done);
    EXPECT_EQ(commit(unit_of(second)), CommitOutcome::done);

    const SessionData now = load(session.data().id);
    EXPECT_EQ(now.version, session.data().version);
    EXPECT_EQ(now.participants[0].status, ParticipantStatus::disconnected);
    EXPECT_EQ(now.participants[1].status, ParticipantStatus::disconnected);
}

TEST_P(UnitOfWorkStore, refuses_a_change_whose_version_is_not_the_sessions_own) {
    Session session = make_session();
    UnitOfWork unit{.at = nine_o_clock};
    SessionData data = session.data();
    data.version = 9;
    unit.sessions.push_back({.after = data,
                             .change = {.previous_version = 8,
                                        .versioned = true,
                                        .timeline = {{.type = "session.test", .at = nine_o_clock}}}});

    EXPECT_EQ(commit(std::move(unit)), CommitOutcome::stale);
    EXPECT_EQ(load(data.id).version, 1U);
}

TEST_P(UnitOfWorkStore, tells_an_answered_key_even_when_the_session_moved_on) {
    Session session = make_session();
    Session repeat = Session::restore(session.data());
    const application::KeptAnswerRecord kept{{.caller = "user-1", .key = "key-1", .fingerprint = "f"},
                                             {.status = 200, .etag = "\"2\"", .body = "{}"},
                                             nine_o_clock};
    must(session.cancel("done", at(nine_o_clock)));
    must(repeat.cancel("done", at(nine_o_clock)));
    UnitOfWork first = unit_of(session);
    first.kept_answer = kept;
    UnitOfWork second = unit_of(repeat);
    second.kept_answer = kept;

    EXPECT_EQ(commit(std::move(first)), CommitOutcome::done);
    EXPECT_EQ(commit(std::move(second)), CommitOutcome::answered_before);
}

TEST_P(UnitOfWorkStore, keeps_answers_apart_by_caller_and_tenant) {
    const auto unit_with = [](std::string caller) {
        UnitOfWork unit{.at = nine_o_clock};
        unit.kept_answer = {
            {.caller = std::move(caller), .key = "key-1", .fingerprint = "f"}, {.status = 200}, nine_o_clock};
        return unit;
    };

    EXPECT_EQ(commit(unit_with("user-1")), CommitOutcome::done);
    EXPECT_EQ(commit(unit_with("user-2")), CommitOutcome::done);
    EXPECT_EQ(commit(unit_with("user-1"), elsewhere()), CommitOutcome::done);
    EXPECT_EQ(commit(unit_with("user-1")), CommitOutcome::answered_before);
}

TEST_P(UnitOfWorkStore, writes_the_encounter_debt_with_the_end_of_a_visit_that_was_active) {
    Session session = make_session();
    let_patient_wait(session);
    must(session.admit_patient(false, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                               at(nine_o_clock)));
    ASSERT_EQ(commit(unit_of(session)), CommitOutcome::done);
    must(session.end("completed", at(nine_o_clock + minutes{20})));

    ASSERT_EQ(commit(unit_of(session, nine_o_clock + minutes{20}, std::nullopt)), CommitOutcome::done);

    const auto debts = must(await(store().queues().list_encounter_debts()));
    ASSERT_EQ(debts.size(), 1U);
    EXPECT_EQ(debts[0].session, session.data().id);
    EXPECT_EQ(debts[0].owed_since, nine_o_clock + minutes{20});
    EXPECT_EQ(count("SELECT COUNT(*) FROM due_times"), 0);
}

TEST_P(UnitOfWorkStore, pays_an_encounter_debt_once) {
    Session session = make_session();
    let_patient_wait(session);
    must(session.admit_patient(false, a_proof_to(GatedCommand::admit, session), a_present_provider(),
                               at(nine_o_clock)));
    must(session.end("completed", at(nine_o_clock)));
    ASSERT_EQ(commit(unit_of(session, nine_o_clock, std::nullopt)), CommitOutcome::done);
    Session first = Session::restore(session.data());
    Session second = Session::restore(session.data());
    must(first.keep_encounter("enc-1", 1, at(nine_o_clock)));
    must(second.keep_encounter("enc-1", 1, at(nine_o_clock)));
    UnitOfWork paid = unit_of(first, nine_o_clock, std::nullopt);
    paid.paid_encounter = session.data().id;
    UnitOfWork paid_again = unit_of(second, nine_o_clock, std::nullopt);
    paid_again.paid_encounter = session.data().id;

    EXPECT_EQ(commit(std::move(paid)), CommitOutcome::done);
    EXPECT_EQ(commit(std::move(paid_again)), CommitOutcome::stale);

    EXPECT_EQ(load(session.data().id).encounter_id, "enc-1");
    EXPECT_TRUE(must(await(store().queues().list_encounter_debts())).empty());
    EXPECT_EQ(count("SELECT COUNT(*) FROM transitions WHERE type = 'encounter.created'"), 1);
}

TEST_P(UnitOfWorkStore, has_everything_after_it_was_closed_and_opened_again) {
    Session session = make_session();
    let_patient_wait(session);

    reopen();

    expect_same(load(session.data().id), session.data());
}

TEST_P(UnitOfWorkStore, tells_of_new_events_after_the_commit_only) {
    std::atomic<int> told = 0;
    reopen([&] { ++told; });
    Session session = a_new_session();
    Session same = a_new_session();
    UnitOfWork without_events = {.at = nine_o_clock};
    without_events.audit.push_back(an_audit_entry(1));

    EXPECT_EQ(commit(unit_of(session)), CommitOutcome::done);
    EXPECT_GE(told, 1);
    EXPECT_EQ(commit(unit_of(same)), CommitOutcome::stale);
    EXPECT_EQ(commit(std::move(without_events)), CommitOutcome::done);
    EXPECT_LE(told, is_on_postgres() ? 2 : 1) << "PostgreSQL's notice of the first may have come as well";
}

TEST(UnitOfWorkInMemory, behaves_the_same) {
    const auto memory = make_inline_store();
    Session session = a_new_session();
    Session second = a_new_session();

    EXPECT_EQ(must(await(memory->units().commit(here(), unit_of(session)))), CommitOutcome::done);
    EXPECT_EQ(must(await(memory->units().commit(here(), unit_of(second)))), CommitOutcome::stale);

    expect_same(must(await(memory->sessions().find_session(here(), session.data().id))).value(),
                session.data());
}

}  // namespace
}  // namespace vcare::store
