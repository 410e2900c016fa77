// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "domain/time.hpp"
#include "support/event_ledger.hpp"

/// Two processes of the service on one PostgreSQL and one broker: one clinic to everybody.
namespace vcare::support {
namespace {

const std::string api{base_path};

/// Several processes share a database server, never a file: whatever store this run of the tests is about.
[[maybe_unused]] const int on_postgres = ::setenv("VCARE_TEST_STORE", "postgres", 1);

std::string on(const NatsServer& broker) {
    return "events.url = \"" + broker.url() + "\"\n";
}

class Replicas : public testing::Test {
  protected:
    /// A visit whose patient waits on the page of the first replica.
    struct Waiting {
        BookedVisit visit;
        Headers patient;
        Headers provider;  ///< once they are in
        std::unique_ptr<SseReader> page;
    };
    Waiting wait_on_first(const std::string& patient) {
        give_consent(first_client_, staff_, patient);
        Waiting waiting{
            .visit = book(first_client_, staff_, patient), .patient = {}, .provider = {}, .page = nullptr};
        const HttpResponse joined = join(
            first_client_, link_code(first_client_, staff_, waiting.visit.session, waiting.visit.patient));
        EXPECT_EQ(joined.status, 200) << joined.body;
        waiting.patient = visit(joined.at("/credential"));
        waiting.page = std::make_unique<SseReader>(
            first_.port(), HttpRequest{"GET", api + "/visit/events", waiting.patient, {}});
        (void)waiting.page->wait_for("state");
        return waiting;
    }
    /// The provider comes in and admits, both on the second replica; how long the patient's page took to say
    /// so.
    milliseconds admit_on_second(Waiting& waiting) {
        const std::string people = api + "/sessions/" + waiting.visit.session + "/participants/";
        const auto seated = second_client_.post(people + waiting.visit.provider + "/join", {}, staff_);
        EXPECT_EQ(seated.status, 200) << seated.body;
        waiting.provider = visit(seated.at("/credential"));
        const auto version = version_of(second_client_, staff_, waiting.visit.session);
        EXPECT_EQ(
            second_client_.post(people + waiting.visit.patient + "/admit", {{"version", version}}, staff_)
                .status,
            200);
        const auto admitted = std::chrono::steady_clock::now();
        EXPECT_EQ(waiting.page->wait_for("admitted").at("/participantId"), waiting.visit.patient);
        return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - admitted);
    }

    TempFolder folder_;
    NatsServer broker_;
    Server first_{folder_.path(), on(broker_)};
    Server second_{folder_.path(), on(broker_)};  // the same keys, and so the same database
    HttpClient first_client_ = first_.client();
    HttpClient second_client_ = second_.client();
    /// Sees everything of the tenant.
    Headers staff_ = second_.token("north", "dr-north", {"clinician", "tenant_admin"}, {"--ttl", "86400"});
};

TEST_F(Replicas, show_the_patient_on_one_within_a_second_that_the_other_admitted_them) {
    std::vector<milliseconds> took;
    for (int i = 0; i < 5; ++i) {
        Waiting waiting = wait_on_first("p-" + std::to_string(i));
        took.push_back(admit_on_second(waiting));
    }
    // Three of five: a busy machine may take its time now and then.
    std::ranges::sort(took);
    EXPECT_LT(took[2], seconds{1});
}

TEST_F(Replicas, tell_each_others_pages_while_the_broker_is_away) {
    broker_.kill();
    Waiting waiting = wait_on_first("p-1");

    EXPECT_LT(admit_on_second(waiting), seconds{10});
}

TEST_F(Replicas, carry_signals_between_people_who_are_not_on_the_same_one) {
    Waiting waiting = wait_on_first("p-1");
    (void)admit_on_second(waiting);
    SseReader provider{second_.port(), {"GET", api + "/visit/events", waiting.provider, {}}};
    (void)provider.wait_for("state");
    ASSERT_EQ(first_client_.get(api + "/visit/video", waiting.patient).status, 200);
    ASSERT_EQ(second_client_.get(api + "/visit/video", waiting.provider).status, 200);

    const auto send = [](HttpClient& client, const std::string& to, const std::string& kind,
                         const Headers& from) {
        return client
            .post(api + "/visit/signal", {{"to", to}, {"kind", kind}, {"payload", {{"sdp", "v=0"}}}}, from)
            .status;
    };
    ASSERT_EQ(send(first_client_, waiting.visit.provider, "offer", waiting.patient), 202);
    const auto offer = provider.wait_for("signal", seconds{10});
    EXPECT_EQ(offer.at("/from"), waiting.visit.patient);
    EXPECT_EQ(offer.at("/payload/sdp"), "v=0");
    ASSERT_EQ(send(second_client_, waiting.visit.patient, "answer", waiting.provider), 202);
    EXPECT_EQ(waiting.page->wait_for("signal", seconds{10}).at("/kind"), "answer");
}

TEST_F(Replicas, hand_their_waiting_rooms_over_when_they_are_restarted_one_after_the_other) {
    std::vector<Waiting> room;
    for (int i = 0; i < 4; ++i) room.push_back(wait_on_first("p-" + std::to_string(i)));
    const auto in_the_room = [&](HttpClient& client) {
        std::vector<std::string> sessions;
        const boost::json::value answer = client.get(api + "/waiting-room", staff_).json();
        for (const auto& entry : answer.at("items").as_array()) sessions.push_back(at(entry, "/sessionId"));
        return sessions;
    };
    const std::vector<std::string> queue = in_the_room(second_client_);
    ASSERT_EQ(queue.size(), room.size());

    const auto restart = [&](Server& leaving, Server& staying, HttpClient& client) {
        leaving.process().signal(SIGTERM);
        for (Waiting& waiting : room) {
            // A page hears no more than that it shall come again, and comes where somebody listens.
            while (const auto frame = waiting.page->next())
                EXPECT_EQ(frame->at("/participant/status"), "waiting") << frame->event << frame->data;
            EXPECT_TRUE(waiting.page->is_closed());
            const Headers resumed = with(waiting.patient, "Last-Event-ID", waiting.page->last_id());
            waiting.page = std::make_unique<SseReader>(
                staying.port(), HttpRequest{"GET", api + "/visit/events", resumed, {}});
            EXPECT_EQ(client.get(api + "/visit", waiting.patient).at("/participant/status"), "waiting");
        }
        EXPECT_EQ(leaving.process().wait(seconds{60}), 0);
        EXPECT_EQ(in_the_room(client), queue);
        leaving.start();
    };

    restart(first_, second_, second_client_);
    restart(second_, first_, first_client_);

    for (Waiting& waiting : room) (void)admit_on_second(waiting);
    const std::string last = book(second_client_, staff_, "p-0").session;
    SseReader feed{second_.port(), {"GET", api + "/events", with(staff_, "Last-Event-ID", "0"), {}}};
    for (std::string told; told != last;) {
        const SseFrame frame = feed.next().value();
        EXPECT_NE(frame.event, "virtual_care.participant.disconnected.v1");
        told = frame.at("/data/sessionId");
    }
}

TEST_F(Replicas, relay_together_and_alone_and_no_event_goes_twice_or_out_of_order) {
    const auto hold_visits = [&](HttpClient client, const std::string& name, int count) {
        for (int i = 0; i < count; ++i) hold_visit(client, staff_, name + std::to_string(i));
    };
    {
        std::jthread on_first{hold_visits, first_.client(), "p-first-", 6};
        std::jthread on_second{hold_visits, second_.client(), "p-second-", 6};
    }
    // One of them dies with whatever it has on the way.
    book(first_client_, staff_, "p-first-0");
    first_.kill();
    hold_visits(second_.client(), "p-alone-", 2);

    const auto has_none = [&](const char* queue) {
        return becomes_true(
            [&] { return json(second_.command({queue, "list", "--json"}).output).as_array().empty(); });
    };
    ASSERT_TRUE(has_none("encounters")) << "a visit whose Encounter is owed has more to tell";
    const std::string last = book(second_client_, staff_, "p-first-1").session;
    ASSERT_TRUE(has_none("outbox"));
    const EventsByLine told = events_of_feed(second_, staff_, last);
    EXPECT_GE(told.size(), 14u);
    EXPECT_EQ(events_of_stream(broker_, last), told);
}

TEST(RemindingReplicas, remind_each_person_once_together_and_when_one_of_them_dies) {
    const TempFolder folder;
    const NatsServer broker;
    const std::string settings = on(broker) + "notify.url = \"events:\"\n";
    Server first{folder.path(), settings};
    Server second{folder.path(), settings};
    HttpClient client = second.client();
    const Headers staff = second.token("north", "dr-north", {"clinician", "tenant_admin"});
    const HttpResponse config = client.get(api + "/config", staff);
    boost::json::object document = config.json().as_object();
    document["reminders"] = boost::json::array{boost::json::object{{"minutesBefore", 5}}};
    const std::string version{config.header("ETag")};
    ASSERT_EQ(client.put(api + "/config", document, with(staff, "If-Match", version)).status, 200);

    std::vector<BookedVisit> visits;
    for (int i = 0; i < 12; ++i) {
        const std::string patient = "p-" + std::to_string(i);
        give_consent(client, staff, patient);
        const auto due = std::chrono::system_clock::now() + seconds{5 * 60 + 4 + i};
        const boost::json::object soon{
            {"scheduledStart", domain::to_rfc3339(std::chrono::floor<milliseconds>(due))}};
        visits.push_back(book(client, staff, patient, boost::json::serialize(soon)));
    }
    std::map<std::string, int> reminded;
    const auto has_reminded = [&](std::size_t people) {
        reminded.clear();
        for (const StreamMessage& message : broker.messages()) {
            const auto event = json(message.body);
            if (at(event, "/data/category") == "reminder") ++reminded[at(event, "/data/participantId")];
        }
        return reminded.size() >= people;
    };
    ASSERT_TRUE(becomes_true([&] { return has_reminded(6); }));
    first.kill();

    // The provider is reminded too.
    EXPECT_TRUE(becomes_true([&] { return has_reminded(2 * visits.size()); }));
    for (const auto& [participant, times] : reminded) EXPECT_EQ(times, 1) << participant;
}

}  // namespace
}  // namespace vcare::support
