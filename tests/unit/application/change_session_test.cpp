// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/cancel_session.hpp"
#include "application/end_session.hpp"
#include "application/fall_back.hpp"
#include "application/idempotency.hpp"
#include "application/pay_encounters.hpp"
#include "application/precheck.hpp"
#include "application/reschedule_session.hpp"
#include "application/retry_encounter.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::CancelSession;
using application::EndSession;
using application::FallBack;
using application::IdempotencyKey;
using application::KeepAnswer;
using application::Precheck;
using application::RescheduleSession;
using ::testing::ElementsAre;
using ::testing::SizeIs;

KeepAnswer<SessionData> kept_under(std::string key) {
    return {.key = IdempotencyKey{"doctor", std::move(key), "print"}, .render = [](const SessionData& s) {
                return application::KeptAnswer{.status = 200, .body = s.id.text()};
            }};
}

Result<SessionData> end(Clinic& clinic, const SessionData& session, std::uint64_t version,
                        std::optional<application::StaffContext> who = {}) {
    EndSession use_case{clinic.services};
    return clinic.run(
        use_case(who ? *who : clinic.doctor(), {.session = session.id, .version = version}, {}));
}

TEST(EndSession, ends_a_running_visit_owes_its_encounter_and_voids_every_credential) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();

    const auto ended = end(clinic, running.session, running.session.version);

    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(ended->status, SessionStatus::ended);
    EXPECT_THAT(clinic.run(clinic.queues->list_encounter_debts()).value(), SizeIs(1));
    application::VisitAuthentication authenticate{clinic.services};
    for (const std::string& credential : {running.doctor, running.patient, running.interpreter})
        EXPECT_EQ(refusal_of(clinic.run(authenticate.live(credential, {}))), ErrorCode::unauthorized);
}

TEST(EndSession, asks_the_store_once_and_writes_once) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    const auto doctor = clinic.doctor();
    EndSession end{clinic.services};
    const unsigned before = clinic.database.asked();

    ASSERT_TRUE(clinic.run(end(doctor, {running.session.id, running.session.version}, {})));

    EXPECT_EQ(clinic.database.asked() - before, 2U);
}

TEST(EndSession, repeated_answers_with_the_session_whatever_valid_version_is_named) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    const auto ended = end(clinic, running.session, running.session.version);
    ASSERT_TRUE(ended.has_value());

    for (const std::uint64_t version : {std::uint64_t{1}, running.session.version, ended->version}) {
        const auto again = end(clinic, running.session, version);
        ASSERT_TRUE(again.has_value()) << version;
        EXPECT_EQ(again->version, ended->version);
    }
    EXPECT_EQ(refusal_of(end(clinic, running.session, ended->version + 1)),
              ErrorCode::optimistic_lock_conflict);
    EXPECT_EQ(refusal_of(end(clinic, running.session, 0)), ErrorCode::optimistic_lock_conflict);
    EXPECT_THAT(clinic.run(clinic.queues->list_encounter_debts()).value(), SizeIs(1));
}

Result<SessionData> retry(Clinic& clinic, const SessionData& session, application::StaffContext who) {
    application::RetryEncounter use_case{clinic.services};
    return clinic.run(use_case(std::move(who), {.session = session.id}, {}));
}

TEST(RetryEncounter, has_a_refused_encounter_paid_at_once) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    const auto ended = end(clinic, running.session, running.session.version);
    application::PayEncounters payer{clinic.services, 8};
    clinic.record.outcome = application::EncounterRefused{{"required"}, "content"};
    ASSERT_TRUE(clinic.run(payer.run_once()));
    clinic.record.outcome = application::EncounterWritten{"enc-1"};

    const auto asked = retry(clinic, *ended, clinic.doctor());

    ASSERT_TRUE(asked.has_value());
    EXPECT_EQ(asked->version, clinic.session(ended->id).version) << "the session itself does not change";
    ASSERT_TRUE(clinic.run(payer.run_once()));
    EXPECT_EQ(clinic.session(ended->id).encounter_id, "enc-1");
    EXPECT_TRUE(retry(clinic, *ended, clinic.doctor())) << "one that is in the record stays as it is";
    EXPECT_THAT(clinic.record.written, SizeIs(2));
}

TEST(RetryEncounter, is_for_visits_that_took_place_and_are_over_and_for_those_who_may_end_them) {
    Clinic clinic;
    const SessionData booked = clinic.a_visit();
    const auto running = clinic.a_running_visit();
    EXPECT_EQ(refusal_of(retry(clinic, booked, clinic.doctor())), ErrorCode::invalid_status_transition);
    EXPECT_EQ(refusal_of(retry(clinic, running.session, clinic.doctor())),
              ErrorCode::invalid_status_transition);
    const auto ended = end(clinic, running.session, running.session.version);
    EXPECT_EQ(refusal_of(retry(clinic, *ended, clinic.staff({StaffRole::clinician}, "colleague"))),
              ErrorCode::access_denied);
    EXPECT_TRUE(retry(clinic, *ended, clinic.staff({StaffRole::admin}, "chief")));
}

TEST(EndSession, refuses_in_the_order_of_its_checks) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const auto unknown = a_session().data();
    const auto auditor = clinic.staff({StaffRole::auditor}, "auditor");
    const auto colleague = clinic.staff({StaffRole::clinician}, "colleague");

    EXPECT_EQ(refusal_of(end(clinic, unknown, 99, auditor)), ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(end(clinic, unknown, 99)), ErrorCode::session_not_found);
    EXPECT_EQ(refusal_of(end(clinic, session, 99, colleague)), ErrorCode::access_denied) << "not theirs";
    const auto stale = end(clinic, session, 99);
    EXPECT_EQ(refusal_of(stale), ErrorCode::optimistic_lock_conflict);
    EXPECT_EQ(stale.error().current_version, session.version);
    EXPECT_EQ(refusal_of(end(clinic, session, session.version)), ErrorCode::invalid_status_transition);
}

TEST(EndSession, of_another_clinic_is_answered_exactly_like_an_unknown_one) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const auto stranger =
        clinic.staff({StaffRole::clinician, StaffRole::admin}, "stranger", another_clinic());
    const auto foreign = end(clinic, session, session.version, stranger);
    const auto unknown = end(clinic, a_session().data(), 1, stranger);
    EXPECT_EQ(refusal_of(foreign), ErrorCode::session_not_found);
    EXPECT_EQ(refusal_of(unknown), ErrorCode::session_not_found);
    EXPECT_EQ(foreign.error().detail, unknown.error().detail);
}

TEST(EndSession, may_be_done_by_an_admin_who_does_not_take_part) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    EXPECT_TRUE(
        end(clinic, running.session, running.session.version, clinic.staff({StaffRole::admin}, "chief")));
}

TEST(EndSession, that_lost_against_somebody_quicker_is_told_the_new_version) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    clinic.units.before_next = [&] {
        FallBack fall_back{clinic.services};
        const auto changed = clinic.run(fall_back(
            clinic.doctor(),
            {.session = running.session.id, .mode = Mode::audio_only, .reason = "low_bandwidth"}, {}));
        EXPECT_TRUE(changed.has_value());
    };

    const auto ended = end(clinic, running.session, running.session.version);

    EXPECT_EQ(refusal_of(ended), ErrorCode::optimistic_lock_conflict);
    EXPECT_EQ(ended.error().current_version, running.session.version + 1);
    EXPECT_EQ(clinic.session(running.session.id).status, SessionStatus::active);
}

TEST(EndSession, changes_nothing_or_everything_whichever_step_of_the_store_fails) {
    for_each_failing_step([](Clinic& clinic) { return std::pair{clinic.a_running_visit(), clinic.doctor()}; },
                          [](Clinic& clinic, auto& ready) {
                              const auto result =
                                  end(clinic, ready.first.session, ready.first.session.version, ready.second);
                              clinic.database.heal();
                              const auto after = clinic.session(ready.first.session.id);
                              EXPECT_EQ(after.status, result ? SessionStatus::ended : SessionStatus::active);
                              return result;
                          });
}

TEST(CancelSession, keeps_what_was_typed_in_the_record_and_out_of_the_event) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    CancelSession use_case{clinic.services};

    const auto cancelled = clinic.run(use_case(
        clinic.doctor(), {.session = session.id, .version = session.version, .reason = "PHI-flu"}, {}));

    ASSERT_TRUE(cancelled.has_value());
    EXPECT_EQ(cancelled->cancel_reason, "PHI-flu");
    EXPECT_EQ(text_field(clinic.units.written.back().outbox.at(0).event, "reason"), "other");
    const auto again =
        clinic.run(use_case(clinic.doctor(), {.session = session.id, .version = 1, .reason = "x"}, {}));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->cancel_reason, "PHI-flu");
}

TEST(RescheduleSession, moves_the_window_and_replaces_every_link) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string code = clinic.a_link(session, Role::patient);
    RescheduleSession use_case{clinic.services};
    const Instant tomorrow = nine_o_clock + days{1};

    const auto moved =
        clinic.run(use_case(clinic.doctor(), {.session = session.id, .scheduled_start = tomorrow}, {}));

    ASSERT_TRUE(moved.has_value());
    EXPECT_EQ(moved->scheduled_start, tomorrow);
    EXPECT_EQ(moved->scheduled_end, tomorrow + minutes{30});
    EXPECT_TRUE(clinic.holder(code).token.replaced_at.has_value());
    EXPECT_THAT(clinic.units.written.back().issued_tokens, SizeIs(3));
}

TEST(RescheduleSession, is_decided_again_when_somebody_was_quicker) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.units.before_next = [&] { clinic.doctor_comes_in(session); };
    RescheduleSession use_case{clinic.services};
    const auto moved = clinic.run(
        use_case(clinic.doctor(), {.session = session.id, .scheduled_start = nine_o_clock + hours{1}}, {}));
    ASSERT_TRUE(moved.has_value());
    EXPECT_EQ(moved->status, SessionStatus::waiting);
}

TEST(RescheduleSession, refuses_a_running_visit_a_stale_version_a_wrong_window_and_a_missing_licence) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    RescheduleSession use_case{clinic.services};
    RescheduleSession::Command order{
        .session = running.session.id, .version = 1, .scheduled_start = nine_o_clock + hours{1}};
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), order, {}))),
              ErrorCode::optimistic_lock_conflict);
    order.version.reset();
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), order, {}))),
              ErrorCode::invalid_status_transition);
    order.scheduled_end = nine_o_clock;
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), order, {}))), ErrorCode::validation_error);
    clinic.licences.licensed = false;
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), order, {}))), ErrorCode::module_not_licensed);
    clinic.licences.is_away = true;
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), order, {}))), ErrorCode::store_unavailable);
}

TEST(RescheduleSession, asks_for_the_licence_of_the_sessions_facility) {
    Clinic clinic;
    auto order = Clinic::an_order();
    order.node = an_opaque_id<NodeId>("ward-1");
    application::CreateSession create{clinic.services};
    const SessionData at_ward = clinic.run(create(clinic.doctor(), order, {})).value();
    const SessionData elsewhere = clinic.a_visit();
    RescheduleSession use_case{clinic.services};
    const auto move = [&](const SessionId& session, application::StaffContext who) {
        return clinic.run(
            use_case(std::move(who), {.session = session, .scheduled_start = nine_o_clock + hours{1}}, {}));
    };
    const auto auditor = clinic.staff({StaffRole::auditor}, "auditor");

    clinic.licences.facilities[*order.node] = false;
    EXPECT_EQ(refusal_of(move(at_ward.id, clinic.doctor())), ErrorCode::module_not_licensed);
    EXPECT_EQ(refusal_of(move(at_ward.id, auditor)), ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(move(a_session().data().id, clinic.doctor())), ErrorCode::session_not_found);
    EXPECT_TRUE(move(elsewhere.id, clinic.doctor()).has_value());

    clinic.licences.facilities[*order.node] = true;
    clinic.licences.licensed = false;
    EXPECT_TRUE(move(at_ward.id, clinic.doctor()).has_value());
    EXPECT_EQ(refusal_of(move(elsewhere.id, clinic.doctor())), ErrorCode::module_not_licensed);
    EXPECT_EQ(refusal_of(move(at_ward.id, auditor)), ErrorCode::module_not_licensed)
        << "who may not look it up is told of the tenant";
}

TEST(RescheduleSession, needs_the_keys_for_new_links) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.keys.is_away = true;
    RescheduleSession use_case{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(use_case(
                  clinic.doctor(), {.session = session.id, .scheduled_start = nine_o_clock + hours{1}}, {}))),
              ErrorCode::key_service_unavailable);
    EXPECT_EQ(clinic.session(session.id), session);
}

TEST(RescheduleSession, changes_nothing_or_everything_whichever_step_of_the_store_fails) {
    for_each_failing_step(
        [](Clinic& clinic) { return std::pair{clinic.a_visit(), clinic.doctor()}; },
        [](Clinic& clinic, auto& ready) {
            RescheduleSession use_case{clinic.services};
            const auto moved = clinic.run(use_case(
                ready.second, {.session = ready.first.id, .scheduled_start = nine_o_clock + hours{1}}, {}));
            clinic.database.heal();
            EXPECT_EQ(clinic.session(ready.first.id).scheduled_start,
                      nine_o_clock + (moved ? hours{1} : hours{0}));
            return moved;
        });
}

TEST(FallBack, changes_the_mode_of_a_running_visit) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    FallBack use_case{clinic.services};
    const auto changed = clinic.run(
        use_case(clinic.doctor(),
                 {.session = running.session.id, .mode = Mode::phone, .reason = "low_bandwidth"}, {}));
    ASSERT_TRUE(changed.has_value());
    EXPECT_EQ(changed->mode, Mode::phone);
}

TEST(FallBack, counts_each_change_with_a_reason_of_the_list_and_no_repeat_of_it) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    FallBack use_case{clinic.services};
    const auto change_to = [&](Mode mode, const char* reason) {
        FallBack::Command command{.session = running.session.id, .mode = mode, .reason = reason};
        return clinic.run(use_case(clinic.doctor(), std::move(command), {})).has_value();
    };

    ASSERT_TRUE(change_to(Mode::audio_only, "weak_connection"));
    ASSERT_TRUE(change_to(Mode::audio_only, "weak_connection"));
    ASSERT_TRUE(change_to(Mode::phone, "her cough is worse"));

    EXPECT_THAT(clinic.telemetry.counted(application::Metric::fallbacks),
                ElementsAre("to=audio_only reason=weak_connection", "to=phone reason=other"));
}

TEST(SessionDesk, counts_changes_of_status_with_where_from_and_no_other_change) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    FallBack fall_back{clinic.services};
    ASSERT_TRUE(clinic.run(
        fall_back(clinic.doctor(), {.session = running.session.id, .mode = Mode::phone, .reason = ""}, {})));
    EndSession end{clinic.services};
    const auto version = clinic.session(running.session.id).version;
    ASSERT_TRUE(clinic.run(end(clinic.doctor(), {running.session.id, version}, {})));

    EXPECT_THAT(clinic.telemetry.counted(application::Metric::session_transitions),
                ElementsAre("from=none to=scheduled", "from=scheduled to=waiting", "from=waiting to=active",
                            "from=active to=ended"));
}

TEST(Idempotency, finds_the_answer_that_was_kept_with_the_effect) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    EndSession use_case{clinic.services};
    ASSERT_TRUE(clinic.run(
        use_case(clinic.doctor(), {running.session.id, running.session.version}, kept_under("k1"))));
    application::Idempotency idempotency{clinic.services};
    const auto scope = clinic.doctor().scope;

    const auto found = clinic.run(idempotency.find(scope, {"doctor", "k1", "print"}));
    ASSERT_TRUE(found.has_value());
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ((*found)->body, running.session.id.text());
    EXPECT_FALSE(clinic.run(idempotency.find(scope, {"doctor", "k2", "print"})).value().has_value());
    EXPECT_FALSE(clinic.run(idempotency.find(scope, {"colleague", "k1", "print"})).value().has_value());
    EXPECT_EQ(refusal_of(clinic.run(idempotency.find(scope, {"doctor", "k1", "another print"}))),
              ErrorCode::idempotency_key_reused);
}

TEST(Idempotency, keeps_nothing_of_a_refusal) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    EndSession use_case{clinic.services};
    EXPECT_FALSE(clinic.run(use_case(clinic.doctor(), {session.id, session.version}, kept_under("k1"))));
    application::Idempotency idempotency{clinic.services};
    EXPECT_FALSE(
        clinic.run(idempotency.find(clinic.doctor().scope, {"doctor", "k1", "print"})).value().has_value());
}

TEST(Idempotency, does_not_do_twice_what_two_requests_with_one_key_ask_at_once) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    RescheduleSession use_case{clinic.services};
    const RescheduleSession::Command order{.session = session.id, .scheduled_start = nine_o_clock + hours{1}};
    clinic.units.before_next = [&] {
        EXPECT_TRUE(clinic.run(use_case(clinic.doctor(), order, kept_under("k1"))).has_value());
    };
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), order, kept_under("k1")))),
              ErrorCode::store_unavailable);
    EXPECT_EQ(clinic.session(session.id).version, 2U);
}

TEST(Precheck, says_what_comes_before_a_wrong_body) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    Precheck precheck{clinic.services};
    const Precheck::Question question{.scope = Scope::session_create,
                                      .starts_something_new = true,
                                      .session = session.id,
                                      .participant = Clinic::seat(session, Role::patient)};
    EXPECT_TRUE(clinic.run(precheck(clinic.doctor(), question)).has_value());
    EXPECT_TRUE(clinic.run(precheck(clinic.doctor(), {})).has_value());
    auto of_nobody = question;
    of_nobody.participant = nobody();
    EXPECT_EQ(refusal_of(clinic.run(precheck(clinic.doctor(), of_nobody))), ErrorCode::participant_not_found);
    auto of_nothing = question;
    of_nothing.session = a_session().data().id;
    EXPECT_EQ(refusal_of(clinic.run(precheck(clinic.doctor(), of_nothing))), ErrorCode::session_not_found);
    EXPECT_EQ(refusal_of(clinic.run(precheck(clinic.staff({StaffRole::auditor}, "auditor"), question))),
              ErrorCode::access_denied);
    clinic.licences.licensed = false;
    EXPECT_EQ(refusal_of(clinic.run(precheck(clinic.doctor(), question))), ErrorCode::module_not_licensed);
}

TEST(Precheck, asks_for_the_licence_of_the_sessions_facility) {
    Clinic clinic;
    auto order = Clinic::an_order();
    order.node = an_opaque_id<NodeId>("ward-1");
    application::CreateSession create{clinic.services};
    const SessionData session = clinic.run(create(clinic.doctor(), order, {})).value();
    Precheck precheck{clinic.services};
    Precheck::Question question{
        .scope = Scope::session_create, .starts_something_new = true, .session = session.id};

    clinic.licences.facilities[*order.node] = false;
    EXPECT_EQ(refusal_of(clinic.run(precheck(clinic.doctor(), question))), ErrorCode::module_not_licensed);
    question.session.reset();
    EXPECT_TRUE(clinic.run(precheck(clinic.doctor(), question)).has_value());
}

}  // namespace
}  // namespace vcare::testing
