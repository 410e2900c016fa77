// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "domain/time.hpp"
#include "support/event_ledger.hpp"
#include "support/event_schema_checker.hpp"

/// People are told of their visits, each thing once, whatever becomes of the service meanwhile.
namespace vcare::support {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string api{base_path};
const std::string intent_type = "virtual_care.notification.requested.v1";

/// Who brings messages to people: a communication service that reads the broker, or one on the feed.
enum class Road { broker, feed };

std::string name_of(const testing::TestParamInfo<Road>& info) {
    return info.param == Road::broker ? "broker" : "feed";
}

std::string in_seconds(int seconds_from_now) {
    const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    return domain::to_rfc3339(now + seconds{seconds_from_now});
}

class Notifications : public testing::TestWithParam<Road> {
  protected:
    [[nodiscard]] bool has_broker() const { return GetParam() == Road::broker; }
    [[nodiscard]] std::string settings() const {
        const std::string told = "notify.url = \"events:\"\n";
        return has_broker() ? told + "events.url = \"" + broker_->url() + "\"\n" : told;
    }

    /// Everything that people were told so far, in its order.
    [[nodiscard]] std::vector<boost::json::value> intents() {
        std::vector<boost::json::value> found;
        if (has_broker()) {
            for (const StreamMessage& message : broker_->messages()) {
                if (message.subject == intent_type) found.push_back(json(message.body));
            }
            return found;
        }
        const std::string last = book(client_, staff_, "p-last").session;
        std::optional<SseReader> feed;
        for (bool is_over = false; !is_over;) {
            // The service closes a feed that has more to catch up with than it sends at once.
            if (!feed || feed->is_closed())
                feed.emplace(
                    server_.port(),
                    HttpRequest{"GET", api + "/events", with(staff_, "Last-Event-ID", heard_until_), {}});
            const auto frame = feed->next();
            if (!frame && !feed->is_closed()) throw std::runtime_error{"the feed has not told of " + last};
            if (!frame) continue;
            heard_until_ = frame->id;
            is_over = frame->at("/partitionkey") == last;
            if (frame->event == intent_type) heard_.push_back(frame->json());
        }
        return heard_;
    }
    /// How often each was told to a participant.
    std::map<std::string, int> told_to(const std::string& participant) {
        std::map<std::string, int> told;
        for (const auto& intent : intents()) {
            EXPECT_EQ(problems_of_event(intent), std::vector<std::string>{});
            if (at(intent, "/data/participantId") == participant) ++told[at(intent, "/data/category")];
        }
        return told;
    }
    /// Waits until everything that was decided is out.
    [[nodiscard]] bool is_drained() const {
        return becomes_true(
            [&] { return json(server_.command({"outbox", "list", "--json"}).output).as_array().empty(); });
    }
    void remind_five_minutes_before() {
        const HttpResponse config = client_.get(api + "/config", staff_);
        boost::json::object document = config.json().as_object();
        document["reminders"] = boost::json::array{boost::json::object{{"minutesBefore", 5}}};
        const auto put = client_.put(api + "/config", document,
                                     with(staff_, "If-Match", std::string{config.header("ETag")}));
        ASSERT_EQ(put.status, 200) << put.body;
    }
    void change(const BookedVisit& visit, const std::string& command, boost::json::object body) {
        body["version"] = version_of(client_, staff_, visit.session);
        const auto done = client_.post(api + "/sessions/" + visit.session + "/" + command, body, staff_);
        ASSERT_EQ(done.status, 200) << done.body;
    }
    void ask_for_a_link(const std::string& code) {
        ASSERT_EQ(client_.post(api + "/visit/new-link", {{"token", code}}).status, 202);
    }

    std::string heard_until_ = "0";          ///< on the feed
    std::vector<boost::json::value> heard_;  ///< there
    TempFolder folder_;
    std::unique_ptr<NatsServer> broker_ = has_broker() ? std::make_unique<NatsServer>() : nullptr;
    Server server_{folder_.path(), settings()};
    HttpClient client_ = server_.client();
    Headers staff_ = server_.token("north", "dr-north", {"clinician", "tenant_admin"}, {"--ttl", "86400"});
};

INSTANTIATE_TEST_SUITE_P(On, Notifications, testing::Values(Road::broker, Road::feed), name_of);

TEST_P(Notifications, tell_each_person_each_thing_once_also_when_the_service_is_killed) {
    remind_five_minutes_before();
    give_consent(client_, staff_, "p-1");
    give_consent(client_, staff_, "p-2");
    give_consent(client_, staff_, "p-last");
    const BookedVisit visit = book(client_, staff_, "p-1");
    const std::string code = link_code(client_, staff_, visit.session, visit.patient);
    change(visit, "reschedule", {{"scheduledStart", minutes_from_now(10)}});
    ask_for_a_link(code);
    ask_for_a_link(code);
    ASSERT_EQ(client_
                  .post(api + "/sessions/" + visit.session + "/participants/" + visit.provider + "/join", {},
                        staff_)
                  .status,
              200);
    ASSERT_TRUE(is_drained());
    server_.kill();
    server_.start();
    client_ = server_.client();
    change(visit, "cancel", {{"reason", "clinic_closed"}});
    const boost::json::object soon{{"scheduledStart", in_seconds(5 * 60 + 3)}};
    const BookedVisit next = book(client_, staff_, "p-2", boost::json::serialize(soon));
    server_.kill();
    server_.start();
    client_ = server_.client();
    ASSERT_TRUE(becomes_true([&] { return told_to(next.patient).contains("reminder"); }));
    server_.kill();
    server_.start();
    client_ = server_.client();
    ASSERT_TRUE(is_drained());

    EXPECT_EQ(told_to(visit.patient),
              (std::map<std::string, int>{{"invitation", 1},
                                          {"new_link", 2},  // staff's, and the asked one
                                          {"reschedule", 1},
                                          {"provider_ready", 1},
                                          {"cancellation", 1}}));
    EXPECT_EQ(told_to(visit.provider), (std::map<std::string, int>{})) << "they did all of it";
    EXPECT_EQ(told_to(next.patient), (std::map<std::string, int>{{"invitation", 1}, {"reminder", 1}}));
    EXPECT_EQ(told_to(next.provider), (std::map<std::string, int>{{"reminder", 1}}));
}

TEST_P(Notifications, bring_a_link_over_the_broker_only) {
    give_consent(client_, staff_, "p-1");
    give_consent(client_, staff_, "p-last");
    const BookedVisit visit = book(client_, staff_, "p-1");
    ASSERT_TRUE(is_drained());

    std::string url;
    for (const auto& intent : intents()) {
        if (at(intent, "/data/participantId") != visit.patient) continue;
        EXPECT_EQ(at(intent, "/data/recipientRef"), "p-1");
        EXPECT_EQ(at(intent, "/data/templateKey"), "vcare-invitation-v1");
        EXPECT_EQ(at(intent, "/data/variables/role"), "patient");
        url = at(intent, "/data/variables/joinUrl");
    }
    SseReader feed{server_.port(), {"GET", api + "/events", with(staff_, "Last-Event-ID", "0"), {}}};
    EXPECT_THAT(feed.wait_for(intent_type).data, Not(HasSubstr("joinUrl")));
    EXPECT_EQ(url.empty(), !has_broker());
    if (!has_broker()) return;
    const std::string code = url.substr(url.find('#') + 1);
    EXPECT_EQ(join(client_, code).at("/participantId"), visit.patient);
    EXPECT_THAT(server_.log(), Not(HasSubstr(code)));
}

TEST(NotificationsInTheLog, are_shown_and_no_event_and_no_link_is_made_for_them) {
    const TempFolder folder;
    Server server{folder.path(), "log.level = \"info\"\n"};
    HttpClient client = server.client();
    const Headers staff = server.token("north", "dr-north", {"clinician"});
    give_consent(client, staff, "p-1");
    const BookedVisit visit = book(client, staff, "p-1");

    EXPECT_TRUE(becomes_true([&] { return server.log().find("notification.shown") != std::string::npos; }));
    EXPECT_THAT(server.log(), HasSubstr(visit.patient));
    const auto preparation = client.get(api + "/sessions/" + visit.session + "/preparation", staff);
    EXPECT_EQ(preparation.at("/participants/1/link/issuedAt"), "");
    EXPECT_EQ(preparation.at("/participants/1/reachable"), "false") << "nobody is there to reach them";
}

}  // namespace
}  // namespace vcare::support
