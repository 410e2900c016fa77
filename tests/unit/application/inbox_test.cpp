// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/book_appointments.hpp"
#include "application/manage_consents.hpp"
#include "application/receive_messages.hpp"
#include "application/round.hpp"
#include "application/take_message.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::BookAppointments;
using application::InboundBody;
using application::InboundEvent;
using application::TakeInboundEvent;
using application::TakeMessage;
using application::Taken;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

AppointmentId an_appointment(const std::string& text = "apt-1") {
    return AppointmentId::parse(text).value();
}

/// A clinic that hears of events; each is said one minute after the one before, unless a test says when.
struct HearingClinic : Clinic {
    TakeInboundEvent take{services};
    BookAppointments book{services};
    application::ReadAuditTrail trail{services};
    unsigned told = 0;

    [[nodiscard]] static Instant minute(int number) { return nine_o_clock - hours{24} + minutes{number}; }
    InboundEvent event(InboundBody body, int said_at, std::string id = {}) {
        if (id.empty()) id = "message-" + std::to_string(++told);
        return {.head = {.tenant = this_clinic(),
                         .consumer = "vcare",
                         .message_id = std::move(id),
                         .type = "a.type.v1",
                         .said_at = minute(said_at),
                         .actor = "scheduler-7",
                         .correlation_id = "corr-1"},
                .body = std::move(body)};
    }
    Result<Taken> hear(InboundBody body, int said_at, std::string id = {}) {
        return run(take(event(std::move(body), said_at, std::move(id))));
    }
    void work() { ASSERT_TRUE(run(book.run_once()).has_value()); }
    [[nodiscard]] static application::AppointmentScheduled scheduled(
        std::optional<std::string> provider = "doctor", minutes later = minutes{0}) {
        return {.appointment = an_appointment(),
                .is_virtual = true,
                .people = {.patient = the_patient_id(),
                           .provider = provider ? std::optional{a_user(*provider)} : std::nullopt},
                .time = {.start = nine_o_clock + later}};
    }
    [[nodiscard]] static application::AppointmentRescheduled moved(minutes later) {
        return {.appointment = an_appointment(), .time = {.start = nine_o_clock + later}};
    }
    std::optional<SessionData> visit() {
        return run(sessions->find_session_for(doctor().scope, an_appointment())).value();
    }
    Appointment appointment() {
        return run(inbox->find_appointment(doctor().scope, an_appointment())).value().value();
    }
    std::vector<Appointment> waiting() {
        return run(inbox->list_waiting_appointments(doctor().scope, 100)).value();
    }
    std::size_t sessions_made() {
        return run(sessions->list_sessions(doctor().scope, {.reach = {.whole_tenant = true}}))
            .value()
            .items.size();
    }
};

TEST(TakeInboundEvent, makes_one_session_for_an_appointment_however_often_it_is_delivered) {
    HearingClinic clinic;

    EXPECT_EQ(clinic.hear(HearingClinic::scheduled(), 0, "m-1"), Taken::done);
    clinic.work();
    EXPECT_EQ(clinic.hear(HearingClinic::scheduled(), 0, "m-1"), Taken::repeated);
    EXPECT_EQ(clinic.hear(HearingClinic::scheduled(), 0, "m-2"), Taken::done)
        << "another message, the same word";
    clinic.work();

    ASSERT_TRUE(clinic.visit().has_value());
    EXPECT_EQ(clinic.sessions_made(), 1U);
    EXPECT_EQ(clinic.visit()->scheduled_start, nine_o_clock);
    EXPECT_EQ(clinic.visit()->patient, the_patient_id());
    EXPECT_EQ(clinic.visit()->version, 1U);
    EXPECT_THAT(clinic.waiting(), IsEmpty());
}

TEST(TakeInboundEvent, leaves_alone_what_is_no_virtual_visit) {
    HearingClinic clinic;
    auto in_person = HearingClinic::scheduled();
    in_person.is_virtual = false;
    ASSERT_EQ(clinic.hear(in_person, 0), Taken::done);
    clinic.work();
    EXPECT_FALSE(clinic.visit().has_value());
}

TEST(TakeInboundEvent, takes_the_session_that_staff_had_booked_already) {
    HearingClinic clinic;
    application::CreateSession create{clinic.services};
    auto order = Clinic::an_order();
    order.appointment = an_appointment();
    const SessionData made = clinic.run(create(clinic.doctor(), order, {})).value();

    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 0), Taken::done);
    clinic.work();
    EXPECT_EQ(clinic.sessions_made(), 1U);
    ASSERT_EQ(clinic.hear(application::AppointmentCancelled{an_appointment()}, 1), Taken::done);
    EXPECT_EQ(clinic.session(made.id).status, SessionStatus::cancelled);
}

TEST(TakeInboundEvent, moves_the_session_and_replaces_its_links) {
    HearingClinic clinic;
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 0), Taken::done);
    clinic.work();
    const std::string old_link = clinic.a_link(*clinic.visit(), Role::patient);

    ASSERT_EQ(clinic.hear(HearingClinic::moved(minutes{90}), 1, "m-move"), Taken::done);
    EXPECT_EQ(clinic.hear(HearingClinic::moved(minutes{90}), 1, "m-move"), Taken::repeated);

    EXPECT_EQ(clinic.visit()->scheduled_start, nine_o_clock + minutes{90});
    EXPECT_EQ(clinic.visit()->version, 2U);
    application::JoinVisit join{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(join(clinic.holder(old_link), {}, {}))), ErrorCode::token_invalid);
}

TEST(TakeInboundEvent, lets_no_older_move_overwrite_a_newer_one) {
    HearingClinic clinic;
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 0), Taken::done);
    clinic.work();
    ASSERT_EQ(clinic.hear(HearingClinic::moved(minutes{120}), 2), Taken::done);
    ASSERT_EQ(clinic.hear(HearingClinic::moved(minutes{60}), 1), Taken::done);
    EXPECT_EQ(clinic.visit()->scheduled_start, nine_o_clock + minutes{120});
}

TEST(TakeInboundEvent, ends_in_the_right_state_in_whatever_order_three_words_come) {
    struct Word {
        InboundBody body;
        int said_at;
    };
    const std::vector<Word> words = {{HearingClinic::scheduled(), 0},
                                     {HearingClinic::moved(minutes{60}), 1},
                                     {HearingClinic::moved(minutes{120}), 2}};
    std::vector<std::size_t> order = {0, 1, 2};
    do {
        SCOPED_TRACE(::testing::PrintToString(order));
        HearingClinic clinic;
        for (const std::size_t i : order) {
            ASSERT_EQ(clinic.hear(words[i].body, words[i].said_at), Taken::done);
            clinic.work();
        }
        ASSERT_TRUE(clinic.visit().has_value());
        EXPECT_EQ(clinic.visit()->scheduled_start, nine_o_clock + minutes{120});
        EXPECT_EQ(clinic.sessions_made(), 1U);
    } while (std::ranges::next_permutation(order).found);
}

TEST(TakeInboundEvent, ends_cancelled_in_whatever_order_booking_move_and_cancellation_come) {
    struct Word {
        InboundBody body;
        int said_at;
    };
    for (const bool is_missed : {false, true}) {
        const InboundBody last = is_missed ? InboundBody{application::AppointmentMissed{an_appointment()}}
                                           : InboundBody{application::AppointmentCancelled{an_appointment()}};
        const std::vector<Word> words = {
            {HearingClinic::scheduled(), 0}, {HearingClinic::moved(minutes{60}), 1}, {last, 2}};
        std::vector<std::size_t> order = {0, 1, 2};
        do {
            SCOPED_TRACE(::testing::PrintToString(order));
            HearingClinic clinic;
            for (const std::size_t i : order) {
                ASSERT_EQ(clinic.hear(words[i].body, words[i].said_at), Taken::done);
                clinic.work();
            }
            const auto visit = clinic.visit();
            EXPECT_TRUE(!visit || visit->status == SessionStatus::cancelled);
            if (visit) {
                EXPECT_EQ(visit->cancel_reason, is_missed ? "no_show_patient" : "appointment_cancelled");
            }
            EXPECT_EQ(clinic.appointment().state, AppointmentState::closed);
            EXPECT_THAT(clinic.waiting(), IsEmpty());
        } while (std::ranges::next_permutation(order).found);
    }
}

TEST(TakeInboundEvent, books_what_was_made_again_after_its_cancellation_and_never_reopens_a_session) {
    HearingClinic clinic;
    ASSERT_EQ(clinic.hear(application::AppointmentCancelled{an_appointment()}, 1), Taken::done);
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 2), Taken::done);
    clinic.work();
    ASSERT_TRUE(clinic.visit().has_value());
    ASSERT_EQ(clinic.hear(application::AppointmentCancelled{an_appointment()}, 3), Taken::done);
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 4), Taken::done);
    clinic.work();
    EXPECT_EQ(clinic.visit()->status, SessionStatus::cancelled);
    EXPECT_EQ(clinic.sessions_made(), 1U);
}

TEST(TakeInboundEvent, leaves_a_running_visit_to_its_people) {
    HearingClinic clinic;
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 0), Taken::done);
    clinic.work();
    const SessionData made = *clinic.visit();
    clinic.doctor_comes_in(made);
    clinic.comes_in(made, Role::patient);
    clinic.admit(made, Role::patient);
    for (const InboundBody& word :
         {InboundBody{application::AppointmentCancelled{an_appointment()}},
          InboundBody{application::AppointmentMissed{an_appointment()}},
          InboundBody{HearingClinic::moved(minutes{60})},
          InboundBody{application::VitalStatusChanged{.patient = the_patient_id(), .is_deceased = true}}}) {
        ASSERT_EQ(clinic.hear(word, 3), Taken::done);
        EXPECT_EQ(clinic.visit()->status, SessionStatus::active);
        EXPECT_EQ(clinic.visit()->scheduled_start, nine_o_clock);
    }
}

TEST(BookAppointments, wait_for_a_provider_and_go_on_when_a_move_names_one) {
    HearingClinic clinic;
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(std::nullopt), 0), Taken::done);
    clinic.work();
    ASSERT_THAT(clinic.waiting(), SizeIs(1));
    EXPECT_EQ(clinic.waiting()[0].waits_for, WaitsFor::provider);
    auto named = HearingClinic::moved(minutes{15});
    named.provider = a_user("doctor");
    ASSERT_EQ(clinic.hear(named, 1), Taken::done);
    clinic.work();
    EXPECT_THAT(clinic.waiting(), IsEmpty());
    EXPECT_EQ(clinic.visit()->scheduled_start, nine_o_clock + minutes{15});
}

TEST(BookAppointments, wait_for_consent_and_go_on_when_it_is_given_here_or_told_by_event) {
    for (const bool by_event : {false, true}) {
        SCOPED_TRACE(by_event);
        HearingClinic clinic;
        clinic.consents.granted.clear();
        ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 0), Taken::done);
        clinic.work();
        ASSERT_THAT(clinic.waiting(), SizeIs(1));
        EXPECT_EQ(clinic.waiting()[0].waits_for, WaitsFor::consent);
        clinic.work();
        ASSERT_FALSE(clinic.visit().has_value());

        if (by_event) {
            clinic.consents.granted.insert(the_patient_id().text());
            ASSERT_EQ(clinic.hear(application::ConsentGranted{the_patient_id(), ConsentType::telehealth}, 1),
                      Taken::done);
        } else {
            application::ManageConsents manage{clinic.services, clinic.trail};
            ASSERT_TRUE(clinic
                            .run(manage.record(clinic.doctor(),
                                               {.patient = the_patient_id(),
                                                .type = ConsentType::telehealth,
                                                .method = ConsentMethod::paper},
                                               {}))
                            .has_value());
        }
        clinic.work();
        EXPECT_TRUE(clinic.visit().has_value());
        EXPECT_THAT(clinic.waiting(), IsEmpty());
    }
}

TEST(BookAppointments, outlive_every_outage_and_close_what_is_over) {
    HearingClinic clinic;
    clinic.video.healthy = false;
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 0), Taken::done);
    clinic.work();
    ASSERT_THAT(clinic.waiting(), SizeIs(1));
    EXPECT_EQ(clinic.waiting()[0].waits_for, WaitsFor::service);
    EXPECT_EQ(clinic.waiting()[0].attempts, 1U);
    clinic.clock.time += hours{12};
    clinic.work();
    EXPECT_THAT(clinic.waiting(), IsEmpty());
    EXPECT_EQ(clinic.appointment().closed_reason, "too_late");
}

TEST(BookAppointments, make_no_session_for_what_is_cancelled_while_they_are_at_it) {
    HearingClinic clinic;
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 0), Taken::done);
    clinic.units.before_next = [&] {
        ASSERT_EQ(clinic.hear(application::AppointmentCancelled{an_appointment()}, 1), Taken::done);
    };
    clinic.work();
    EXPECT_FALSE(clinic.visit().has_value());
    EXPECT_EQ(clinic.video.rooms.size(), 0U) << "the room was given back";
}

TEST(TakeInboundEvent, ends_a_live_visit_whose_consent_was_revoked_and_lets_no_stale_word_do_so) {
    HearingClinic clinic;
    const auto running = clinic.a_running_visit();
    const application::ConsentRevoked revoked{the_patient_id(), ConsentType::telehealth};
    ASSERT_EQ(clinic.hear(application::ConsentGranted{the_patient_id(), ConsentType::telehealth}, 5),
              Taken::done);
    ASSERT_EQ(clinic.hear(revoked, 4), Taken::done);
    EXPECT_EQ(clinic.session(running.session.id).status, SessionStatus::active) << "it was given again since";

    ASSERT_EQ(clinic.hear(revoked, 6), Taken::done);
    EXPECT_EQ(clinic.session(running.session.id).status, SessionStatus::ended);
    EXPECT_EQ(clinic.session(running.session.id).end_reason, "consent_withdrawn");
}

TEST(TakeInboundEvent, voids_credentials_and_participations_of_whoever_is_barred) {
    HearingClinic clinic;
    const auto running = clinic.a_running_visit();
    ASSERT_EQ(clinic.hear(application::UserBarred{a_user("patient-1"), "user_suspended"}, 1), Taken::done);
    ASSERT_EQ(clinic.hear(application::UserBarred{a_user("doctor"), "user_deactivated"}, 1), Taken::done);

    const SessionData after = clinic.session(running.session.id);
    const Participant& patient = *std::ranges::find(after.participants, Role::patient, &Participant::role);
    EXPECT_EQ(patient.status, ParticipantStatus::removed);
    const Participant& provider = *std::ranges::find(after.participants, Role::provider, &Participant::role);
    EXPECT_FALSE(provider.user_id.has_value()) << "the last provider leaves an empty seat";
    EXPECT_EQ(provider.status, ParticipantStatus::invited);
    EXPECT_EQ(after.status, SessionStatus::active);
    application::VisitAuthentication authenticate{clinic.services};
    for (const std::string& credential : {running.patient, running.doctor})
        EXPECT_FALSE(clinic.run(authenticate.live(credential, {})).has_value());
    EXPECT_TRUE(clinic.run(authenticate.live(running.interpreter, {})).has_value());
    const auto written = clinic.run(clinic.services.inbox.barred_users_after({}, 10));
    ASSERT_EQ(written->size(), 2U);
    EXPECT_EQ(written->at(0).barred.user.text(), "doctor");
    EXPECT_EQ(written->at(1).barred.user.text(), "patient-1");
}

TEST(TakeInboundEvent, cancels_what_is_to_come_of_a_deceased_patient) {
    HearingClinic clinic;
    const SessionData made = clinic.a_visit();
    clinic.consents.granted.clear();
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 0), Taken::done);
    clinic.work();
    ASSERT_THAT(clinic.waiting(), SizeIs(1));
    ASSERT_EQ(clinic.hear(application::VitalStatusChanged{the_patient_id(), false}, 1), Taken::done);
    EXPECT_EQ(clinic.session(made.id).status, SessionStatus::scheduled);

    ASSERT_EQ(clinic.hear(application::VitalStatusChanged{the_patient_id(), true}, 2), Taken::done);

    EXPECT_EQ(clinic.session(made.id).cancel_reason, "patient_deceased");
    EXPECT_THAT(clinic.waiting(), IsEmpty());
}

TEST(TakeInboundEvent, follows_a_merge_a_thread_and_the_licence) {
    HearingClinic clinic;
    const SessionData made = clinic.a_visit();
    const PatientId survivor = PatientId::parse("patient-9").value();
    ASSERT_EQ(clinic.hear(application::ThreadCreated{made.id, "thread-3"}, 1), Taken::done);
    ASSERT_EQ(clinic.hear(application::ThreadCreated{an_id<SessionId>(77), "thread-4"}, 1), Taken::done);
    ASSERT_EQ(clinic.hear(application::PatientMerged{the_patient_id(), survivor}, 1), Taken::done);
    EXPECT_EQ(clinic.session(made.id).messaging_thread_id, "thread-3");
    EXPECT_EQ(clinic.session(made.id).patient, survivor);
    EXPECT_EQ(clinic.session(made.id).version, 2U);

    ASSERT_EQ(clinic.hear(application::EntitlementChanged{.licensed = false}, 3), Taken::done);
    ASSERT_EQ(clinic.hear(application::EntitlementChanged{.licensed = true}, 2), Taken::done)
        << "an older word";
    EXPECT_FALSE(clinic.run(clinic.tenants->find_tenant(this_clinic())).value()->licensed);
    ASSERT_EQ(clinic.hear(application::EntitlementChanged{.licensed = true}, 4), Taken::done);
    EXPECT_TRUE(clinic.run(clinic.tenants->find_tenant(this_clinic())).value()->licensed);
}

TEST(TakeInboundEvent, obeys_the_last_word_on_the_licence_of_each_facility) {
    HearingClinic clinic;
    const auto ward = an_opaque_id<NodeId>("ward-1");
    const auto hear = [&](std::optional<NodeId> node, bool licensed, int said_at) {
        return clinic.hear(application::EntitlementChanged{.node = std::move(node), .licensed = licensed},
                           said_at);
    };
    const auto of_ward = [&] {
        return clinic.run(clinic.tenants->find_facility_licence(clinic.doctor().scope, ward)).value();
    };

    ASSERT_EQ(hear(ward, false, 3), Taken::done);
    EXPECT_EQ(clinic.units.written.back().audit.at(0).action, "facility.unlicense");
    ASSERT_EQ(hear(ward, true, 2), Taken::done) << "an older word";
    EXPECT_THAT(clinic.units.written.back().audit, IsEmpty());
    ASSERT_EQ(hear(std::nullopt, true, 4), Taken::done) << "a word on the tenant is none on the facility";
    ASSERT_EQ(hear(an_opaque_id<NodeId>("ward-2"), true, 5), Taken::done);
    EXPECT_EQ(of_ward(), std::optional{false});
    EXPECT_TRUE(clinic.run(clinic.tenants->find_tenant(this_clinic())).value()->licensed);

    ASSERT_EQ(hear(ward, true, 6), Taken::done);
    EXPECT_EQ(clinic.units.written.back().audit.at(0).action, "facility.license");
    EXPECT_EQ(of_ward(), std::optional{true});
}

TEST(TakeInboundEvent, leaves_the_licences_of_other_modules_alone) {
    HearingClinic clinic;
    const auto ward = an_opaque_id<NodeId>("ward-1");
    ASSERT_EQ(clinic.hear(application::EntitlementChanged{.is_ours = false, .node = ward}, 1), Taken::done);
    EXPECT_EQ(clinic.run(clinic.tenants->find_facility_licence(clinic.doctor().scope, ward)).value(),
              std::nullopt);
}

TEST(BookAppointments, book_at_the_appointments_facility_once_that_is_licensed) {
    HearingClinic clinic;
    const auto ward = an_opaque_id<NodeId>("ward-1");
    auto told = HearingClinic::scheduled();
    told.people.node = ward;
    clinic.licences.facilities[ward] = false;
    ASSERT_EQ(clinic.hear(told, 0), Taken::done);
    clinic.work();
    EXPECT_EQ(clinic.appointment().waits_for, WaitsFor::licence);

    clinic.licences.facilities[ward] = true;
    ASSERT_EQ(
        clinic.hear(application::EntitlementChanged{.node = an_opaque_id<NodeId>("ward-2"), .licensed = true},
                    1),
        Taken::done);
    clinic.clock.time += seconds{10};
    clinic.work();
    EXPECT_FALSE(clinic.visit()) << "nothing was said of its own facility";
    ASSERT_EQ(clinic.hear(application::EntitlementChanged{.node = ward, .licensed = true}, 2), Taken::done);
    clinic.clock.time += seconds{10};
    clinic.work();

    ASSERT_TRUE(clinic.visit());
    EXPECT_EQ(clinic.visit()->node, ward);
}

TEST(TakeInboundEvent, says_who_did_it_and_keeps_the_correlation) {
    HearingClinic clinic;
    const SessionData made = clinic.a_visit();
    ASSERT_EQ(clinic.hear(application::VitalStatusChanged{the_patient_id(), true}, 2), Taken::done);
    const auto& unit = clinic.units.written.back();
    EXPECT_EQ(unit.audit.at(0).actor, "scheduler-7");
    EXPECT_EQ(unit.audit.at(0).session, made.id);
    EXPECT_EQ(unit.outbox.at(0).correlation_id, "corr-1");
}

TEST(TakeInboundEvent, is_whole_or_nothing_whichever_step_of_the_store_fails) {
    for_each_failing_step(
        [](Clinic& clinic) { return clinic.a_visit(); },
        [](Clinic& clinic, SessionData&) {
            TakeInboundEvent take{clinic.services};
            return clinic.run(take({.head = {.tenant = this_clinic(),
                                             .consumer = "vcare",
                                             .message_id = "m-1",
                                             .type = "a.type.v1",
                                             .said_at = nine_o_clock},
                                    .body = application::VitalStatusChanged{the_patient_id(), true}}));
        });
}

/// Reads whatever a test says.
struct ScriptedReader final : application::MessageReader {
    application::ReadMessage next = application::NotForUs{};
    [[nodiscard]] application::ReadMessage read(const application::InboundMessage&) const override {
        return next;
    }
};

struct ReceivingClinic : HearingClinic {
    ScriptedReader reader;
    TakeMessage receive{services, reader};
    application::MessageSettled deliver(unsigned tries = 1) {
        return run(receive({.stream = "SCHEDULING", .sequence = 7}, tries));
    }
    std::vector<application::FailedMessage> failures() { return run(inbox->list_failures(100)).value(); }
};

TEST(TakeMessage, buries_at_once_what_can_never_be_taken) {
    ReceivingClinic clinic;
    clinic.reader.next = application::Unreadable{.problem = "no JSON"};
    const auto settled = clinic.deliver();
    EXPECT_TRUE(settled.is_finished);
    EXPECT_TRUE(settled.is_dead);
    ASSERT_THAT(clinic.failures(), SizeIs(1));
    EXPECT_EQ(clinic.failures()[0].place, "SCHEDULING:7");
    EXPECT_EQ(clinic.failures()[0].problem, "no JSON");
    EXPECT_EQ(clinic.run(clinic.inbox->lengths())->dead_letters, 1U);
}

TEST(TakeMessage, gives_up_after_five_failures_of_the_message_and_takes_it_again_when_it_is_replayed) {
    ReceivingClinic clinic;
    ASSERT_EQ(clinic.hear(HearingClinic::scheduled(), 0), Taken::done);
    clinic.work();
    clinic.keys.newest = 0;  // no link can be made for the moved visit
    clinic.reader.next = clinic.event(HearingClinic::moved(minutes{60}), 1, "m-move");
    for (unsigned tries = 1; tries < TakeMessage::most_failures; ++tries) {
        const auto settled = clinic.deliver(tries);
        ASSERT_FALSE(settled.is_finished) << tries;
        ASSERT_THAT(clinic.failures(), SizeIs(1));
        EXPECT_EQ(clinic.failures()[0].failures, tries);
        EXPECT_FALSE(clinic.failures()[0].is_dead);
    }
    const auto last = clinic.deliver(TakeMessage::most_failures);
    EXPECT_TRUE(last.is_finished);
    EXPECT_TRUE(last.is_dead);
    EXPECT_EQ(clinic.visit()->scheduled_start, nine_o_clock);

    clinic.keys.newest = 1;
    ASSERT_EQ(clinic.run(clinic.inbox->replay_failures("SCHEDULING:7", clinic.clock.now())), 1U);
    const auto held = clinic.run(
        clinic.inbox->claim_failures_to_replay(clinic.clock.now(), clinic.clock.now() + minutes{1}, 10));
    ASSERT_THAT(held.value(), SizeIs(1));
    EXPECT_TRUE(clinic.deliver(2).is_finished);
    EXPECT_THAT(clinic.failures(), IsEmpty());
    EXPECT_EQ(clinic.visit()->scheduled_start, nine_o_clock + minutes{60});
}

/// A stream that has every message it is asked for.
struct ScriptedSource final : application::MessageSource {
    bool is_away = false;
    std::vector<std::uint64_t> read;
    std::function<void()> while_reading = {};

    [[nodiscard]] std::vector<application::Delivery> ready() override { return {}; }
    void settle(std::uint64_t, application::MessageSettled) override {}
    [[nodiscard]] Task<Result<std::optional<application::InboundMessage>>> read_again(
        std::string stream, std::uint64_t sequence) override {
        if (auto meanwhile = std::exchange(while_reading, {})) meanwhile();
        if (is_away) co_return away(ErrorCode::store_unavailable);
        read.push_back(sequence);
        co_return application::InboundMessage{.stream = std::move(stream), .sequence = sequence};
    }
};

struct ReplayingClinic : ReceivingClinic {
    ScriptedSource source;
    application::ReceiveMessages first{services, source, reader};
    application::ReceiveMessages second{services, source, reader};

    /// So many dead letters that somebody wants to have taken again, of a message that can be taken now.
    explicit ReplayingClinic(std::uint64_t letters) {
        reader.next = application::Unreadable{.problem = "no JSON"};
        for (std::uint64_t sequence = 1; sequence <= letters; ++sequence)
            EXPECT_TRUE(run(receive({.stream = "SCHEDULING", .sequence = sequence}, 1)).is_dead);
        reader.next = event(scheduled(), 0, "m-1");
        EXPECT_EQ(run(inbox->replay_failures(std::nullopt, clock.now())), letters);
    }
};

TEST(ReceiveMessages, on_two_replicas_take_a_replayed_message_once) {
    ReplayingClinic clinic{3};
    clinic.source.while_reading = [&] {
        EXPECT_EQ(clinic.run(clinic.second.run_once()).value(), application::Round::idle);
    };

    EXPECT_EQ(clinic.run(clinic.first.run_once()).value(), application::Round::more);

    EXPECT_THAT(clinic.source.read, ElementsAre(1, 2, 3));
    EXPECT_THAT(clinic.failures(), IsEmpty());
    EXPECT_EQ(clinic.run(clinic.first.run_once()).value(), application::Round::idle);
}

TEST(ReceiveMessages, replay_what_a_replica_that_died_had_claimed) {
    ReplayingClinic clinic{2};
    const Instant died = clinic.clock.now();
    constexpr auto life = application::ReceiveMessages::claim_life;
    ASSERT_THAT(clinic.run(clinic.inbox->claim_failures_to_replay(died, died + life, 10)).value(), SizeIs(2));

    EXPECT_EQ(clinic.run(clinic.second.run_once()).value(), application::Round::idle);
    clinic.clock.time = died + life;
    EXPECT_EQ(clinic.run(clinic.second.run_once()).value(), application::Round::more);

    EXPECT_THAT(clinic.source.read, ElementsAre(1, 2));
}

TEST(ReceiveMessages, give_back_at_once_what_they_could_not_replay) {
    ReplayingClinic clinic{3};
    clinic.source.is_away = true;
    EXPECT_EQ(refusal_of(clinic.run(clinic.first.run_once())), ErrorCode::store_unavailable);
    clinic.source.is_away = false;
    EXPECT_THAT(clinic.failures(), SizeIs(3));

    clinic.clock.time += seconds{1};
    EXPECT_EQ(clinic.run(clinic.second.run_once()).value(), application::Round::more);

    EXPECT_THAT(clinic.source.read, ElementsAre(1, 2, 3));
    EXPECT_THAT(clinic.failures(), IsEmpty());
}

TEST(ReceiveMessages, bury_again_what_cannot_be_taken_now_either) {
    ReplayingClinic clinic{1};
    clinic.reader.next = application::Unreadable{.problem = "still no JSON"};

    EXPECT_EQ(clinic.run(clinic.first.run_once()).value(), application::Round::more);

    EXPECT_EQ(clinic.run(clinic.second.run_once()).value(), application::Round::idle);
    ASSERT_THAT(clinic.failures(), SizeIs(1));
    EXPECT_TRUE(clinic.failures()[0].is_dead);
    EXPECT_EQ(clinic.failures()[0].problem, "still no JSON");
}

TEST(TakeMessage, waits_out_an_outage_of_the_store) {
    ReceivingClinic clinic;
    clinic.reader.next = clinic.event(HearingClinic::scheduled(), 1, "m-1");
    for (unsigned tries = 1; tries <= 9; ++tries) {
        clinic.database.fail_after(0);
        const auto settled = clinic.deliver(tries);
        EXPECT_FALSE(settled.is_finished);
        EXPECT_GT(settled.again_after.count(), 0);
        EXPECT_LE(settled.again_after, minutes{1});
    }
    clinic.database.heal();
    EXPECT_TRUE(clinic.deliver(10).is_finished);
    EXPECT_THAT(clinic.failures(), IsEmpty());
    clinic.work();
    EXPECT_TRUE(clinic.visit().has_value());
}

}  // namespace
}  // namespace vcare::testing
