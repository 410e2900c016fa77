// SPDX-License-Identifier: Apache-2.0
#include "domain/encounter.hpp"

#include <gtest/gtest.h>

#include "support/builders/session_builder.hpp"

namespace vcare::testing {
namespace {

constexpr Instant started = nine_o_clock + minutes{2};

TEST(Encounter, is_owed_only_by_a_visit_that_took_place) {
    EXPECT_FALSE(encounter_of(a_session().data(), TenantConfig{}).has_value());
    EXPECT_FALSE(encounter_of(a_session().waiting().data(), TenantConfig{}).has_value());
    EXPECT_FALSE(encounter_of(a_session().over(SessionStatus::cancelled).data(), TenantConfig{}).has_value());
    EXPECT_TRUE(encounter_of(a_session().active().data(), TenantConfig{}).has_value());
    EXPECT_TRUE(encounter_of(a_session().over(SessionStatus::ended).data(), TenantConfig{}).has_value());
    EXPECT_TRUE(encounter_of(a_session().over(SessionStatus::failed).data(), TenantConfig{}).has_value());
}

TEST(Encounter, of_a_visit_that_goes_on_is_not_finished_and_has_no_end) {
    const auto encounter = encounter_of(a_session().active().data(), TenantConfig{});
    EXPECT_FALSE(encounter->finished);
    EXPECT_FALSE(encounter->end.has_value());
    EXPECT_FALSE(encounter->length_minutes.has_value());
    EXPECT_EQ(encounter->start, started);
}

TEST(Encounter, carries_what_the_session_knows) {
    SessionData session = a_session().over(SessionStatus::ended).data();
    session.appointment = an_opaque_id<AppointmentId>("appointment-1");
    session.node = an_opaque_id<NodeId>("node-1");
    session.mode = Mode::audio_only;
    const auto encounter = encounter_of(session, TenantConfig{});
    EXPECT_TRUE(encounter->finished);
    EXPECT_EQ(encounter->session, session.id);
    EXPECT_EQ(encounter->patient, the_patient_id());
    EXPECT_EQ(encounter->appointment, session.appointment);
    EXPECT_EQ(encounter->organization, session.node);
    EXPECT_EQ(encounter->mode, Mode::audio_only);
}

TEST(Encounter, gives_the_reason_away_only_where_the_clinic_says_so) {
    const SessionData session = a_session().over(SessionStatus::ended).data();
    EXPECT_EQ(encounter_of(session, TenantConfig{})->reason, std::nullopt);
    EXPECT_EQ(encounter_of(session, TenantConfig{.encounter_reason_allowed = true})->reason, phi("REASON"));
}

TEST(Encounter, has_the_type_that_the_clinic_has_set) {
    const SessionData session = a_session().over(SessionStatus::ended).data();
    EXPECT_EQ(encounter_of(session, TenantConfig{})->type, std::nullopt);
    const EncounterType type{.system = "http://snomed.info/sct", .code = "448337001"};
    EXPECT_EQ(encounter_of(session, TenantConfig{.encounter_type = type})->type, type);
}

TEST(Encounter, rounds_its_length_up_to_minutes) {
    SessionData session = a_session().over(SessionStatus::ended).data();
    session.actual_end = started + minutes{18};
    EXPECT_EQ(encounter_of(session, TenantConfig{})->length_minutes, 18);
    session.actual_end = started + minutes{18} + milliseconds{1};
    EXPECT_EQ(encounter_of(session, TenantConfig{})->length_minutes, 19);
    session.actual_end = started;
    EXPECT_EQ(encounter_of(session, TenantConfig{})->length_minutes, 0);
}

TEST(Encounter, lists_those_who_took_part_beside_the_patient) {
    const auto encounter = encounter_of(a_session()
                                            .over(SessionStatus::ended)
                                            .interpreter(ParticipantStatus::active)
                                            .observer(ParticipantStatus::waiting)
                                            .data(),
                                        TenantConfig{});
    ASSERT_EQ(encounter->participants.size(), 2U) << "the observer was never let in";
    EXPECT_EQ(encounter->participants[0].role, Role::provider);
    EXPECT_EQ(encounter->participants[0].from, nine_o_clock - minutes{5}) << "a provider counts from joining";
    EXPECT_EQ(encounter->participants[1].role, Role::interpreter);
    EXPECT_EQ(encounter->participants[1].from, started);
    EXPECT_EQ(encounter->participants[1].to, nine_o_clock + minutes{20});
}

TEST(Encounter, ends_a_part_where_the_person_left_or_was_removed) {
    SessionData session =
        a_session().over(SessionStatus::ended).interpreter(ParticipantStatus::active).data();
    session.participants.back().left_at = nine_o_clock + minutes{10};
    EXPECT_EQ(encounter_of(session, TenantConfig{})->participants.back().to, nine_o_clock + minutes{10});
    session.participants.back().removed_at = nine_o_clock + minutes{8};
    EXPECT_EQ(encounter_of(session, TenantConfig{})->participants.back().to, nine_o_clock + minutes{8});
    session.participants.back().removed_at = nine_o_clock;
    EXPECT_EQ(encounter_of(session, TenantConfig{})->participants.back().to, started)
        << "no part is shorter than nothing";
}

}  // namespace
}  // namespace vcare::testing
