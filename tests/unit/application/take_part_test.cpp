// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/answer_consent.hpp"
#include "application/consent_choice.hpp"
#include "application/end_session.hpp"
#include "application/enter_video.hpp"
#include "application/give_feedback.hpp"
#include "application/give_whereabouts.hpp"
#include "application/idempotency.hpp"
#include "application/keep_device_check.hpp"
#include "application/leave_visit.hpp"
#include "application/read_sessions.hpp"
#include "application/report_connection.hpp"
#include "application/send_signal.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::AnswerConsent;
using application::ConsentAsked;
using application::ConsentChoice;
using application::EnterVideo;
using application::ReportConnection;
using application::SendSignal;
using Decision = application::ConsentChoice::Decision;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ConsentChoice telehealth(Decision decision) {
    return {.type = ConsentType::telehealth, .decision = decision, .text_version = "1"};
}

/// The patient waits, and the clinic asks for consent at the join.
struct Waiting {
    SessionData session;
    std::string patient;
};
Waiting a_patient_without_consent(Clinic& clinic) {
    clinic.configure([](auto& config) { config.telehealth_consent_at = TelehealthConsentAt::join; });
    clinic.consents.granted.clear();
    const SessionData session = clinic.a_visit();
    return {session, clinic.comes_in(session, Role::patient)};
}

TEST(AnswerConsent, given_clears_what_was_pending_and_is_recorded_with_its_owner) {
    Clinic clinic;
    const auto waiting = a_patient_without_consent(clinic);
    AnswerConsent use_case{clinic.services};

    const auto answered = clinic.run(use_case(clinic.visit(waiting.patient), telehealth(Decision::granted)));

    ASSERT_TRUE(answered.has_value());
    EXPECT_EQ(answered->at(0).status, ConsentAsked::granted);
    EXPECT_THAT(clinic.consents.records, SizeIs(1));
    EXPECT_FALSE(clinic.session(waiting.session.id).consent_pending);
    EXPECT_EQ(clinic.units.written.back().outbox.at(0).event.type, EventType::consent_recorded);
}

TEST(AnswerConsent, that_its_owner_does_not_take_is_not_given) {
    Clinic clinic;
    const auto waiting = a_patient_without_consent(clinic);
    clinic.consents.refuses_records = true;
    AnswerConsent use_case{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.visit(waiting.patient), telehealth(Decision::granted)))),
              ErrorCode::consent_service_unavailable);
    EXPECT_TRUE(clinic.session(waiting.session.id).consent_pending);
}

TEST(AnswerConsent, refused_is_kept_and_leaves_a_way_back) {
    Clinic clinic;
    const auto waiting = a_patient_without_consent(clinic);
    AnswerConsent use_case{clinic.services};
    const auto refused = clinic.run(use_case(clinic.visit(waiting.patient), telehealth(Decision::refused)));
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->at(0).status, ConsentAsked::refused);
    EXPECT_THAT(clinic.consents.records, IsEmpty());
    const auto granted = clinic.run(use_case(clinic.visit(waiting.patient), telehealth(Decision::granted)));
    EXPECT_EQ(granted->at(0).status, ConsentAsked::granted);
}

TEST(AnswerConsent, withdrawn_ends_the_visit_at_once_also_while_the_owner_is_away) {
    for (const bool owner_is_away : {false, true}) {
        Clinic clinic;
        const auto running = clinic.a_running_visit();
        const auto patient = clinic.visit(running.patient);
        clinic.consents.refuses_records = owner_is_away;
        AnswerConsent use_case{clinic.services};

        const auto answered = clinic.run(use_case(patient, telehealth(Decision::withdrawn)));

        ASSERT_TRUE(answered.has_value());
        const SessionData after = clinic.session(running.session.id);
        EXPECT_EQ(after.status, SessionStatus::ended);
        EXPECT_EQ(after.end_reason, "consent_withdrawn");
        EXPECT_EQ(answered->at(0).status, ConsentAsked::withdrawn);
        application::ViewVisit view{clinic.services};
        const auto seen = clinic.run(view(patient));
        ASSERT_TRUE(seen.has_value());
        EXPECT_EQ(seen->consents.at(0).status, ConsentAsked::withdrawn)
            << "for as long as it can be looked at";
        const auto standing = clinic.run(
            clinic.consent_store->standing(clinic.doctor().scope, the_patient_id(), ConsentType::telehealth));
        EXPECT_EQ(standing->is_withdrawn_here, owner_is_away)
            << "it overrides every grant until the owner took it";
        EXPECT_THAT(clinic.run(clinic.queues->list_encounter_debts()).value(), SizeIs(1));
    }
}

TEST(AnswerConsent, withdrawn_cancels_a_visit_that_waits_and_says_so) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const auto patient = clinic.visit(clinic.comes_in(session, Role::patient));
    AnswerConsent use_case{clinic.services};

    const auto answered = clinic.run(use_case(patient, telehealth(Decision::withdrawn)));

    ASSERT_TRUE(answered.has_value());
    EXPECT_EQ(answered->at(0).status, ConsentAsked::withdrawn);
    EXPECT_EQ(clinic.session(session.id).cancel_reason, "consent_withdrawn");
}

TEST(AnswerConsent, is_not_taken_where_the_clinic_has_no_text_of_its_own_and_needs_one) {
    Clinic clinic;
    const auto waiting = a_patient_without_consent(clinic);
    clinic.services.policy.may_ask_with_built_in_texts = false;
    AnswerConsent use_case{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.visit(waiting.patient), telehealth(Decision::granted)))),
              ErrorCode::consent_required);
    EXPECT_THAT(clinic.consents.records, IsEmpty());
    EXPECT_TRUE(clinic.run(use_case(clinic.visit(waiting.patient), telehealth(Decision::withdrawn))))
        << "a withdrawal needs no text";
}

TEST(AnswerConsent, is_for_the_patient_only) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    AnswerConsent use_case{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.visit(running.doctor), telehealth(Decision::withdrawn)))),
              ErrorCode::access_denied);
}

TEST(AnswerConsent, fails_whole_whichever_step_of_the_store_fails) {
    for (const Decision decision : {Decision::granted, Decision::refused, Decision::withdrawn}) {
        for_each_failing_step(
            [](Clinic& clinic) { return clinic.visit(a_patient_without_consent(clinic).patient); },
            [decision](Clinic& clinic, application::VisitContext& patient) {
                AnswerConsent use_case{clinic.services};
                return clinic.run(use_case(patient, telehealth(decision)));
            });
    }
}

TEST(ReportConnection, advises_from_the_reports_of_this_person) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    application::ConnectionSamples samples;
    ReportConnection use_case{clinic.services, samples};
    const auto patient = clinic.visit(running.patient);
    const auto report = [&](double kbps) {
        clinic.clock.time += seconds{5};
        return clinic.run(use_case(patient, {.kbps = kbps, .media = Mode::video})).value();
    };
    EXPECT_EQ(report(900), FallbackAdvice::stay);
    EXPECT_EQ(report(100), FallbackAdvice::stay);
    EXPECT_EQ(report(100), FallbackAdvice::stay);
    EXPECT_EQ(report(100), FallbackAdvice::audio_only);
    const auto after = clinic.session(running.session.id);
    EXPECT_EQ(after.participants[1].connection, ConnectionQuality::poor);
    EXPECT_EQ(after.version, running.session.version) << "connections leave the version alone";
    EXPECT_THAT(clinic.telemetry.counted(application::Metric::fallbacks), IsEmpty())
        << "advice changes nothing yet";
}

TEST(ReportConnection, counts_one_persons_other_way_of_talking_once_and_no_report_after_it) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    application::ConnectionSamples samples;
    ReportConnection use_case{clinic.services, samples};
    const auto patient = clinic.visit(running.patient);
    for (const Mode mode : {Mode::video, Mode::audio_only, Mode::audio_only, Mode::audio_only}) {
        clinic.clock.time += seconds{5};
        ASSERT_TRUE(clinic.run(use_case(patient, {.kbps = 100, .media = mode})).has_value());
    }
    EXPECT_THAT(clinic.telemetry.counted(application::Metric::fallbacks),
                ElementsAre("to=audio_only reason=own_connection"));
}

TEST(ReportConnection, fails_when_the_store_does) {
    for_each_failing_step([](Clinic& clinic) { return clinic.visit(clinic.a_running_visit().patient); },
                          [](Clinic& clinic, application::VisitContext& patient) {
                              application::ConnectionSamples samples;
                              ReportConnection use_case{clinic.services, samples};
                              return clinic.run(use_case(patient, {.kbps = 100, .media = Mode::video}));
                          });
}

TEST(EnterVideo, makes_an_admitted_person_active_and_names_the_peers) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    EnterVideo use_case{clinic.services};

    const auto access = clinic.run(use_case(clinic.visit(running.patient)));

    ASSERT_TRUE(access.has_value());
    EXPECT_EQ(access->backend, "embedded");
    EXPECT_THAT(access->ice_servers, SizeIs(1));
    EXPECT_THAT(access->peers, SizeIs(2));
    EXPECT_EQ(clinic.session(running.session.id).participants[1].status, ParticipantStatus::active);
    EXPECT_TRUE(clinic.run(use_case(clinic.visit(running.patient))).has_value()) << "again, after a reload";
}

TEST(EnterVideo, is_closed_before_admission_and_after_the_end) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const auto patient = clinic.visit(clinic.comes_in(session, Role::patient));
    EnterVideo use_case{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(use_case(patient))), ErrorCode::access_denied);
    clinic.doctor_comes_in(session);
    clinic.admit(session, Role::patient);
    clinic.video.refuses_credentials = true;
    EXPECT_EQ(refusal_of(clinic.run(use_case(patient))), ErrorCode::video_provider_unavailable);
    clinic.video.refuses_credentials = false;
    application::EndSession end{clinic.services};
    ASSERT_TRUE(clinic.run(end(clinic.doctor(), {session.id, clinic.session(session.id).version}, {})));
    EXPECT_EQ(refusal_of(clinic.run(use_case(patient))), ErrorCode::access_denied);
}

TEST(EnterVideo, fails_when_the_store_does) {
    for_each_failing_step([](Clinic& clinic) { return clinic.visit(clinic.a_running_visit().patient); },
                          [](Clinic& clinic, application::VisitContext& patient) {
                              EnterVideo use_case{clinic.services};
                              return clinic.run(use_case(patient));
                          });
}

TEST(SendSignal, reaches_one_admitted_peer) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    SendSignal use_case{clinic.services};
    const ParticipantId doctor = Clinic::seat(running.session, Role::provider);
    ASSERT_TRUE(clinic.run(use_case(clinic.visit(running.patient), {doctor, "offer", "{}"})).has_value());
    ASSERT_THAT(clinic.live.signals, SizeIs(1));
    EXPECT_EQ(clinic.live.signals[0].to, doctor);
    EXPECT_EQ(clinic.live.signals[0].from, Clinic::seat(running.session, Role::patient));
    EXPECT_EQ(clinic.session(running.session.id).participants[1].status, ParticipantStatus::active);
}

/// Keeps under one key, as the adapter of HTTP does.
template <class Answer>
application::KeepAnswer<Answer> keep_under(const application::IdempotencyKey& key) {
    return {.key = key, .render = [](const Answer&) { return application::KeptAnswer{.status = 202}; }};
}

TEST(SendSignal, keeps_its_answer_under_a_key_before_it_sends_and_sends_nothing_twice) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    SendSignal use_case{clinic.services};
    const auto patient = clinic.visit(running.patient);
    const SendSignal::Command signal{Clinic::seat(running.session, Role::provider), "offer", "{}"};
    const application::IdempotencyKey key{patient.participant.text(), "key-1", "signal"};

    ASSERT_TRUE(clinic.run(use_case(patient, signal, keep_under<application::Done>(key))).has_value());
    application::Idempotency idempotency{clinic.services};
    EXPECT_TRUE(clinic.run(idempotency.find(clinic.doctor().scope, key)).value().has_value());
    EXPECT_FALSE(clinic.run(use_case(patient, signal, keep_under<application::Done>(key))).has_value());

    EXPECT_THAT(clinic.live.signals, SizeIs(1));
}

TEST(SendSignal, writes_nothing_without_a_key) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    SendSignal use_case{clinic.services};
    const auto patient = clinic.visit(running.patient);
    const SendSignal::Command signal{Clinic::seat(running.session, Role::provider), "offer", "{}"};
    ASSERT_TRUE(clinic.run(use_case(patient, signal)).has_value());
    const std::size_t written = clinic.units.written.size();

    ASSERT_TRUE(clinic.run(use_case(patient, signal)).has_value());

    EXPECT_EQ(clinic.units.written.size(), written);
}

TEST(ReportConnection, keeps_its_advice_under_a_key_also_when_nothing_changed) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    application::ConnectionSamples samples;
    ReportConnection use_case{clinic.services, samples};
    const auto patient = clinic.visit(running.patient);
    application::Idempotency idempotency{clinic.services};
    for (const char* name : {"changes it", "changes nothing"}) {
        const application::IdempotencyKey key{patient.participant.text(), name, "report"};
        ASSERT_TRUE(clinic.run(
            use_case(patient, {.kbps = 900, .media = Mode::video}, keep_under<FallbackAdvice>(key))));
        EXPECT_TRUE(clinic.run(idempotency.find(clinic.doctor().scope, key)).value().has_value()) << name;
    }
}

TEST(SendSignal, knows_no_stranger_nor_oneself_nor_somebody_who_waits) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    const std::string doctor = clinic.doctor_comes_in(session);
    const std::string patient = clinic.comes_in(session, Role::patient);
    SendSignal use_case{clinic.services};
    for (const ParticipantId& to :
         {nobody(), Clinic::seat(session, Role::provider), Clinic::seat(session, Role::patient)})
        EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.visit(doctor), {to, "offer", "{}"}))),
                  ErrorCode::participant_not_found);
    EXPECT_EQ(refusal_of(clinic.run(
                  use_case(clinic.visit(patient), {Clinic::seat(session, Role::provider), "offer", "{}"}))),
              ErrorCode::access_denied);
    EXPECT_THAT(clinic.live.signals, IsEmpty());
}

TEST(SendSignal, fails_when_the_store_does) {
    for_each_failing_step(
        [](Clinic& clinic) {
            const auto running = clinic.a_running_visit();
            return std::pair{clinic.visit(running.patient), Clinic::seat(running.session, Role::provider)};
        },
        [](Clinic& clinic, auto& ready) {
            SendSignal use_case{clinic.services};
            return clinic.run(use_case(ready.first, {ready.second, "offer", "{}"}));
        });
}

TEST(GiveWhereabouts, is_sealed_for_the_providers_of_the_session) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    application::GiveWhereabouts use_case{clinic.services};
    ASSERT_TRUE(
        clinic.run(use_case(clinic.visit(running.patient), {phi("ADDRESS"), phi("NUMBER")})).has_value());
    EXPECT_THAT(clinic.units.written.back().whereabouts.at(0).sealed,
                ::testing::Not(::testing::HasSubstr("PHI-")));

    application::ReadAuditTrail trail{clinic.services};
    application::ReadSessions read{clinic.services, trail};
    const auto seen = clinic.run(read.one(clinic.doctor(), running.session.id));
    ASSERT_TRUE(seen->whereabouts.has_value());
    EXPECT_EQ(seen->whereabouts->address, phi("ADDRESS"));
    EXPECT_EQ(seen->whereabouts->callback_number, phi("NUMBER"));
    const auto by_the_chief =
        clinic.run(read.one(clinic.staff({StaffRole::admin}, "chief"), running.session.id));
    EXPECT_FALSE(by_the_chief->whereabouts.has_value());
    clinic.clock.time += hours{25};
    EXPECT_FALSE(clinic.run(read.one(clinic.doctor(), running.session.id))->whereabouts.has_value());
}

TEST(GiveWhereabouts, is_for_the_patient_and_needs_the_keys) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    application::GiveWhereabouts use_case{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.visit(running.doctor), {phi("A"), phi("N")}))),
              ErrorCode::access_denied);
    clinic.keys.is_away = true;
    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.visit(running.patient), {phi("A"), phi("N")}))),
              ErrorCode::key_service_unavailable);
}

TEST(GiveWhereabouts, fails_when_the_store_does) {
    for_each_failing_step([](Clinic& clinic) { return clinic.visit(clinic.a_running_visit().patient); },
                          [](Clinic& clinic, application::VisitContext& patient) {
                              application::GiveWhereabouts use_case{clinic.services};
                              return clinic.run(use_case(patient, {phi("A"), phi("N")}));
                          });
}

TEST(LeaveVisit, voids_the_credential_until_a_new_link) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    application::LeaveVisit use_case{clinic.services};
    ASSERT_TRUE(clinic.run(use_case(clinic.visit(running.patient))).has_value());
    application::VisitAuthentication authenticate{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(authenticate.live(running.patient, {}))), ErrorCode::unauthorized);
    EXPECT_EQ(clinic.session(running.session.id).participants[1].status, ParticipantStatus::disconnected);
    clinic.comes_in(running.session, Role::patient);
    EXPECT_EQ(clinic.session(running.session.id).participants[1].status, ParticipantStatus::waiting);
}

TEST(LeaveVisit, fails_when_the_store_does) {
    for_each_failing_step([](Clinic& clinic) { return clinic.visit(clinic.a_running_visit().patient); },
                          [](Clinic& clinic, application::VisitContext& patient) {
                              application::LeaveVisit use_case{clinic.services};
                              return clinic.run(use_case(patient));
                          });
}

TEST(KeepDeviceCheck, is_shown_in_the_preparation_of_the_visit_and_audited) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    application::KeepDeviceCheck use_case{clinic.services};
    const application::VisitContext patient{.session = session.id,
                                            .participant = Clinic::seat(session, Role::patient),
                                            .scope = clinic.doctor().scope,
                                            .request = {}};
    ASSERT_TRUE(clinic.run(use_case(patient, {.participant = nobody(),
                                              .camera = "ok",
                                              .microphone = "failed",
                                              .speaker = "skipped",
                                              .kbps = 800})));
    EXPECT_EQ(clinic.units.written.back().audit.at(0).action, "device_check.keep");
    application::ReadAuditTrail trail{clinic.services};
    application::ReadSessions read{clinic.services, trail};
    const auto preparation = clinic.run(read.preparation(clinic.doctor(), session.id));
    ASSERT_TRUE(preparation.has_value());
    ASSERT_TRUE(preparation->people.at(1).device_check.has_value());
    EXPECT_EQ(preparation->people[1].device_check->microphone, "failed");
    EXPECT_TRUE(preparation->people[1].is_reachable);
    EXPECT_TRUE(preparation->interpreter_invited);
    EXPECT_FALSE(preparation->interpreter_confirmed);
    EXPECT_TRUE(preparation->backend.healthy);
    clinic.database.fail_after(0);
    EXPECT_EQ(refusal_of(clinic.run(use_case(patient, {.participant = nobody()}))),
              ErrorCode::store_unavailable);
}

TEST(GiveFeedback, is_kept_and_audited) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    application::GiveFeedback use_case{clinic.services};
    ASSERT_TRUE(clinic.run(use_case(clinic.visit(running.patient), {.rating = 5, .comment = phi("COMMENT")}))
                    .has_value());
    EXPECT_EQ(clinic.units.written.back().feedback.at(0).rating, 5U);
    EXPECT_EQ(clinic.units.written.back().audit.at(0).action, "feedback.give");
    const auto patient = clinic.visit(running.patient);
    clinic.database.fail_after(0);
    EXPECT_EQ(refusal_of(clinic.run(use_case(patient, {.rating = 5}))), ErrorCode::store_unavailable);
}

TEST(VisitAuthentication, refuses_everything_that_is_no_live_credential) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    application::VisitAuthentication authenticate{clinic.services};
    std::string forged = running.patient;
    forged.back() = forged.back() == 'A' ? 'B' : 'A';
    for (const std::string& wrong :
         {forged, std::string{}, std::string{"a.b"}, std::string{"..."}, running.patient + ".",
          "clinic-2" + running.patient.substr(8), std::string(500, 'x')})
        EXPECT_EQ(refusal_of(clinic.run(authenticate.live(wrong, {}))), ErrorCode::unauthorized) << wrong;
}

TEST(VisitAuthentication, forgets_a_void_credential_after_an_hour) {
    Clinic clinic;
    const auto running = clinic.a_running_visit();
    application::LeaveVisit leave{clinic.services};
    ASSERT_TRUE(clinic.run(leave(clinic.visit(running.patient))).has_value());
    application::VisitAuthentication authenticate{clinic.services};
    const auto lately = clinic.run(authenticate.live_or_lately_void(running.patient, {}));
    ASSERT_TRUE(lately.has_value());
    EXPECT_TRUE(lately->voided_at.has_value());
    clinic.clock.time += hours{1} + seconds{1};
    EXPECT_EQ(refusal_of(clinic.run(authenticate.live_or_lately_void(running.patient, {}))),
              ErrorCode::unauthorized);
}

TEST(VisitAuthentication, finds_the_own_seat_of_a_staff_member_and_no_other) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    application::VisitAuthentication authenticate{clinic.services};
    EXPECT_TRUE(clinic.run(authenticate.own_seat(clinic.doctor(), Clinic::seat(session, Role::provider)))
                    .has_value());
    EXPECT_EQ(
        refusal_of(clinic.run(authenticate.own_seat(clinic.doctor(), Clinic::seat(session, Role::patient)))),
        ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(authenticate.own_seat(clinic.doctor(), nobody()))),
              ErrorCode::participant_not_found);
}

TEST(VisitAuthentication, fails_when_the_store_does) {
    for_each_failing_step([](Clinic& clinic) { return clinic.a_running_visit().patient; },
                          [](Clinic& clinic, std::string& credential) {
                              application::VisitAuthentication authenticate{clinic.services};
                              return clinic.run(authenticate.live(credential, {}));
                          });
}

}  // namespace
}  // namespace vcare::testing
