// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "integration/inbox_fixture.hpp"
#include "support/free_port.hpp"
#include "support/store_of_test.hpp"

/// What other services tell has its effect, exactly once and in whatever order it comes, with a broker and
/// without one.
namespace vcare::support {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string api{base_path};

TEST_P(Inbox, makes_moves_and_cancels_the_visits_of_appointments_once_however_often_it_is_told) {
    for (const char* patient : {"p-1", "p-2", "p-3"}) give_consent(client_, staff_, patient);

    schedule("a-1", "p-1", 30, 0, 3);
    ASSERT_TRUE(becomes("p-1", "/status", "scheduled"));
    EXPECT_EQ(of_visit("p-1", "/appointmentId"), "a-1");
    tell("scheduling.appointment.rescheduled.v1", {{"appointmentId", "a-1"}, {"startAt", starts(90)}}, 1, 3);
    ASSERT_TRUE(becomes("p-1", "/version", "2"));
    schedule("a-2", "p-2", 30);
    schedule("a-3", "p-3", 30);
    ASSERT_TRUE(becomes("p-3", "/status", "scheduled"));
    ASSERT_TRUE(becomes("p-2", "/status", "scheduled"));
    tell("scheduling.appointment.cancelled.v1", {{"appointmentId", "a-2"}}, 2, 3);
    tell("scheduling.appointment.noshow.v1", {{"appointmentId", "a-3"}}, 2, 3);
    ASSERT_TRUE(becomes("p-2", "/status", "cancelled"));
    ASSERT_TRUE(becomes("p-3", "/cancelReason", "no_show_patient"));
    ASSERT_TRUE(platform_.is_drained());

    EXPECT_EQ(of_visit("p-1", "/version"), "2") << "told three times, moved once";
    EXPECT_EQ(of_visit("p-2", "/version"), "2");
    EXPECT_EQ(of_visit("p-2", "/cancelReason"), "appointment_cancelled");
    EXPECT_THAT(failures(), IsEmpty());
    EXPECT_THAT(waiting(), IsEmpty());
    const HttpResponse audit = client_.get(api + "/audit?actor=clerk-1", staff_);
    EXPECT_THAT(audit.body, HasSubstr("appointment.cancel")) << "whoever did it over there";
}

TEST_P(Inbox, ends_in_the_right_state_when_events_overtake_each_other) {
    for (const char* patient : {"p-1", "p-2"}) give_consent(client_, staff_, patient);

    tell("scheduling.appointment.cancelled.v1", {{"appointmentId", "a-1"}}, 5);
    ASSERT_TRUE(platform_.is_drained());
    schedule("a-1", "p-1", 30, 1);
    tell("scheduling.appointment.rescheduled.v1", {{"appointmentId", "a-2"}, {"startAt", starts(120)}}, 3);
    ASSERT_TRUE(platform_.is_drained());
    schedule("a-2", "p-2", 30, 1);
    ASSERT_TRUE(platform_.is_drained());
    tell("scheduling.appointment.rescheduled.v1", {{"appointmentId", "a-2"}, {"startAt", starts(60)}}, 2);
    ASSERT_TRUE(platform_.is_drained());

    ASSERT_TRUE(becomes("p-2", "/status", "scheduled"));
    EXPECT_EQ(of_visit("p-2", "/scheduledStart"), starts(120));
    EXPECT_THAT(visits_of("p-1"), IsEmpty());
    EXPECT_THAT(waiting(), IsEmpty());
}

TEST_P(Inbox, lets_an_appointment_wait_for_what_it_lacks) {
    give_consent(client_, staff_, "p-3");
    schedule("a-1", "p-1", 30);
    schedule("a-2", "p-2", 30);
    schedule("a-3", "p-3", 30, 0, 1, false);
    using Waiting = std::map<std::string, std::string>;
    ASSERT_TRUE(becomes_true(
        [&] { return waiting() == Waiting{{"a-1", "consent"}, {"a-2", "consent"}, {"a-3", "provider"}}; }));

    give_consent(client_, staff_, "p-1");
    tell("access_policy.consent.granted.v1", {{"patientId", "p-2"}, {"type", "telehealth"}});
    tell("scheduling.appointment.rescheduled.v1",
         {{"appointmentId", "a-3"}, {"startAt", starts(45)}, {"providerId", "dr-north"}}, 1);

    for (const char* patient : {"p-1", "p-2", "p-3"}) EXPECT_TRUE(becomes(patient, "/status", "scheduled"));
    EXPECT_THAT(waiting(), IsEmpty());
    const Headers auditor = server_.token("north", "auditor", {"auditor"});
    EXPECT_EQ(client_.get(api + "/appointments/waiting", auditor).code(), "ACCESS_DENIED");
}

TEST_P(Inbox, follows_patients_threads_users_and_the_licence) {
    for (const char* patient : {"p-1", "p-2", "p-3", "p-4"}) give_consent(client_, staff_, patient);
    const BookedVisit deceased = book(client_, staff_, "p-1");
    const BookedVisit merged = book(client_, staff_, "p-2");
    const BookedVisit withdrawn = book(client_, staff_, "p-3");

    tell("registration.patient.vital_status_changed.v1", {{"patientId", "p-1"}, {"vitalStatus", "deceased"}},
         0, 3);
    tell("registration.patient.merged.v1", {{"fromPatientId", "p-2"}, {"intoPatientId", "p-22"}}, 0, 3);
    tell("communication.thread.created", {{"sessionId", withdrawn.session}, {"threadId", "thread-7"}}, 0, 3);
    tell("access_policy.consent.revoked.v1", {{"patientId", "p-3"}, {"type", "telehealth"}}, 70, 3);

    EXPECT_TRUE(becomes("p-1", "/cancelReason", "patient_deceased"));
    EXPECT_TRUE(becomes("p-22", "/id", merged.session));
    EXPECT_TRUE(becomes("p-3", "/messagingThreadId", "thread-7"));
    EXPECT_TRUE(becomes("p-3", "/consentPending", "true"));
    EXPECT_EQ(of_visit("p-3", "/status"), "scheduled");
    EXPECT_THAT(visits_of("p-2"), IsEmpty());

    const BookedVisit live = live_visit("p-4");
    const Headers patient = visit(credential_);
    ASSERT_EQ(client_.get(api + "/visit", patient).status, 200);
    tell("identity.user.suspended.v1", {{"userId", "p-4"}}, 0, 3);
    EXPECT_TRUE(becomes_true([&] { return client_.get(api + "/visit", patient).status == 401; }));
    tell("identity.user.deactivated.v1", {{"userId", "dr-north"}}, 0, 3);
    EXPECT_TRUE(becomes_true([&] {
        const auto visits = visits_of("p-22");
        for (const auto& person : visits.at(0).at("participants").as_array()) {
            if (at(person, "/role") == "provider") return at(person, "/userId").empty();
        }
        return false;
    })) << "another clinician may take the seat";
    tell("identity.session.revoked.v1", {{"userId", "nobody-here"}});

    tell("licensing.entitlement.changed.v1", {{"module", "TELEMED-VC"}, {"licensed", false}}, 1, 3);
    give_consent(client_, staff_, "p-5");
    const auto asks = [&] {
        const boost::json::object order{{"patientId", "p-5"}, {"scheduledStart", minutes_from_now(30)}};
        return client_.post(api + "/sessions", order, staff_);
    };
    EXPECT_TRUE(becomes_true([&] { return asks().code() == "MODULE_NOT_LICENSED"; }));
    tell("licensing.entitlement.changed.v1", {{"module", "TELEMED-VC"}, {"licensed", true}}, 2, 3);
    EXPECT_TRUE(becomes_true([&] { return asks().status == 201; }));
    ASSERT_TRUE(platform_.is_drained());
    EXPECT_THAT(failures(), IsEmpty());
}

TEST_P(Inbox, refuses_whoever_was_deactivated_within_two_seconds_until_they_sign_in_again) {
    const BookedVisit live = live_visit("p-1");
    const std::string seat = api + "/sessions/" + live.session + "/participants/" + live.provider + "/join";
    const Headers other = server_.token("north", "dr-south", {"clinician", "tenant_admin"});
    SseReader feed{server_.port(), {"GET", api + "/events", staff_, {}}};
    if (GetParam() != Road::by_hand) {
        // So that the consumer is there: a stream is found within two seconds of its making.
        tell("identity.user.suspended.v1", {{"userId", "nobody-here"}});
        ASSERT_TRUE(platform_.is_drained());
    }
    ASSERT_EQ(client_.post(seat, {}, staff_).status, 200) << "they may come and go";

    tell("identity.user.deactivated.v1", {{"userId", "dr-north"}}, 60);
    const auto told = std::chrono::steady_clock::now();
    EXPECT_TRUE(
        becomes_true([&] { return client_.get(api + "/sessions", staff_).code() == "TOKEN_INVALID"; }));
    EXPECT_LT(std::chrono::steady_clock::now() - told, seconds{2});

    while (feed.next()) {
    }
    EXPECT_TRUE(feed.is_closed()) << "what goes on in the clinic is none of their business";
    const HttpResponse again = client_.post(seat, {}, staff_);
    EXPECT_EQ(again.status, 401) << "the seat is not theirs any more";
    EXPECT_EQ(client_.get(api + "/sessions", other).status, 200) << "nobody else is meant";
    // Clocks may differ by a few seconds: for so long nobody can tell a later sign-in from an earlier one.
    EXPECT_TRUE(becomes_true([&] {
        const Headers later = server_.token("north", "dr-north", {"clinician", "tenant_admin"});
        return client_.get(api + "/sessions", later).status == 200;
    }));
    EXPECT_EQ(client_.get(api + "/sessions", staff_).code(), "TOKEN_INVALID");
}

TEST_P(Inbox, ends_a_live_visit_within_two_seconds_of_a_revoked_consent) {
    const BookedVisit live = live_visit("p-1");
    SseReader page{server_.port(), {"GET", api + "/visit/events", visit(credential_), {}}};
    (void)page.wait_for("state");
    if (GetParam() != Road::by_hand) {
        // So that the consumer is there: a stream is found within two seconds of its making.
        tell("access_policy.consent.granted.v1", {{"patientId", "p-9"}, {"type", "telehealth"}});
        ASSERT_TRUE(platform_.is_drained());
    }

    const auto told = std::chrono::steady_clock::now();
    tell("access_policy.consent.revoked.v1", {{"patientId", "p-1"}, {"type", "telehealth"}}, 70);
    const SseFrame ended = page.wait_for("ended");
    const auto took = std::chrono::steady_clock::now() - told;

    EXPECT_EQ(ended.at("/reason"), "consent_withdrawn");
    // By hand another process commits, and this one looks for what others wrote every five seconds.
    if (GetParam() != Road::by_hand) {
        EXPECT_LT(took, seconds{2});
    }
    EXPECT_EQ(of_visit("p-1", "/status"), "ended");
    const boost::json::object order{{"patientId", "p-1"}, {"scheduledStart", minutes_from_now(30)}};
    EXPECT_EQ(client_.post(api + "/sessions", order, staff_).code(), "CONSENT_REQUIRED");
}

INSTANTIATE_TEST_SUITE_P(Roads, Inbox, testing::Values(Road::cloud_events, Road::plain, Road::by_hand),
                         name_of);

/// On CloudEvents: what is about the broker.
using InboxOnNats = Inbox;

TEST_P(InboxOnNats, buries_poison_at_once_and_takes_it_once_the_mapping_is_mended) {
    give_consent(client_, staff_, "p-1");
    give_consent(client_, staff_, "p-2");
    const NatsServer& broker = platform_.broker();
    const std::string subject = "scheduling.appointment.scheduled.v1";
    broker.tell(subject, "{ this is no JSON");
    broker.tell(subject, cloud_event({subject, {{"appointmentId", "a-9"}}, "no-patient"}));
    Told renamed{"scheduling.appointment.booked.v1",
                 {{"appointmentId", "a-1"},
                  {"patientId", "p-1"},
                  {"providerId", "dr-north"},
                  {"visitType", "virtual"},
                  {"startAt", starts(30)}},
                 "renamed"};
    broker.tell("scheduling.appointment.booked.v1", cloud_event(renamed));
    schedule("a-2", "p-2", 30);

    ASSERT_TRUE(becomes("p-2", "/status", "scheduled")) << "nothing waits behind poison";
    ASSERT_TRUE(platform_.is_drained());
    ASSERT_THAT(failures(), SizeIs(3));
    for (const auto& letter : failures()) EXPECT_EQ(at(letter, "/state"), "dead");
    EXPECT_TRUE(becomes_true([&] { return metric("vcare_inbox_dead_letters") == 3; }));
    EXPECT_THAT(server_.log(), testing::Not(HasSubstr("this is no JSON")))
        << "what it says is told to nobody";

    // The operator names the type, and has the dead letters taken again.
    std::string document = server_.command({"inbox", "mapping"}).output;
    const std::string of_type = R"({"event": "scheduling.appointment.scheduled.v1",)";
    const auto where = document.find(of_type);
    ASSERT_NE(where, std::string::npos);
    document.insert(where + of_type.size(), R"("types": ["scheduling.appointment.booked.v1"],)");
    ASSERT_EQ(server_.terminate(), 0);
    write_text(folder_.path() / "map.json", document);
    std::string config = read_text(server_.config());
    config.replace(config.find("\"cloudevents\""), 13, "\"file:map.json\"");
    write_text(server_.config(), config);
    server_.start();
    client_ = server_.client();
    EXPECT_EQ(at(json(server_.command({"inbox", "replay", "--json"}).output), "/replayed"), "3");

    EXPECT_TRUE(becomes("p-1", "/status", "scheduled"));
    EXPECT_TRUE(becomes_true([&] { return failures().size() == 2; })) << "the others are what they were";
}

TEST_P(InboxOnNats, takes_nothing_twice_when_the_service_is_killed_in_the_middle_or_its_place_is_lost) {
    constexpr int many = 40;
    for (int i = 0; i < many; ++i) give_consent(client_, staff_, "p-" + std::to_string(i));
    for (int i = 0; i < many; ++i) {
        const std::string number = std::to_string(i);
        schedule("a-" + number, "p-" + number, 30, 0, 2);
        tell("scheduling.appointment.rescheduled.v1",
             {{"appointmentId", "a-" + number}, {"startAt", starts(90)}}, 1);
        if (i % 10 != 5) continue;
        server_.kill();
        server_.start();
        client_ = server_.client();
    }
    ASSERT_TRUE(platform_.is_drained());
    const auto states = [&] {
        std::map<std::string, std::string> states;
        for (int i = 0; i < many; ++i) {
            const std::string patient = "p-" + std::to_string(i);
            EXPECT_TRUE(becomes(patient, "/scheduledStart", starts(90))) << patient;
            states[patient] = of_visit(patient, "/id") + " " + of_visit(patient, "/version");
        }
        return states;
    };
    const auto before = states();

    // Committed and never acknowledged: everything comes again.
    ASSERT_EQ(server_.terminate(), 0);
    platform_.broker().forget_reader("SCHEDULING");
    server_.start();
    client_ = server_.client();
    ASSERT_TRUE(platform_.is_drained());
    EXPECT_EQ(states(), before);
    EXPECT_EQ(
        metric(
            "vcare_inbox_messages_total{type=\"scheduling.appointment.scheduled.v1\",result=\"repeated\"}"),
        2 * many);
}

INSTANTIATE_TEST_SUITE_P(CloudEvents, InboxOnNats, testing::Values(Road::cloud_events), name_of);

/// Several processes share PostgreSQL, never a file.
using InboxOfReplicas = Inbox;

std::vector<Road> road_of_replicas() {
    return is_on_postgres() ? std::vector{Road::cloud_events} : std::vector<Road>{};
}

TEST_P(InboxOfReplicas, shares_the_work_between_two_replicas) {
    Server second{folder_.path(), platform_.settings()};
    constexpr int many = 30;
    for (int i = 0; i < many; ++i) give_consent(client_, staff_, "p-" + std::to_string(i));
    for (int i = 0; i < many; ++i) schedule("a-" + std::to_string(i), "p-" + std::to_string(i), 30, 0, 2);
    for (int i = 0; i < many; ++i)
        EXPECT_TRUE(becomes("p-" + std::to_string(i), "/status", "scheduled")) << i;
    ASSERT_TRUE(platform_.is_drained());
    EXPECT_THAT(failures(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(OnPostgres, InboxOfReplicas, testing::ValuesIn(road_of_replicas()), name_of);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(InboxOfReplicas);

TEST(InboxAtTheStart, refuses_a_stream_that_cannot_be_shared_and_a_mapping_that_is_none) {
    const TempFolder folder;
    const NatsServer broker;
    broker.make_stream_of_others("SCHEDULING", "scheduling", "workqueue");
    const auto config = folder.path() / "vcare.toml";
    const std::string listen = "server.listen = \"127.0.0.1:" + std::to_string(free_port()) +
                               "\"\nserver.admin_listen = \"127.0.0.1:" + std::to_string(free_port()) +
                               "\"\n";
    write_text(config, listen + "events.url = \"" + broker.url() + "\"\n");
    const Finished refused =
        run({vcare_binary(), "serve", "--config", config.string()}, store_environment(folder.path()));
    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_THAT(
        refused.error,
        HasSubstr("vcare: NATS: the stream SCHEDULING has work-queue retention, where a second reader takes "
                  "messages from its owner; ask for limits retention, or for its subjects to be published "
                  "again into a stream that has it\n"));

    write_text(folder.path() / "map.json",
               R"({"streams": [{"name": "S"}], "head": {"tenant": ["/t"]}, "events":
        [{"event": "scheduling.appointment.cancelled.v1", "fields": {}}]})");
    write_text(config, listen + "events.mapping = \"file:map.json\"\n");
    const Finished checked = run({vcare_binary(), "config", "check", "--config", config.string()}, {});
    EXPECT_EQ(checked.exit_code, 2);
    EXPECT_THAT(
        checked.error + checked.output,
        HasSubstr(
            "events.mapping: scheduling.appointment.cancelled.v1: fields must say where appointmentId is"));
}

}  // namespace
}  // namespace vcare::support
