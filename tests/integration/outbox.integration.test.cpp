// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <iterator>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/event_ledger.hpp"
#include "support/free_port.hpp"
#include "support/store_of_test.hpp"

/// Every change's event goes into the broker's stream exactly once and in the order of its session, whatever
/// becomes of the broker or of the service meanwhile.
namespace vcare::support {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string api{base_path};

std::string on(const NatsServer& broker) {
    return "events.url = \"" + broker.url() + "\"\n";
}

/// A service, its broker, and a clinic that works on both.
class Outbox : public testing::Test {
  protected:
    [[nodiscard]] boost::json::array waiting() const {
        const Finished listed = server_.command({"outbox", "list", "--json"});
        EXPECT_EQ(listed.exit_code, 0) << listed.error;
        return json(listed.output).as_array();
    }
    [[nodiscard]] bool is_drained() const {
        return becomes_true([&] { return waiting().empty(); });
    }
    [[nodiscard]] std::string metrics() const { return server_.admin_client().get("/metrics").body; }
    [[nodiscard]] double metric(const std::string& name) const {
        const std::string text = "\n" + metrics();
        const auto found = text.find("\n" + name + " ");
        return found == std::string::npos ? -1 : std::stod(text.substr(found + name.size() + 2));
    }
    [[nodiscard]] bool readiness_says(const std::string& state) const {
        return becomes_true([&] {
            const HttpResponse ready = server_.admin_client().get("/health/ready");
            EXPECT_EQ(ready.status, 200) << "a broker is no reason to send nobody here";
            return ready.body.find(R"("name":"broker","state":")" + state) != std::string::npos;
        });
    }
    BookedVisit book_for(const std::string& patient) {
        give_consent(client_, staff_, patient);
        return book(client_, staff_, patient);
    }
    /// Whether every Encounter is in the record, so that no visit has anything more to tell.
    [[nodiscard]] bool is_paid() const {
        return becomes_true([&] {
            const Finished listed = server_.command({"encounters", "list", "--json"});
            return json(listed.output).as_array().empty();
        });
    }
    /// Books one more, and compares what everybody was told up to it.
    void expect_everything_once_and_in_order() {
        ASSERT_TRUE(is_paid());
        const std::string last = book_for("p-last").session;
        ASSERT_TRUE(is_drained());
        const EventsByLine told = events_of_feed(server_, staff_, last);
        EXPECT_THAT(told, testing::Not(IsEmpty()));
        EXPECT_EQ(events_of_stream(broker_, last), told);
    }
    [[nodiscard]] bool is_in_stream(const std::string& session, const std::string& type) const {
        for (const StreamMessage& message : broker_.messages()) {
            if (message.subject == type && at(json(message.body), "/data/sessionId") == session) return true;
        }
        return false;
    }

    TempFolder folder_;
    NatsServer broker_;
    Server server_{folder_.path(), on(broker_)};
    HttpClient client_ = server_.client();
    /// Sees everything of the tenant.
    Headers staff_ = server_.token("north", "dr-north", {"clinician", "tenant_admin"}, {"--ttl", "86400"});
};

TEST_F(Outbox, brings_every_event_to_the_broker_once_and_in_order) {
    EXPECT_TRUE(readiness_says("up"));
    for (const std::string patient : {"p-1", "p-2", "p-3"}) hold_visit(client_, staff_, patient);

    expect_everything_once_and_in_order();
    EXPECT_THAT(metrics(), HasSubstr(R"(vcare_dependency_up{dependency="broker"} 1)"));
}

TEST_F(Outbox, keeps_events_while_the_broker_is_dead_or_stands_still_and_visits_go_on) {
    const std::vector<std::pair<std::function<void()>, std::function<void()>>> outages = {
        {[&] { broker_.kill(); }, [&] { broker_.start(); }},
        {[&] { broker_.pause(); }, [&] { broker_.go_on(); }},
    };
    int number = 0;
    for (const auto& [goes, comes_back] : outages) {
        SCOPED_TRACE(number);
        ASSERT_TRUE(readiness_says("up"));
        hold_visit(client_, staff_, "p-before-" + std::to_string(number));
        goes();
        SseReader feed{server_.port(), {"GET", api + "/events", staff_, {}}};
        const std::string held = hold_visit(client_, staff_, "p-during-" + std::to_string(number));
        // A page does not wait for the broker.
        while (feed.wait_for("virtual_care.session.ended.v1").at("/data/sessionId") != held) {
        }
        EXPECT_TRUE(readiness_says("degraded"));
        hold_visit(client_, staff_, "p-later-" + std::to_string(number));
        EXPECT_THAT(waiting(), testing::Not(IsEmpty()));
        EXPECT_TRUE(becomes_true([&] { return metric("vcare_outbox_lag_seconds") > 0; }));
        EXPECT_GT(metric("vcare_outbox_pending"), 0);

        comes_back();
        EXPECT_TRUE(is_drained());
        ++number;
    }
    expect_everything_once_and_in_order();
    EXPECT_TRUE(becomes_true([&] { return metric("vcare_outbox_lag_seconds") == 0; }));
    for (const auto& item : waiting()) EXPECT_EQ(at(item, "/refusals"), "0");
}

TEST_F(Outbox, waits_for_a_broker_that_is_not_there_at_the_start) {
    ASSERT_EQ(server_.terminate(), 0);
    broker_.kill();
    server_.start();
    client_ = server_.client();
    hold_visit(client_, staff_, "p-1");
    EXPECT_TRUE(readiness_says("degraded"));

    broker_.start();

    EXPECT_TRUE(readiness_says("up"));
    expect_everything_once_and_in_order();
}

TEST_F(Outbox, publishes_nothing_twice_when_the_service_dies_before_it_knows_that_the_broker_has_it) {
    bool was_between = false;
    for (int i = 0; i < 5 && !was_between; ++i) {
        ASSERT_TRUE(readiness_says("up"));
        const std::string patient = "p-" + std::to_string(i);
        give_consent(client_, staff_, patient);
        ASSERT_TRUE(is_drained());
        broker_.pause();
        SseReader feed{server_.port(), {"GET", api + "/events", staff_, {}}};
        const std::string session = book(client_, staff_, patient).session;
        // Told to the feed means that the relay is at it, and the broker does not answer.
        (void)feed.wait_for("virtual_care.participant.invited.v1");
        // On its way into the socket, which nothing outside can see; asking takes longer than that.
        EXPECT_THAT(waiting(), testing::Not(IsEmpty())) << "nobody has acknowledged it";
        server_.kill();
        broker_.go_on();
        was_between = becomes_true([&] { return is_in_stream(session, "virtual_care.session.created.v1"); },
                                   seconds{2});
        server_.start();
        client_ = server_.client();
    }
    ASSERT_TRUE(was_between) << "the broker has it, and nobody was told";

    expect_everything_once_and_in_order();
}

TEST_F(Outbox, gives_up_what_the_broker_refuses_for_its_content_and_replays_it) {
    const std::string small = book_for("p-small").session;
    ASSERT_TRUE(is_drained());
    std::size_t size = 0;
    for (const StreamMessage& message : broker_.messages()) size = std::max(size, message.body.size());
    // Headers count: 120 bytes of them, and room for the shorter names.
    broker_.limit_message_size(static_cast<int>(size) + 160);

    const std::string refused = book_for("p-" + std::string(120, 'x')).session;
    const std::string other = book_for("p-other").session;
    EXPECT_TRUE(becomes_true([&] { return is_in_stream(other, "virtual_care.participant.invited.v1"); }))
        << "no other session waits";
    EXPECT_FALSE(is_in_stream(refused, "virtual_care.participant.invited.v1")) << "nothing overtakes it";

    const auto dead_letters = [&] {
        boost::json::array dead;
        for (const auto& item : waiting()) {
            if (at(item, "/state") == "dead") dead.push_back(item);
        }
        return dead;
    };
    ASSERT_TRUE(becomes_true([&] { return !dead_letters().empty(); }));
    ASSERT_THAT(dead_letters(), SizeIs(1));
    const auto dead = dead_letters().at(0);
    EXPECT_EQ(at(dead, "/session"), refused);
    EXPECT_EQ(at(dead, "/type"), "virtual_care.session.created.v1");
    EXPECT_EQ(at(dead, "/refusals"), "5");
    EXPECT_THAT(at(dead, "/lastProblem"), HasSubstr("max_msg_size"));
    EXPECT_TRUE(becomes_true([&] { return is_in_stream(refused, "virtual_care.participant.invited.v1"); }))
        << "its session goes on";
    EXPECT_TRUE(becomes_true([&] { return metric("vcare_outbox_dead_letters") == 1; }));

    broker_.limit_message_size(-1);
    const Finished replayed =
        server_.command({"outbox", "replay", "--event", at(dead, "/eventId"), "--json"});
    EXPECT_EQ(at(json(replayed.output), "/replayed"), "1");
    EXPECT_TRUE(becomes_true([&] { return is_in_stream(refused, "virtual_care.session.created.v1"); }));
    ASSERT_TRUE(is_drained());
    EXPECT_TRUE(becomes_true([&] { return metric("vcare_outbox_dead_letters") == 0; }));
    EXPECT_NE(small, refused);
}

/// The embedded default: no broker, and a clinic's feed is who is told.
class OutboxInProcess : public testing::Test {
  protected:
    [[nodiscard]] bool is_drained() const {
        return becomes_true([&] {
            const Finished listed = server_.command({"outbox", "list", "--json"});
            EXPECT_EQ(listed.exit_code, 0) << listed.error;
            return json(listed.output).as_array().empty();
        });
    }
    [[nodiscard]] bool is_paid() const {
        return becomes_true([&] {
            return json(server_.command({"encounters", "list", "--json"}).output).as_array().empty();
        });
    }
    /// The ids of all events as they were written, in the order they were numbered.
    [[nodiscard]] std::vector<std::string> written() const {
        const std::string all =
            ask_stored(folder_.path(), is_on_postgres()
                                           ? "SELECT string_agg(event_id, ' ' ORDER BY position) FROM outbox"
                                           : "SELECT group_concat(event_id, ' ') FROM"
                                             " (SELECT event_id FROM outbox ORDER BY position)");
        std::istringstream words{all};
        return {std::istream_iterator<std::string>{words}, {}};
    }
    void expect_everything_once_and_in_order() {
        ASSERT_TRUE(is_paid());
        give_consent(client_, staff_, "p-last");
        const std::string last = book(client_, staff_, "p-last").session;
        ASSERT_TRUE(is_drained());
        const EventsByLine told = events_of_feed(server_, staff_, last);
        const std::vector<std::string> all = written();
        std::size_t count = 0;
        for (const auto& [line, ids] : told) {
            std::vector<std::string> in_order;
            std::ranges::copy_if(all, std::back_inserter(in_order), [&, &of_line = ids](const auto& id) {
                return std::ranges::find(of_line, id) != of_line.end();
            });
            EXPECT_EQ(ids, in_order) << line;
            count += ids.size();
        }
        const std::string of_last =
            ask_stored(folder_.path(), "SELECT COUNT(*) FROM outbox WHERE session_id = '" + last + "'");
        EXPECT_EQ(count + std::stoul(of_last), all.size()) << "every event was told";
        EXPECT_GT(count, 0U);
        EXPECT_EQ(ask_stored(folder_.path(), "SELECT COUNT(*) FROM outbox_dead_letters"), "0");
    }

    TempFolder folder_;
    Server server_{folder_.path(), "events.url = \"inproc:\"\n"};
    HttpClient client_ = server_.client();
    Headers staff_ = server_.token("north", "dr-north", {"clinician", "tenant_admin"}, {"--ttl", "86400"});
};

TEST_F(OutboxInProcess, tells_every_event_once_and_in_order) {
    for (const std::string patient : {"p-1", "p-2", "p-3"}) hold_visit(client_, staff_, patient);

    expect_everything_once_and_in_order();
}

TEST_F(OutboxInProcess, loses_and_repeats_nothing_when_the_service_dies_on_the_way) {
    for (int i = 0; i < 5; ++i) {
        const std::string patient = "p-" + std::to_string(i);
        give_consent(client_, staff_, patient);
        (void)book(client_, staff_, patient);
        server_.kill();  // what was acknowledged may be told by now, or not
        server_.start();
        client_ = server_.client();
    }

    expect_everything_once_and_in_order();
}

TEST_F(OutboxInProcess, goes_on_for_a_reader_where_it_was_cut_off) {
    SseReader feed{server_.port(), {"GET", api + "/events", staff_, {}}};
    hold_visit(client_, staff_, "p-1");
    (void)feed.wait_for("virtual_care.session.created.v1");
    const std::string last_id = feed.last_id();

    server_.kill();
    server_.start();
    client_ = server_.client();
    SseReader again{server_.port(), {"GET", api + "/events", with(staff_, "Last-Event-ID", last_id), {}}};

    const auto next = again.next();
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->at("/id"), ask_stored(folder_.path(),
                                          "SELECT event_id FROM outbox WHERE position ="
                                          " (SELECT MIN(position) FROM outbox WHERE position > " +
                                              last_id + ")"));
}

TEST(OutboxAtTheStart, refuses_a_stream_that_cannot_be_shared_in_one_sentence) {
    const TempFolder folder;
    const NatsServer broker;
    broker.make_stream("workqueue");
    write_text(folder.path() / "vcare.toml",
               on(broker) + "server.listen = \"127.0.0.1:" + std::to_string(free_port()) + "\"\n");

    const Finished refused =
        run({vcare_binary(), "serve", "--config", (folder.path() / "vcare.toml").string()},
            store_environment(folder.path()));

    EXPECT_EQ(refused.exit_code, 3);
    EXPECT_EQ(
        refused.error,
        "vcare: NATS: the stream VIRTUAL_CARE has work-queue retention, where whoever reads takes messages "
        "from the others; give it limits retention\n");
}

}  // namespace
}  // namespace vcare::support
