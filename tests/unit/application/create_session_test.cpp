// SPDX-License-Identifier: Apache-2.0
#include "application/create_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::CreateSession;
using application::IdempotencyKey;
using application::KeepAnswer;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Result<SessionData> create(Clinic& clinic, CreateSession::Command order,
                           std::optional<application::StaffContext> who = {}) {
    CreateSession use_case{clinic.services};
    auto context = who ? *who : clinic.doctor();
    return clinic.run(use_case(std::move(context), std::move(order), {}));
}

TEST(CreateSession, books_the_visit_with_its_room_its_people_its_events_and_its_audit_line) {
    Clinic clinic;
    const auto made = create(clinic, Clinic::an_order());

    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->status, SessionStatus::scheduled);
    EXPECT_EQ(made->scheduled_end, nine_o_clock + minutes{30}) << "the clinic's usual length";
    EXPECT_FALSE(made->consent_pending);
    EXPECT_EQ(clinic.session(made->id), *made);
    EXPECT_THAT(clinic.video.rooms, SizeIs(1));
    const auto& unit = clinic.units.written.back();
    EXPECT_THAT(unit.outbox, SizeIs(4)) << "created, and three invitations";
    ASSERT_THAT(unit.audit, SizeIs(1));
    EXPECT_EQ(unit.audit[0].action, "session.create");
    EXPECT_EQ(unit.audit[0].trace_id, "trace-1");
    const ParticipantId patient = Clinic::seat(*made, Role::patient);
    EXPECT_EQ(made->participants[2].linked_to, patient);
}

TEST(CreateSession, asks_the_store_once_and_writes_once) {
    Clinic clinic;
    const auto doctor = clinic.doctor();
    const unsigned before = clinic.database.asked();

    ASSERT_TRUE(create(clinic, Clinic::an_order(), doctor).has_value());

    EXPECT_EQ(clinic.database.asked() - before, 2U);
}

TEST(CreateSession, makes_the_caller_the_provider_when_nobody_is_named) {
    Clinic clinic;
    auto order = Clinic::an_order();
    order.participants.reset();

    const auto made = create(clinic, order);

    ASSERT_TRUE(made.has_value());
    ASSERT_THAT(made->participants, SizeIs(2));
    EXPECT_EQ(made->participants[0].user_id, a_user("doctor"));
    EXPECT_EQ(made->participants[1].role, Role::patient);
}

TEST(CreateSession, adds_the_patient_to_those_who_are_named) {
    Clinic clinic;
    auto order = Clinic::an_order();
    order.participants = {{{.role = Role::provider, .user = a_user("doctor")}}};
    const auto made = create(clinic, order);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->participants.back().role, Role::patient);
}

TEST(CreateSession, refuses_an_order_that_cannot_be_and_says_where) {
    struct Case {
        std::string pointer;
        std::function<void(CreateSession::Command&)> change;
        EnumSet<StaffRole> roles = {StaffRole::clinician};
    };
    const std::vector<Case> cases = {
        {"/participants", [](auto& o) { o.participants = std::vector<CreateSession::Person>{}; }},
        {"/participants", [](auto& o) { o.participants = {{{.role = Role::patient}}}; }},
        {"/participants", [](auto& o) { o.participants.reset(); }, {StaffRole::scheduler}},
        {"/scheduledEnd", [](auto& o) { o.scheduled_end = nine_o_clock; }},
        {"/scheduledEnd", [](auto& o) { o.scheduled_end = nine_o_clock + hours{24} + minutes{1}; }},
        {"/scheduledStart", [](auto& o) { o.scheduled_start = nine_o_clock - hours{3}; }},
    };
    for (const Case& row : cases) {
        Clinic clinic;
        auto order = Clinic::an_order();
        row.change(order);
        const auto made = create(clinic, order, clinic.staff(row.roles));
        ASSERT_EQ(refusal_of(made), ErrorCode::validation_error);
        EXPECT_EQ(made.error().fields.at(0).pointer, row.pointer);
        EXPECT_THAT(clinic.video.rooms, IsEmpty());
    }
}

TEST(CreateSession, allows_a_start_in_the_past_while_people_could_still_join) {
    Clinic clinic;
    auto order = Clinic::an_order();
    order.scheduled_start = nine_o_clock - minutes{60};
    EXPECT_TRUE(create(clinic, order).has_value());
}

TEST(CreateSession, asks_for_the_licence_of_the_facility) {
    Clinic clinic;
    const auto ward = an_opaque_id<NodeId>("ward-1");
    auto at_ward = Clinic::an_order();
    at_ward.node = ward;
    auto elsewhere = Clinic::an_order();
    elsewhere.node = an_opaque_id<NodeId>("ward-2");

    clinic.licences.facilities[ward] = false;
    EXPECT_EQ(refusal_of(create(clinic, at_ward)), ErrorCode::module_not_licensed);
    EXPECT_EQ(create(clinic, elsewhere).value().node, elsewhere.node);
    EXPECT_TRUE(create(clinic, Clinic::an_order()).has_value());

    clinic.licences.facilities[ward] = true;
    clinic.licences.licensed = false;
    EXPECT_EQ(create(clinic, at_ward).value().node, ward);
    EXPECT_EQ(refusal_of(create(clinic, elsewhere)), ErrorCode::module_not_licensed);
}

TEST(CreateSession, refuses_in_the_order_of_its_checks) {
    // Each line breaks one more thing; the first broken one is what is said.
    Clinic clinic;
    auto order = Clinic::an_order();
    order.participants->push_back({.role = Role::observer});
    order.participants->push_back({.role = Role::observer});
    order.recording_enabled = true;
    clinic.consents.granted.clear();
    clinic.video.healthy = false;
    auto nobody_of_note = clinic.staff({StaffRole::auditor}, "auditor");

    clinic.licences.licensed = false;
    EXPECT_EQ(refusal_of(create(clinic, order, nobody_of_note)), ErrorCode::module_not_licensed);
    clinic.licences.licensed = true;
    EXPECT_EQ(refusal_of(create(clinic, order, nobody_of_note)), ErrorCode::access_denied);
    order.participants->push_back({.role = Role::patient});
    EXPECT_EQ(refusal_of(create(clinic, order)), ErrorCode::duplicate_patient);
    order.participants->pop_back();
    EXPECT_EQ(refusal_of(create(clinic, order)), ErrorCode::max_participants_exceeded);
    order.participants->pop_back();
    EXPECT_EQ(refusal_of(create(clinic, order)), ErrorCode::recording_not_allowed);
    order.recording_enabled = false;
    EXPECT_EQ(clinic.consents.asked, 0U) << "nobody outside is asked about what is refused anyhow";
    EXPECT_EQ(refusal_of(create(clinic, order)), ErrorCode::consent_required);
    clinic.consents.granted.insert(the_patient_id().text());
    EXPECT_EQ(refusal_of(create(clinic, order)), ErrorCode::video_provider_unavailable);
    clinic.video.healthy = true;
    clinic.video.refuses_rooms = true;
    EXPECT_EQ(refusal_of(create(clinic, order)), ErrorCode::video_provider_unavailable);
    clinic.video.refuses_rooms = false;
    EXPECT_TRUE(create(clinic, order).has_value());
    EXPECT_THAT(clinic.video.rooms, SizeIs(1));
}

TEST(CreateSession, carries_no_more_people_than_the_backend) {
    Clinic clinic;
    clinic.video.carries = 2;
    EXPECT_EQ(refusal_of(create(clinic, Clinic::an_order())), ErrorCode::max_participants_exceeded);
}

TEST(CreateSession, closes_its_gate_when_the_consent_service_is_away_or_talks_nonsense) {
    for (const TelehealthConsentAt when : {TelehealthConsentAt::create, TelehealthConsentAt::join}) {
        Clinic clinic;
        clinic.configure([when](auto& config) { config.telehealth_consent_at = when; });
        clinic.consents.is_away = true;
        EXPECT_EQ(refusal_of(create(clinic, Clinic::an_order())), ErrorCode::consent_service_unavailable);
        clinic.consents.is_away = false;
        clinic.consents.answers_about_somebody_else = true;
        EXPECT_EQ(refusal_of(create(clinic, Clinic::an_order())), ErrorCode::consent_service_unavailable);
        EXPECT_THAT(clinic.video.rooms, IsEmpty());
    }
}

TEST(CreateSession, goes_through_without_consent_where_the_clinic_asks_at_the_join) {
    Clinic clinic;
    clinic.configure([](auto& config) { config.telehealth_consent_at = TelehealthConsentAt::join; });
    clinic.consents.granted.clear();
    const auto made = create(clinic, Clinic::an_order());
    ASSERT_TRUE(made.has_value());
    EXPECT_TRUE(made->consent_pending);
}

TEST(CreateSession, gives_the_room_back_when_nothing_could_be_written) {
    Clinic clinic;
    CreateSession use_case{clinic.services};
    KeepAnswer<SessionData> keep{
        .key = IdempotencyKey{"doctor", "key-1", "print-1"},
        .render = [](const SessionData& s) { return application::KeptAnswer{.body = s.id.text()}; }};
    ASSERT_TRUE(clinic.run(use_case(clinic.doctor(), Clinic::an_order(), keep)).has_value());
    ASSERT_THAT(clinic.video.rooms, SizeIs(1));

    EXPECT_EQ(refusal_of(clinic.run(use_case(clinic.doctor(), Clinic::an_order(), keep))),
              ErrorCode::store_unavailable)
        << "the key was answered: asked again, the kept answer is found";

    EXPECT_THAT(clinic.video.rooms, SizeIs(1));
}

TEST(CreateSession, keeps_the_room_of_a_session_whose_commit_was_not_answered) {
    Clinic clinic;
    clinic.units.loses_the_answer = true;

    const auto made = create(clinic, Clinic::an_order());

    ASSERT_TRUE(made.has_value());
    EXPECT_THAT(clinic.video.rooms, Contains(made->room_name));
    EXPECT_EQ(clinic.session(made->id), *made);
}

TEST(CreateSession, says_in_the_log_when_a_room_could_not_be_given_back) {
    Clinic clinic;
    const auto doctor = clinic.doctor();
    clinic.video.keeps_rooms = true;
    CreateSession use_case{clinic.services};
    for (unsigned step = 0;
         clinic.telemetry.words.empty() || clinic.telemetry.words.back() != "room.release_failed"; ++step) {
        ASSERT_LT(step, 20U);
        clinic.database.fail_after(step);
        (void)clinic.run(use_case(doctor, Clinic::an_order(), {}));
        clinic.database.heal();
    }
}

TEST(CreateSession, leaves_no_room_and_no_row_behind_whichever_step_of_the_store_fails) {
    for_each_failing_step([](Clinic& clinic) { return clinic.doctor(); },
                          [](Clinic& clinic, application::StaffContext& doctor) {
                              CreateSession use_case{clinic.services};
                              auto made = clinic.run(use_case(doctor, Clinic::an_order(), {}));
                              clinic.database.heal();
                              EXPECT_EQ(clinic.video.rooms.size(), made ? 1U : 0U);
                              EXPECT_EQ(clinic.units.written.size(), made ? 1U : 0U);
                              return made;
                          });
}

}  // namespace
}  // namespace vcare::testing
