// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <semaphore>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "adapters/events/nats_event_broker.hpp"
#include "adapters/events/nats_live_bus.hpp"
#include "adapters/system/system.hpp"
#include "support/demo_fixture.hpp"
#include "support/fakes/fakes.hpp"
#include "support/nats_server.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/events/a_signal.hpp"

/// Against a real server: what a broker does and does not do is its own business.
namespace vcare::events {
namespace {

using application::BrokerAway;
using application::EventAcknowledged;
using application::EventRefused;
using application::PublishOutcome;
using http_client::Dependency;
using support::NatsServer;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::chrono_literals;

application::OutboxEntry an_event(std::uint64_t number, std::string detail = "s") {
    domain::UlidEntropy entropy{};
    entropy[0] = static_cast<std::byte>(number);
    return {
        .id = domain::EventId::make({}, entropy),
        .event = {.type = domain::EventType::config_updated,
                  .subject = std::move(detail),
                  .data = domain::EventData{}.add("changed", std::vector<std::string>{"languages"}).take()},
        .at = {},
        .actor = "usr-1",
        .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
}

/// Asks again until it is so, for a minute at most.
bool becomes_true(const std::function<bool()>& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

/// The service's side of one connection.
class Client {
  public:
    explicit Client(NatsSettings settings)
        : link_(open_nats_link(std::move(settings), seen_, *clock_, telemetry_)) {}

    PublishOutcome publish(application::OutboxEntry event) {
        return tests::await(broker_->publish(domain::TenantId::parse("hill").value(), std::move(event)));
    }
    bool takes(std::uint64_t number) {
        return std::holds_alternative<EventAcknowledged>(publish(an_event(number)));
    }
    [[nodiscard]] bool is_there() const { return broker_->is_there(); }
    NatsLink& link() { return *link_; }
    [[nodiscard]] Dependency::Health health() const { return seen_->health().value(); }

  private:
    std::unique_ptr<application::Clock> clock_ = system::make_system_clock();
    vcare::testing::FakeTelemetry telemetry_;
    std::shared_ptr<Dependency> seen_ = std::make_shared<Dependency>("broker", *clock_, telemetry_);
    std::unique_ptr<NatsLink> link_;
    std::unique_ptr<application::EventBroker> broker_ = make_nats_event_broker(*link_, "/services/test");
};

TEST(NatsBroker, makes_the_stream_and_keeps_an_event_and_its_repeat_once) {
    const NatsServer server;
    Client client{{.url = server.url()}};

    ASSERT_TRUE(client.is_there());
    EXPECT_TRUE(client.takes(1));
    EXPECT_TRUE(client.takes(1));
    EXPECT_TRUE(client.takes(2));

    const auto messages = server.messages();
    ASSERT_THAT(messages, SizeIs(2));
    EXPECT_EQ(messages[0].subject, "virtual_care.config.updated.v1");
    EXPECT_EQ(messages[0].id, an_event(1).id.text());
    const auto event = boost::json::parse(messages[0].body);
    EXPECT_EQ(event.at("source"), "/services/test");
    EXPECT_EQ(event.at("tenantid"), "hill");
    EXPECT_EQ(event.at("traceparent").as_string(), an_event(1).traceparent.c_str());
    EXPECT_TRUE(client.health().works);
}

TEST(NatsBroker, uses_a_stream_that_can_be_shared_and_refuses_one_that_cannot) {
    const NatsServer shared;
    shared.make_stream("limits");
    EXPECT_TRUE(Client{{.url = shared.url()}}.takes(1));

    for (const std::string retention : {"workqueue", "interest"}) {
        const NatsServer taken;
        taken.make_stream(retention);
        try {
            const Client client{{.url = taken.url()}};
            ADD_FAILURE() << retention;
        } catch (const BrokerRefused& refused) {
            EXPECT_THAT(refused.what(), HasSubstr("give it limits retention"));
        }
    }
}

TEST(NatsBroker, refuses_an_event_for_its_size_and_for_nothing_else) {
    NatsServer server{{.more = "max_payload: 2000\n"}};
    server.make_stream("limits", 1000);
    Client client{{.url = server.url()}};

    for (const std::size_t size : {1100u, 2100u}) {
        const PublishOutcome outcome = client.publish(an_event(1, std::string(size, 'x')));
        ASSERT_TRUE(std::holds_alternative<EventRefused>(outcome)) << size;
        EXPECT_THAT(std::get<EventRefused>(outcome).reason, HasSubstr("larger than"));
    }
    EXPECT_TRUE(client.takes(1));
    EXPECT_TRUE(client.health().works);
}

TEST(NatsBroker, is_away_while_the_server_is_dead_and_comes_back_by_itself) {
    NatsServer server;
    Client client{{.url = server.url()}};
    ASSERT_TRUE(client.takes(1));

    server.kill();
    ASSERT_TRUE(becomes_true([&] { return !client.is_there(); }));
    EXPECT_TRUE(std::holds_alternative<BrokerAway>(client.publish(an_event(2))));
    EXPECT_FALSE(client.health().works);
    server.start();

    ASSERT_TRUE(becomes_true([&] { return client.is_there(); }));
    EXPECT_TRUE(client.takes(1)) << "known from before";
    EXPECT_TRUE(client.takes(2));
    EXPECT_THAT(server.messages(), SizeIs(2));
}

TEST(NatsBroker, is_away_while_the_server_stands_still_and_what_was_on_the_way_arrives_once) {
    const NatsServer server;
    Client client{{.url = server.url()}};
    ASSERT_TRUE(client.takes(1));

    server.pause();
    const PublishOutcome outcome = client.publish(an_event(2));
    EXPECT_TRUE(std::holds_alternative<BrokerAway>(outcome));
    ASSERT_TRUE(becomes_true([&] { return !client.is_there(); }));
    server.go_on();

    ASSERT_TRUE(becomes_true([&] { return client.is_there(); }));
    EXPECT_TRUE(client.takes(2));
    EXPECT_THAT(server.messages(), SizeIs(2));
}

TEST(NatsBroker, is_waited_for_when_it_is_not_there_at_the_start) {
    NatsServer server;
    server.kill();
    Client client{{.url = server.url()}};
    EXPECT_FALSE(client.is_there());
    EXPECT_FALSE(client.health().works);

    server.start();
    ASSERT_TRUE(becomes_true([&] { return client.is_there(); }));
    EXPECT_TRUE(client.takes(1));
}

TEST(NatsBroker, trusts_a_server_that_the_named_authority_vouches_for_and_no_other) {
    const support::TempFolder folder;
    const support::Authority authority;
    const NatsServer server{{.certificate = authority.issue("IP:127.0.0.1")}};
    const auto trusting = [&](const std::string& pem) {
        const auto file = folder.path() / "ca.pem";
        support::write_text(file, pem);
        return NatsSettings{.url = server.url(), .ca_file = file.string()};
    };

    EXPECT_TRUE(Client{trusting(authority.certificate())}.takes(1));
    EXPECT_THROW(Client{trusting(support::Authority{}.certificate())}, BrokerRefused);
    EXPECT_THROW(Client{trusting("no certificate")}, std::runtime_error);
}

TEST(NatsBroker, does_not_start_where_it_is_not_let_in_and_goes_on_trying_once_it_runs) {
    NatsServer server{{.user = "vcare", .password = "right"}};
    Client client{{.url = server.url(), .user = "vcare", .password = "right"}};
    EXPECT_TRUE(client.takes(1));
    EXPECT_THROW((Client{{.url = server.url(), .user = "vcare", .password = "wrong"}}), BrokerRefused);

    server.change_password("another");
    EXPECT_TRUE(becomes_true([&] { return !client.is_there() && client.health().result == "not_let_in"; }));
    EXPECT_FALSE(client.health().works);
    server.change_password("right");
    EXPECT_TRUE(becomes_true([&] { return client.is_there(); }));
    EXPECT_TRUE(client.takes(2));
}

/// A server on which the service has these rights to publish, and may read what it needs.
NatsServer server_with_rights(const std::string& to_publish) {
    return NatsServer{{.more = R"(authorization { users = [
        { user: "tester", password: "t" },
        { user: "vcare", password: "v",
          permissions: { publish: [)" +
                               to_publish + R"(], subscribe: ["_INBOX.>", "vcare_live"] } } ] }
no_auth_user: "tester"
)"}};
}

TEST(NatsBroker, does_not_start_without_the_right_to_publish_and_says_which_it_is) {
    const NatsServer server = server_with_rights(R"("$JS.API.>", "vcare_live")");
    const auto began = std::chrono::steady_clock::now();
    try {
        const Client client{{.url = server.url(), .user = "vcare", .password = "v"}};
        ADD_FAILURE() << "it started";
    } catch (const BrokerRefused& refused) {
        EXPECT_THAT(refused.what(), HasSubstr("may not publish to \"virtual_care.probe\""));
        EXPECT_THAT(refused.what(), HasSubstr("and virtual_care.>"));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(NatsBroker, leaves_nothing_in_the_stream_by_looking_whether_it_may_publish) {
    const NatsServer server = server_with_rights(R"("virtual_care.>", "$JS.API.>", "vcare_live")");

    Client client{{.url = server.url(), .user = "vcare", .password = "v"}};
    const Client again{{.url = server.url(), .user = "vcare", .password = "v"}};

    ASSERT_TRUE(client.is_there());
    EXPECT_TRUE(again.is_there());
    EXPECT_THAT(server.messages(), SizeIs(0));
    EXPECT_TRUE(client.takes(1));
    EXPECT_EQ(server.messages().at(0).sequence, 1U);
}

TEST(NatsLiveBus, carries_a_signal_to_the_other_replica_and_not_back) {
    const NatsServer server;
    Client here{{.url = server.url()}};
    Client there{{.url = server.url()}};
    struct Hearing final : application::LiveBus {
        std::counting_semaphore<> heard{0};
        std::vector<application::Signal> signals;
        void announce(std::vector<application::PublishedEvent>) override {}
        void send(application::Signal signal) override {
            signals.push_back(std::move(signal));
            heard.release();
        }
    };
    Hearing own_here;
    Hearing own_there;
    const auto bus_here = make_nats_live_bus(own_here, here.link());
    const auto bus_there = make_nats_live_bus(own_there, there.link());

    bus_here->send(a_signal());
    ASSERT_TRUE(own_there.heard.try_acquire_for(20s));
    bus_there->send(a_signal());
    ASSERT_TRUE(own_here.heard.try_acquire_for(20s)) << "its own, at once";
    ASSERT_TRUE(own_here.heard.try_acquire_for(20s)) << "the other's";

    EXPECT_THAT(own_here.signals, SizeIs(2));
    ASSERT_THAT(own_there.signals, SizeIs(2));
    EXPECT_EQ(own_there.signals[0].payload, a_signal().payload);
}

}  // namespace
}  // namespace vcare::events
