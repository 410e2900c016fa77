// SPDX-License-Identifier: Apache-2.0
#include "unit/adapters/store/store_fixture.hpp"

namespace vcare::store {
namespace {

using application::Page;
using application::SessionQuery;

std::vector<SessionId> ids_of(const std::vector<SessionData>& sessions) {
    std::vector<SessionId> ids;
    for (const SessionData& session : sessions) ids.push_back(session.id);
    return ids;
}

SessionId session_number(std::uint64_t number) {
    return an_id<SessionId>(number * 100);
}

Reach whole_tenant() {
    return {.whole_tenant = true};
}

class SessionStoreTest : public StoreTest {
  protected:
    /// A session at nine and so many hours, with what the test changes in it before it is new.
    template <class Change>
    void make(std::uint64_t number, int hour, Change change, const TenantId& tenant = this_clinic()) {
        Session session = a_new_session(number, tenant, nine_o_clock + hours{hour});
        UnitOfWork unit = unit_of(session);
        change(unit.sessions[0].after);
        ASSERT_EQ(commit(std::move(unit), scope_of(tenant)), CommitOutcome::done);
    }
    void make(std::uint64_t number, int hour) {
        make(number, hour, [](SessionData&) {});
    }

    Page<SessionData> list(SessionQuery query, TenantScope scope = here()) {
        return must(await(store().sessions().list_sessions(std::move(scope), std::move(query))));
    }
    std::vector<SessionId> list_ids(SessionQuery query, TenantScope scope = here()) {
        return ids_of(list(std::move(query), std::move(scope)).items);
    }

    /// Both come in; the patient's wait starts at `since`.
    Session make_waiting(std::uint64_t number, Instant since) {
        Session session = make_session(number);
        must(session.join(provider_of(session.data()), std::nullopt, {}, at(since)));
        must(
            session.join(patient_of(session.data()), a_proof_to(GatedCommand::join, session), {}, at(since)));
        EXPECT_EQ(commit(unit_of(session, since)), CommitOutcome::done);
        return session;
    }
};

VCARE_ON_BOTH_STORES(SessionStoreTest);

TEST_P(SessionStoreTest, lists_the_newest_start_first) {
    make(1, 1);
    make(2, 3);
    make(3, 2);

    EXPECT_EQ(list_ids({.reach = whole_tenant()}),
              (std::vector{session_number(2), session_number(3), session_number(1)}));
}

TEST_P(SessionStoreTest, pages_through_everything_once_even_where_starts_are_equal) {
    for (std::uint64_t number = 1; number <= 7; ++number) make(number, number < 4 ? 1 : 2);
    std::vector<SessionId> seen;
    SessionQuery query{.reach = whole_tenant(), .limit = 3};

    for (int page = 0; page < 3; ++page) {
        const auto got = list(query);
        for (const SessionId& id : ids_of(got.items)) seen.push_back(id);
        query.cursor = got.next_cursor;
    }

    EXPECT_FALSE(query.cursor.has_value());
    EXPECT_EQ(seen, list_ids({.reach = whole_tenant(), .limit = 200}));
    EXPECT_EQ(seen.size(), 7U);
}

TEST_P(SessionStoreTest, does_not_show_a_page_twice_when_a_newer_session_comes_in_between) {
    make(1, 1);
    make(2, 2);
    const auto first = list({.reach = whole_tenant(), .limit = 1});
    make(3, 3);

    const auto second = list({.reach = whole_tenant(), .limit = 1, .cursor = first.next_cursor});

    EXPECT_EQ(ids_of(second.items), std::vector{session_number(1)});
}

TEST_P(SessionStoreTest, refuses_a_cursor_it_did_not_give_out) {
    const std::vector<std::string> wrong = {"", "x", "!!!!", "MDp2c25fMDE", "////", std::string(500, 'A')};
    for (const std::string& cursor : wrong) {
        const auto got =
            await(store().sessions().list_sessions(here(), {.reach = whole_tenant(), .cursor = cursor}));

        ASSERT_FALSE(got.has_value()) << cursor;
        EXPECT_EQ(got.error().code, ErrorCode::validation_error);
        EXPECT_EQ(got.error().fields.at(0).pointer, "/cursor");
    }
}

struct FilterRow {
    std::string name;
    SessionQuery query;
    std::vector<std::uint64_t> expected;
};

TEST_P(SessionStoreTest, filters_by_everything_alone_and_together) {
    make(1, 1, [](SessionData& s) { s.node = an_opaque_id<NodeId>("node-1"); });
    make(2, 2, [](SessionData& s) { s.patient = an_opaque_id<PatientId>("patient-2"); });
    make(3, 3, [](SessionData& s) { s.participants[0].user_id = a_user("doctor-2"); });
    make(4, 4, [](SessionData& s) { s.status = SessionStatus::cancelled; });
    make(5, 5, [](SessionData& s) {
        s.node = an_opaque_id<NodeId>("node-1");
        s.participants[0].user_id = a_user("doctor-2");
        s.status = SessionStatus::ended;
    });
    make(6, 6, [](SessionData& s) { s.participants[0].status = ParticipantStatus::removed; });
    const auto node = an_opaque_id<NodeId>("node-1");
    const auto other_node = an_opaque_id<NodeId>("node-2");
    const auto patient_2 = an_opaque_id<PatientId>("patient-2");
    const auto doctor_1 = a_user("doctor-1");
    const auto doctor_2 = a_user("doctor-2");
    const Reach own_and_node{.participant_user = doctor_2, .nodes = {node}};
    const std::vector<FilterRow> rows = {
        {"status", {.reach = whole_tenant(), .status = SessionStatus::cancelled}, {4}},
        {"patient", {.reach = whole_tenant(), .patient = patient_2}, {2}},
        {"provider", {.reach = whole_tenant(), .provider = doctor_2}, {5, 3}},
        {"removed provider", {.reach = whole_tenant(), .provider = doctor_1}, {4, 2, 1}},
        {"node", {.reach = whole_tenant(), .node = node}, {5, 1}},
        {"from", {.reach = whole_tenant(), .from = nine_o_clock + hours{5}}, {6, 5}},
        {"to is exclusive", {.reach = whole_tenant(), .to = nine_o_clock + hours{2}}, {1}},
        {"node and status", {.reach = whole_tenant(), .status = SessionStatus::ended, .node = node}, {5}},
        {"provider and status",
         {.reach = whole_tenant(), .status = SessionStatus::scheduled, .provider = doctor_2},
         {3}},
        {"patient and provider", {.reach = whole_tenant(), .patient = patient_2, .provider = doctor_2}, {}},
        {"patient and node", {.reach = whole_tenant(), .patient = the_patient_id(), .node = node}, {5, 1}},
        {"provider and node", {.reach = whole_tenant(), .provider = doctor_2, .node = node}, {5}},
        {"reach: own patient", {.reach = {.patient = patient_2}}, {2}},
        {"reach: another's patient", {.reach = {.patient = patient_2}, .patient = the_patient_id()}, {}},
        {"reach: own visits", {.reach = {.participant_user = doctor_2}}, {5, 3}},
        {"reach: own visits and node, each once", {.reach = own_and_node}, {5, 3, 1}},
        {"reach: with a status", {.reach = own_and_node, .status = SessionStatus::ended}, {5}},
        {"reach: with a provider", {.reach = own_and_node, .provider = doctor_1}, {1}},
        {"reach: with another node", {.reach = {.nodes = {node}}, .node = other_node}, {}},
        {"reach: own, of a patient", {.reach = {.participant_user = doctor_1}, .patient = patient_2}, {2}},
        {"reach: nothing", {.reach = {}}, {}},
    };
    for (const FilterRow& row : rows) {
        std::vector<SessionId> expected;
        for (const std::uint64_t number : row.expected) expected.push_back(session_number(number));
        EXPECT_EQ(list_ids(row.query), expected) << row.name;
    }
}

TEST_P(SessionStoreTest, pages_through_a_union_without_losing_or_repeating) {
    const auto node = an_opaque_id<NodeId>("node-1");
    for (std::uint64_t number = 1; number <= 9; ++number) {
        make(number, static_cast<int>(number), [&](SessionData& s) {
            if (number % 2 == 0) s.node = node;
            if (number % 3 == 0) s.participants[0].user_id = a_user("doctor-2");
        });
    }
    const Reach reach{.participant_user = a_user("doctor-2"), .nodes = {node}};
    std::vector<SessionId> seen;
    SessionQuery query{.reach = reach, .limit = 2};

    do {
        const auto page = list(query);
        for (const SessionId& id : ids_of(page.items)) seen.push_back(id);
        query.cursor = page.next_cursor;
    } while (query.cursor);

    EXPECT_EQ(seen, (std::vector{session_number(9), session_number(8), session_number(6), session_number(4),
                                 session_number(3), session_number(2)}));
}

TEST_P(SessionStoreTest, finds_a_session_by_one_of_its_people) {
    const Session session = make_session(1);
    make_session(2);

    const auto found = must(await(store().sessions().find_session_of(here(), patient_of(session.data()))));

    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->id, session.data().id);
    EXPECT_EQ(found->participants.size(), 2U);
}

TEST_P(SessionStoreTest, finds_the_open_sessions_of_a_patient) {
    make(1, 2);
    make(2, 1);
    make(3, 3, [](SessionData& s) { s.status = SessionStatus::ended; });
    make(4, 4, [](SessionData& s) { s.patient = an_opaque_id<PatientId>("patient-2"); });

    const auto open = must(await(store().sessions().open_sessions_of(here(), the_patient_id())));

    EXPECT_EQ(ids_of(open), (std::vector{session_number(2), session_number(1)}));
}

TEST_P(SessionStoreTest, follows_a_rescheduled_session_in_the_list_of_its_people) {
    Session session = make_session();
    must(session.reschedule(nine_o_clock + hours{30}, nine_o_clock + hours{31}, at(nine_o_clock)));
    ASSERT_EQ(commit(unit_of(session)), CommitOutcome::done);

    const SessionQuery query{.reach = {.participant_user = a_user("doctor-1")},
                             .from = nine_o_clock + hours{29}};

    EXPECT_EQ(list_ids(query), std::vector{session.data().id});
}

TEST_P(SessionStoreTest, shows_who_waits_the_longest_wait_first) {
    const Session later = make_waiting(1, nine_o_clock + minutes{5});
    const Session earlier = make_waiting(2, nine_o_clock + minutes{1});
    make_session(3);

    const auto waiting = must(await(store().sessions().waiting_room(here(), whole_tenant())));

    ASSERT_EQ(waiting.size(), 2U);
    EXPECT_EQ(waiting[0].session, earlier.data().id);
    EXPECT_EQ(waiting[0].participant.id, patient_of(earlier.data()));
    EXPECT_EQ(waiting[0].waiting_since, nine_o_clock + minutes{1});
    EXPECT_EQ(waiting[0].language, "fa-AF");
    EXPECT_EQ(waiting[1].session, later.data().id);
}

TEST_P(SessionStoreTest, shows_in_the_waiting_room_only_what_is_in_reach) {
    make_waiting(1, nine_o_clock);
    const auto waiting_for = [&](Reach reach) {
        return must(await(store().sessions().waiting_room(here(), std::move(reach)))).size();
    };

    EXPECT_EQ(waiting_for({.participant_user = a_user("doctor-1")}), 1U);
    EXPECT_EQ(waiting_for({.participant_user = a_user("doctor-2")}), 0U);
    EXPECT_EQ(waiting_for({.nodes = {an_opaque_id<NodeId>("node-1")}}), 0U);
    EXPECT_EQ(waiting_for({.patient = the_patient_id()}), 1U);
}

TEST_P(SessionStoreTest, keeps_the_place_of_somebody_whose_transport_is_lost) {
    Session session = make_waiting(1, nine_o_clock);
    must(session.lose_transport(patient_of(session.data()), at(nine_o_clock + minutes{3})));
    ASSERT_EQ(commit(unit_of(session)), CommitOutcome::done);

    const auto waiting = must(await(store().sessions().waiting_room(here(), whole_tenant())));

    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].waiting_since, nine_o_clock);
    EXPECT_EQ(waiting[0].participant.connection, ConnectionQuality::unknown);
}

TEST_P(SessionStoreTest, shows_nobody_who_was_admitted_left_or_whose_session_is_over) {
    Session admitted = make_waiting(1, nine_o_clock);
    Session left = make_waiting(2, nine_o_clock);
    Session over = make_waiting(3, nine_o_clock);
    must(admitted.admit_patient(false, a_proof_to(GatedCommand::admit, admitted), a_present_provider(),
                                at(nine_o_clock)));
    must(left.leave(patient_of(left.data()), at(nine_o_clock)));
    must(over.cancel("no", at(nine_o_clock)));
    for (Session* session : {&admitted, &left, &over})
        ASSERT_EQ(commit(unit_of(*session)), CommitOutcome::done);

    EXPECT_TRUE(must(await(store().sessions().waiting_room(here(), whole_tenant()))).empty());
}

TEST_P(SessionStoreTest, says_when_an_interpreter_is_needed) {
    const StoredTenantConfig config{.id = an_id<TenantConfigId>(1), .tenant = this_clinic()};
    must(await(store().tenants().ensure_tenant({.id = this_clinic(), .short_key = "abc123"}, config)));
    Session session = make_waiting(1, nine_o_clock);
    const auto needed = [&] {
        return must(await(store().sessions().waiting_room(here(), whole_tenant()))).at(0).interpreter_needed;
    };
    EXPECT_TRUE(needed());

    must(session.add_participant({.id = the_interpreter(), .role = Role::interpreter}, 6, at(nine_o_clock)));
    must(session.join(the_interpreter(), std::nullopt, {}, at(nine_o_clock + minutes{1})));
    ASSERT_EQ(commit(unit_of(session)), CommitOutcome::done);

    EXPECT_FALSE(needed());
}

TEST_P(SessionStoreTest, counts_the_patients_before_one_in_the_same_providers_queue) {
    const Session first = make_waiting(1, nine_o_clock);
    const Session second = make_waiting(2, nine_o_clock + minutes{1});
    const Session third = make_waiting(3, nine_o_clock + minutes{2});
    Session other_provider = a_new_session(4);
    UnitOfWork unit = unit_of(other_provider);
    unit.sessions[0].after.participants[0].user_id = a_user("doctor-2");
    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);
    must(other_provider.join(patient_of(other_provider.data()),
                             a_proof_to(GatedCommand::join, other_provider), {}, at(nine_o_clock)));
    ASSERT_EQ(commit(unit_of(other_provider)), CommitOutcome::done);
    const Session not_here = make_session(5);
    const auto before = [&](const Session& session) {
        return must(
            await(store().sessions().waiting_before(here(), session.data().id, patient_of(session.data()))));
    };

    EXPECT_EQ(before(first), 0U);
    EXPECT_EQ(before(second), 1U);
    EXPECT_EQ(before(third), 2U);
    EXPECT_EQ(before(other_provider), 0U);
    EXPECT_EQ(before(not_here), 0U);
}

TEST_P(SessionStoreTest, tells_the_timeline_in_the_order_it_was_written) {
    const Session session = make_waiting(1, nine_o_clock);

    const auto timeline = must(await(store().sessions().timeline(here(), session.data().id)));

    EXPECT_EQ(types_of(timeline),
              (std::vector<std::string>{"session.created", "participant.invited", "participant.invited",
                                        "participant.joined", "participant.joined"}));
    EXPECT_EQ(timeline[1].participant, provider_of(session.data()));
    EXPECT_EQ(timeline[1].step, 1U);
    EXPECT_EQ(timeline[0].actor, "user-1");
}

TEST_P(SessionStoreTest, deletes_whereabouts_a_day_after_the_visit_was_over_whenever_it_was_to_be) {
    Session over = make_session();
    const Session other = make_session(2);
    for (const SessionData& session : {over.data(), other.data()}) {
        UnitOfWork unit{.at = nine_o_clock};
        unit.whereabouts.push_back({.participant = patient_of(session),
                                    .sealed = "sealed",
                                    .key_version = 1,
                                    .delete_at = nine_o_clock + hours{30}});
        ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);
    }
    const Instant end = nine_o_clock + minutes{5};
    must(over.cancel("mistake", at(end)));
    ASSERT_EQ(commit(unit_of(over)), CommitOutcome::done);

    const auto deleted_at = [&](const Session& session) {
        return must(await(store().sessions().whereabouts(here(), session.data().id))).at(0).delete_at;
    };
    EXPECT_EQ(deleted_at(over), end + hours{24});
    EXPECT_EQ(deleted_at(other), nine_o_clock + hours{30}) << "it is not over";
}

TEST_P(SessionStoreTest, keeps_what_the_page_asks_of_a_participant) {
    const Session session = make_session();
    const ParticipantId patient = patient_of(session.data());
    UnitOfWork unit{.at = nine_o_clock};
    unit.device_checks.push_back({.participant = patient,
                                  .at = nine_o_clock,
                                  .camera = "ok",
                                  .microphone = "failed",
                                  .speaker = "skipped",
                                  .rtt_ms = 12.5});
    unit.whereabouts.push_back({.participant = patient,
                                .sealed = std::string{"\0\x01 sealed", 9},
                                .key_version = 3,
                                .delete_at = nine_o_clock + hours{24}});
    unit.refusals.push_back({.participant = patient, .type = ConsentType::recording, .at = nine_o_clock});
    unit.feedback.push_back({.session = session.data().id,
                             .participant = patient,
                             .rating = 5,
                             .comment = phi("COMMENT"),
                             .at = nine_o_clock});
    ASSERT_EQ(commit(std::move(unit)), CommitOutcome::done);

    const SessionId id = session.data().id;
    const auto checks = must(await(store().sessions().device_checks(here(), id)));
    ASSERT_EQ(checks.size(), 1U);
    EXPECT_EQ(checks[0].participant, patient);
    EXPECT_EQ(checks[0].microphone, "failed");
    EXPECT_EQ(checks[0].rtt_ms, 12.5);
    EXPECT_FALSE(checks[0].kbps.has_value());
    const auto whereabouts = must(await(store().sessions().whereabouts(here(), id)));
    ASSERT_EQ(whereabouts.size(), 1U);
    EXPECT_EQ(whereabouts[0].sealed, (std::string{"\0\x01 sealed", 9}));
    EXPECT_EQ(whereabouts[0].key_version, 3U);
    const auto refusals = must(await(store().sessions().refusals(here(), id)));
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].type, ConsentType::recording);
    EXPECT_EQ(count("SELECT rating FROM feedback"), 5);
}

TEST_P(SessionStoreTest, replaces_an_earlier_device_check) {
    const Session session = make_session();
    const auto check = [&](std::string camera) {
        UnitOfWork unit{.at = nine_o_clock};
        unit.device_checks.push_back({.participant = patient_of(session.data()),
                                      .at = nine_o_clock,
                                      .camera = std::move(camera),
                                      .microphone = "ok",
                                      .speaker = "ok"});
        return unit;
    };
    ASSERT_EQ(commit(check("failed")), CommitOutcome::done);
    ASSERT_EQ(commit(check("ok")), CommitOutcome::done);

    const auto checks = must(await(store().sessions().device_checks(here(), session.data().id)));

    ASSERT_EQ(checks.size(), 1U);
    EXPECT_EQ(checks[0].camera, "ok");
}

TEST_P(SessionStoreTest, shows_a_row_that_lost_its_form_to_nobody) {
    const Session session = make_session();
    tamper("UPDATE sessions SET status = 'paused'");

    const auto found = await(store().sessions().find_session(here(), session.data().id));

    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().code, ErrorCode::internal_error);
}

TEST_P(SessionStoreTest, shows_another_tenant_nothing) {
    const Session session = make_waiting(1, nine_o_clock);
    const SessionId id = session.data().id;
    const ParticipantId patient = patient_of(session.data());
    auto& sessions = store().sessions();

    EXPECT_FALSE(must(await(sessions.find_session(elsewhere(), id))).has_value());
    EXPECT_FALSE(must(await(sessions.find_session_of(elsewhere(), patient))).has_value());
    EXPECT_TRUE(list_ids({.reach = whole_tenant()}, elsewhere()).empty());
    EXPECT_TRUE(list_ids({.reach = {.participant_user = a_user("doctor-1")}}, elsewhere()).empty());
    EXPECT_TRUE(list_ids({.reach = {.patient = the_patient_id()}}, elsewhere()).empty());
    EXPECT_TRUE(must(await(sessions.open_sessions_of(elsewhere(), the_patient_id()))).empty());
    EXPECT_TRUE(must(await(sessions.waiting_room(elsewhere(), whole_tenant()))).empty());
    EXPECT_TRUE(must(await(sessions.timeline(elsewhere(), id))).empty());
    EXPECT_TRUE(must(await(sessions.device_checks(elsewhere(), id))).empty());
    EXPECT_TRUE(must(await(sessions.whereabouts(elsewhere(), id))).empty());
    EXPECT_TRUE(must(await(sessions.refusals(elsewhere(), id))).empty());
}

TEST_P(SessionStoreTest, lets_no_tenant_write_about_anothers_participant) {
    const Session session = make_session();
    UnitOfWork unit{.at = nine_o_clock};
    unit.refusals.push_back(
        {.participant = patient_of(session.data()), .type = ConsentType::recording, .at = nine_o_clock});

    EXPECT_EQ(commit(std::move(unit), elsewhere()), CommitOutcome::stale);
}

}  // namespace
}  // namespace vcare::store
