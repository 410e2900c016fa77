// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <latch>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "domain/time.hpp"
#include "integration/inbox_fixture.hpp"
#include "support/event_ledger.hpp"
#include "support/store_of_test.hpp"

/// Two processes of the service on one PostgreSQL and one broker: one clinic to everybody.
namespace vcare::support {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

TEST_F(Replicas, refuse_whoever_was_suspended_within_two_seconds_whichever_of_them_was_told) {
    broker_.make_stream_of_others("IDENTITY", "identity");
    const auto tell = [&](const std::string& user, int said_at) {
        broker_.tell(
            "identity.user.suspended.v1",
            cloud_event({"identity.user.suspended.v1", {{"userId", user}}, "told-" + user, said_at}));
    };
    // So that the consumer is there: a stream is found within two seconds of its making.
    tell("nobody-here", 0);
    ASSERT_TRUE(becomes_true([&] { return broker_.unacknowledged("IDENTITY") == 0; }));
    ASSERT_EQ(first_client_.get(api + "/sessions", staff_).status, 200);
    ASSERT_EQ(second_client_.get(api + "/sessions", staff_).status, 200);

    tell("dr-north", 60);
    const auto told = std::chrono::steady_clock::now();
    for (HttpClient* client : {&first_client_, &second_client_})
        EXPECT_TRUE(
            becomes_true([&] { return client->get(api + "/sessions", staff_).code() == "TOKEN_INVALID"; }));
    EXPECT_LT(std::chrono::steady_clock::now() - told, seconds{2});

    const Server third{folder_.path(), on(broker_)};
    HttpClient fresh = third.client();
    EXPECT_EQ(fresh.get(api + "/sessions", staff_).code(), "TOKEN_INVALID")
        << "a replica knows who is barred before it serves anybody";
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

TEST_F(Replicas, do_a_command_once_that_both_get_at_the_same_time_under_one_key_and_answer_alike) {
    constexpr int rounds = 20;
    give_consent(first_client_, staff_, "p-1");
    const auto ask_both = [&](const std::string& path, const boost::json::object& body,
                              const Headers& headers) {
        std::array<HttpResponse, 2> answers;
        std::latch both{2};
        const auto ask = [&](HttpClient client, HttpResponse* answer) {
            both.arrive_and_wait();
            *answer = client.post(api + path, body, headers);
        };
        {
            const std::jthread on_first{ask, first_.client(), &answers[0]};
            const std::jthread on_second{ask, second_.client(), &answers[1]};
        }
        EXPECT_EQ(answers[0].status, answers[1].status) << path << answers[0].body << answers[1].body;
        EXPECT_EQ(answers[0].body, answers[1].body) << path;
        EXPECT_LT(answers[0].status, 300) << answers[0].body;
        return answers[0];
    };
    const auto keyed = [&](const Headers& headers, int round) {
        return with(headers, "Idempotency-Key", "key-" + std::to_string(round));
    };
    for (int round = 0; round < rounds; ++round) {
        SCOPED_TRACE(round);
        const HttpResponse booked =
            ask_both("/sessions", {{"patientId", "p-1"}, {"scheduledStart", minutes_from_now(5)}},
                     keyed(staff_, round));
        const std::string session = booked.at("/id");
        const std::string people = "/sessions/" + session + "/participants";
        const HttpResponse invited = ask_both(people, {{"role", "observer"}}, keyed(staff_, 100 + round));
        const auto seats = first_client_.get(api + people, staff_).json().at("items").as_array();
        EXPECT_EQ(seats.size(), 3U) << "one observer beside the patient and the provider";
        std::string patient;
        std::string provider;
        for (const auto& seat : seats) {
            if (at(seat, "/role") == "patient") patient = at(seat, "/id");
            if (at(seat, "/role") == "provider") provider = at(seat, "/id");
        }
        const std::string code = link_code(first_client_, staff_, session, patient);
        const HttpResponse joined =
            ask_both("/visit/join", {{"token", code}, {"consents", boost::json::array{}}}, keyed({}, round));
        EXPECT_EQ(second_client_.get(api + "/visit", visit(joined.at("/credential"))).status, 200);
        (void)ask_both(people + "/" + provider + "/join", {}, keyed(staff_, 200 + round));
        const auto version = version_of(first_client_, staff_, session);
        (void)ask_both(people + "/" + patient + "/admit", {{"version", version}}, keyed(staff_, 300 + round));
        const auto later = version_of(first_client_, staff_, session);
        EXPECT_EQ(later, version + 1) << "admitted once";
        (void)ask_both("/sessions/" + session + "/end", {{"version", later}}, keyed(staff_, 400 + round));
    }
    EXPECT_EQ(ask_stored(folder_.path(), "SELECT COUNT(*) FROM sessions"), std::to_string(rounds));
    EXPECT_EQ(ask_stored(folder_.path(), "SELECT COUNT(*) FROM audit_entries WHERE action = 'session.end'"),
              std::to_string(rounds));
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

/// Waits until so many of the service's connections wait for a lock; fails when they do not.
std::string until_waiting(int connections) {
    return "FOR i IN 1..1000 LOOP"
           " IF (SELECT COUNT(DISTINCT pid) FROM pg_locks WHERE NOT granted) >= " +
           std::to_string(connections) +
           " THEN RETURN; END IF;"
           " PERFORM pg_sleep(0.01); END LOOP; RAISE EXCEPTION 'not everybody came to wait';";
}

/// Both replicas are in the middle of writing to this table at the same time, whenever they come to it.
std::string until_both_write(const std::string& table) {
    return "DO $$ BEGIN LOCK TABLE " + table + " IN SHARE MODE; " + until_waiting(2) + " END $$";
}

double metric(const Server& server, const std::string& name) {
    const std::string text = "\n" + server.admin_client().get("/metrics").body;
    const auto found = text.find("\n" + name + " ");
    return found == std::string::npos ? 0 : std::stod(text.substr(found + name.size() + 2));
}

TEST(SweepingReplicas, close_each_visit_once_and_are_not_in_each_others_way) {
    const TempFolder folder;
    const NatsServer broker;
    const std::string settings = on(broker) + "sweeper.interval_seconds = 1\nsweeper.rest_seconds = 0\n";
    const Server first{folder.path(), settings};
    const Server second{folder.path(), settings};
    HttpClient client = second.client();
    const Headers staff = second.token("north", "dr-north", {"clinician", "tenant_admin"});
    const HttpResponse config = client.get(api + "/config", staff);
    boost::json::object document = config.json().as_object();
    document["joinWindowAfterMinutes"] = 0;
    const std::string version{config.header("ETag")};
    ASSERT_EQ(client.put(api + "/config", document, with(staff, "If-Match", version)).status, 200);
    give_consent(client, staff, "p-1");
    // More than one replica takes at once, so that both have something to do.
    constexpr unsigned count = 130;
    for (unsigned i = 0; i < count; ++i) book(client, staff, "p-1");

    change_stored(folder.path(), "UPDATE sessions SET scheduled_start = 0, scheduled_end = 1");
    change_stored(folder.path(),
                  "UPDATE due_times SET due_at = EXTRACT(EPOCH FROM clock_timestamp() + '2 s') * 1000");
    change_stored(folder.path(), until_both_write("due_times"));

    std::map<std::string, int> cancelled;
    const auto are_cancelled = [&] {
        cancelled.clear();
        for (const StreamMessage& message : broker.messages()) {
            if (message.subject == "virtual_care.session.cancelled.v1")
                ++cancelled[at(json(message.body), "/data/sessionId")];
        }
        return cancelled.size() >= count;
    };
    ASSERT_TRUE(becomes_true(are_cancelled));
    for (const auto& [session, times] : cancelled) EXPECT_EQ(times, 1) << session;
    double closed = 0;
    for (const Server* replica : {&first, &second}) {
        const double own =
            metric(*replica, R"(vcare_session_transitions_total{from="scheduled",to="cancelled"})");
        EXPECT_GT(own, 0) << "it had its part";
        EXPECT_EQ(metric(*replica, R"(vcare_store_transactions_total{result="stale"})"), 0)
            << "nobody was quicker";
        closed += own;
    }
    EXPECT_EQ(closed, count);
    EXPECT_THAT(first.log(), Not(HasSubstr("sweeper.put_off")));
    EXPECT_THAT(first.log(), Not(HasSubstr("worker.failed")));
}

TEST_F(Replicas, seal_one_audit_log_and_sign_each_checkpoint_once) {
    const auto stored = [&](const std::string& what) {
        return ask_stored(folder_.path(), "SELECT COUNT(*) FROM " + what);
    };
    const auto is_sealed = [&] { return becomes_true([&] { return stored("audit_unsealed") == "0"; }); };
    // One replica is held in the middle of sealing this clinic's log, and the other of sealing another's.
    const Headers elsewhere = second_.token("south", "dr-south", {"clinician", "tenant_admin"});
    {
        std::jthread holding{[&] { change_stored(folder_.path(), until_both_write("audit_chain")); }};
        EXPECT_EQ(first_client_.get(api + "/config", staff_).status, 200);
        give_consent(first_client_, staff_, "p-1");
        change_stored(folder_.path(), "DO $$ BEGIN " + until_waiting(1) + " END $$");
        give_consent(second_client_, staff_, "p-2");
        give_consent(second_client_, elsewhere, "p-1");
    }
    {
        std::jthread on_first{[&] { hold_visit(first_client_, staff_, "p-first"); }};
        std::jthread on_second{[&] { hold_visit(second_client_, staff_, "p-second"); }};
    }
    ASSERT_TRUE(is_sealed());

    // A checkpoint is due, and each replica asks for it when it starts.
    change_stored(folder_.path(), "UPDATE counters SET value = 0 WHERE name = 'checkpoint_due'");
    EXPECT_EQ(first_.terminate(), 0);
    first_.start();
    ASSERT_TRUE(becomes_true([&] { return stored("audit_checkpoints") == "1"; }));
    // The next is not due before this test ends, however long that takes.
    change_stored(folder_.path(),
                  "UPDATE counters SET value = value + 3600000 WHERE name = 'checkpoint_due'");
    give_consent(first_client_, staff_, "p-3");
    ASSERT_TRUE(is_sealed());
    EXPECT_EQ(second_.terminate(), 0);
    EXPECT_EQ(first_.terminate(), 0);
    second_.start();
    // What comes first is sealed before the checkpoint is asked for, and what comes second after it.
    for (const std::string patient : {"p-4", "p-5"}) {
        give_consent(second_client_, staff_, patient);
        ASSERT_TRUE(is_sealed());
    }

    EXPECT_EQ(stored("audit_checkpoints"), "1");
    EXPECT_EQ(stored("audit_heads WHERE sequence > checkpointed"), "1") << "there would be one to sign";
    const Finished verified = second_.command({"audit", "verify"});
    EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.error;
    EXPECT_THAT(second_.log(), Not(HasSubstr("worker.failed")));
    EXPECT_THAT(second_.log(), Not(HasSubstr("audit.not_sealed")));
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

TEST(RetainingReplicas, delete_every_visit_once_together) {
    const TempFolder folder;
    const NatsServer broker;
    const std::string settings = on(broker) + "retention.interval_seconds = 1\n";
    Server first{folder.path(), settings};
    Server second{folder.path(), settings};
    HttpClient client = second.client();
    const Headers staff = second.token("north", "dr-north", {"clinician", "tenant_admin", "auditor"});
    constexpr std::size_t visits = 60;  // more than one batch
    give_consent(client, staff, "p-1");
    for (std::size_t i = 0; i < visits; ++i) {
        const BookedVisit visit = book(client, staff, "p-1");
        const boost::json::object why{{"version", visit.version}, {"reason", "no_longer_needed"}};
        ASSERT_EQ(client.post(api + "/sessions/" + visit.session + "/cancel", why, staff).status, 200);
    }
    ASSERT_TRUE(becomes_true(
        [&] { return json(second.command({"outbox", "list", "--json"}).output).as_array().empty(); }));
    change_stored(folder.path(),
                  "UPDATE sessions SET scheduled_start = scheduled_start - 400000000000,"
                  " updated_at = updated_at - 400000000000;"
                  "UPDATE retention_times SET due_at = due_at - 3600000");

    ASSERT_TRUE(
        becomes_true([&] { return ask_stored(folder.path(), "SELECT COUNT(*) FROM sessions") == "0"; }));
    EXPECT_EQ(ask_stored(folder.path(), "SELECT COUNT(*) FROM audit_entries WHERE action = 'session.delete'"),
              std::to_string(visits));
    EXPECT_EQ(second.command({"audit", "verify"}).exit_code, 0);
}

}  // namespace
}  // namespace vcare::support
