// SPDX-License-Identifier: Apache-2.0
#include "application/admit_participant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::AdmitParticipant;

Result<SessionData> admit(Clinic& clinic, const SessionData& session, Role role, bool with_linked = false,
                          std::optional<application::StaffContext> who = {}) {
    AdmitParticipant use_case{clinic.services};
    const auto version = clinic.session(session.id).version;
    return clinic.run(use_case(who ? *who : clinic.doctor(),
                               {.session = session.id,
                                .participant = Clinic::seat(session, role),
                                .version = version,
                                .with_linked = with_linked},
                               {}));
}

/// Both are there, the patient waits.
SessionData a_waiting_visit(Clinic& clinic) {
    SessionData session = clinic.a_visit();
    clinic.doctor_comes_in(session);
    clinic.comes_in(session, Role::patient);
    return clinic.session(session.id);
}

TEST(AdmitParticipant, starts_the_visit_and_asks_for_consent_once_more) {
    Clinic clinic;
    const SessionData session = a_waiting_visit(clinic);
    const unsigned asked_before = clinic.consents.asked;

    const auto admitted = admit(clinic, session, Role::patient);

    ASSERT_TRUE(admitted.has_value());
    EXPECT_EQ(admitted->status, SessionStatus::active);
    EXPECT_EQ(clinic.consents.asked, asked_before + 1);
    EXPECT_EQ(clinic.units.written.back().audit.at(0).action, "participant.admit");
}

TEST(AdmitParticipant, asks_the_store_for_the_visit_then_for_who_is_there_and_consents_and_writes_once) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.doctor_comes_in(session);
    clinic.comes_in(session, Role::patient);
    const auto version = clinic.session(session.id).version;
    application::AdmitParticipant admit{clinic.services};
    const auto doctor = clinic.doctor();
    const unsigned before = clinic.database.asked();

    ASSERT_TRUE(clinic.run(admit(
        doctor,
        {.session = session.id, .participant = Clinic::seat(session, Role::patient), .version = version},
        {})));

    EXPECT_EQ(clinic.database.asked() - before, 3U);
}

TEST(AdmitParticipant, takes_linked_people_along_when_asked) {
    Clinic clinic;
    const SessionData session = a_waiting_visit(clinic);
    clinic.comes_in(session, Role::interpreter);
    const auto admitted = admit(clinic, session, Role::patient, true);
    ASSERT_TRUE(admitted.has_value());
    EXPECT_EQ(admitted->participants[2].status, ParticipantStatus::admitted);
}

TEST(AdmitParticipant, asks_nobody_for_consent_to_let_an_interpreter_in) {
    Clinic clinic;
    const SessionData session = a_waiting_visit(clinic);
    clinic.comes_in(session, Role::interpreter);
    const unsigned asked_before = clinic.consents.asked;
    EXPECT_TRUE(admit(clinic, session, Role::interpreter).has_value());
    EXPECT_EQ(clinic.consents.asked, asked_before);
}

TEST(AdmitParticipant, refuses_when_the_consent_is_gone_or_its_owner_is_away) {
    Clinic clinic;
    const SessionData session = a_waiting_visit(clinic);
    clinic.consents.granted.clear();
    EXPECT_EQ(refusal_of(admit(clinic, session, Role::patient)), ErrorCode::consent_required);
    clinic.consents.is_away = true;
    EXPECT_EQ(refusal_of(admit(clinic, session, Role::patient)), ErrorCode::consent_service_unavailable);
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::waiting);
}

TEST(AdmitParticipant, refuses_while_no_provider_is_present) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    clinic.comes_in(session, Role::patient);
    const auto chief = clinic.staff({StaffRole::admin}, "chief");
    EXPECT_EQ(refusal_of(admit(clinic, session, Role::patient, false, chief)),
              ErrorCode::provider_not_present);

    clinic.doctor_comes_in(session);
    EXPECT_EQ(refusal_of(admit(clinic, session, Role::patient, false, chief)),
              ErrorCode::provider_not_present)
        << "the provider came in, and has no stream and made no call since";
    const auto scope = clinic.doctor().scope;
    ASSERT_TRUE(
        clinic.run(clinic.presence->stream_opened(scope, session.id, Clinic::seat(session, Role::provider),
                                                  "stream-1", "replica-1", clinic.clock.now())));
    ASSERT_TRUE(clinic.run(clinic.presence->heartbeat("replica-1", clinic.clock.now())));
    EXPECT_TRUE(admit(clinic, session, Role::patient, false, chief).has_value());
}

TEST(AdmitParticipant, says_that_nobody_waits_there_before_it_says_that_no_provider_is_present) {
    Clinic clinic;
    const SessionData session = clinic.a_visit();
    EXPECT_EQ(refusal_of(admit(clinic, session, Role::patient)), ErrorCode::invalid_status_transition);
    clinic.comes_in(session, Role::interpreter);
    EXPECT_EQ(refusal_of(admit(clinic, session, Role::patient)), ErrorCode::participant_not_in_waiting_room);
}

TEST(AdmitParticipant, refuses_a_stranger_a_stale_version_and_somebody_without_the_scope) {
    Clinic clinic;
    const SessionData session = a_waiting_visit(clinic);
    AdmitParticipant use_case{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(use_case(
                  clinic.doctor(),
                  {.session = session.id, .participant = nobody(), .version = session.version}, {}))),
              ErrorCode::participant_not_found);
    EXPECT_EQ(refusal_of(clinic.run(use_case(
                  clinic.doctor(), {.session = session.id, .participant = nobody(), .version = 1}, {}))),
              ErrorCode::participant_not_found)
        << "whoever is not there comes before a stale version";
    EXPECT_EQ(
        refusal_of(clinic.run(use_case(
            clinic.doctor(),
            {.session = session.id, .participant = Clinic::seat(session, Role::patient), .version = 1}, {}))),
        ErrorCode::optimistic_lock_conflict);
    EXPECT_EQ(refusal_of(
                  admit(clinic, session, Role::patient, false, clinic.staff({StaffRole::scheduler}, "desk"))),
              ErrorCode::access_denied);
}

TEST(AdmitParticipant, does_not_start_a_visit_whose_consent_is_withdrawn_at_the_same_moment) {
    Clinic clinic;
    const SessionData session = a_waiting_visit(clinic);
    clinic.units.before_next = [&] {
        Session other = Session::restore(clinic.session(session.id));
        ASSERT_TRUE(other.withdraw_consent(at(clinic.clock.now(), "patient-1")));
        application::UnitBuilder unit{clinic.services, {}, at(clinic.clock.now(), "patient-1")};
        unit.add(other, TenantConfig{});
        ASSERT_TRUE(clinic.run(clinic.units.commit(clinic.doctor().scope, unit.take())));
    };

    EXPECT_EQ(refusal_of(admit(clinic, session, Role::patient)), ErrorCode::optimistic_lock_conflict);
    EXPECT_EQ(clinic.session(session.id).status, SessionStatus::cancelled);
}

TEST(AdmitParticipant, changes_nothing_or_everything_whichever_step_of_the_store_fails) {
    for_each_failing_step([](Clinic& clinic) { return std::pair{a_waiting_visit(clinic), clinic.doctor()}; },
                          [](Clinic& clinic, auto& ready) {
                              AdmitParticipant use_case{clinic.services};
                              const SessionData& session = ready.first;
                              const auto result =
                                  clinic.run(use_case(ready.second,
                                                      {.session = session.id,
                                                       .participant = Clinic::seat(session, Role::patient),
                                                       .version = session.version},
                                                      {}));
                              clinic.database.heal();
                              EXPECT_EQ(clinic.session(session.id).status,
                                        result ? SessionStatus::active : SessionStatus::waiting);
                              return result;
                          });
}

}  // namespace
}  // namespace vcare::testing
