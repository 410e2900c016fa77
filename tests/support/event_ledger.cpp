// SPDX-License-Identifier: Apache-2.0
#include "support/event_ledger.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/event_schema_checker.hpp"

namespace vcare::support {
namespace {

const std::string api{base_path};

HttpResponse must_do(HttpClient& client, const std::string& path, const boost::json::object& body,
                     const Headers& staff) {
    HttpResponse answer = client.post(api + path, body, staff);
    if (answer.status >= 300) throw std::runtime_error{path + ": " + answer.body};
    return answer;
}

}  // namespace

EventsByLine events_of_feed(const Server& server, const Headers& staff, const std::string& last_session) {
    EventsByLine events;
    std::string last_id = "0";
    std::optional<SseReader> feed;
    for (bool is_over = false; !is_over;) {
        // The service closes a feed that has more to catch up with than it sends at once.
        if (!feed || feed->is_closed())
            feed.emplace(server.port(),
                         HttpRequest{"GET", api + "/events", with(staff, "Last-Event-ID", last_id), {}});
        const auto frame = feed->next();
        if (!frame && !feed->is_closed())
            throw std::runtime_error{"the feed has not told of " + last_session};
        if (!frame) continue;
        last_id = frame->id;
        const std::string line = frame->at("/partitionkey");
        is_over = line == last_session;
        if (!is_over) events[line].push_back(frame->at("/id"));
    }
    return events;
}

EventsByLine events_of_stream(const NatsServer& broker, const std::string& last_session) {
    EventsByLine events;
    std::set<std::string> seen;
    for (const StreamMessage& message : broker.messages()) {
        const auto event = boost::json::parse(message.body);
        EXPECT_TRUE(seen.insert(message.id).second) << message.id << " is twice in the stream";
        EXPECT_EQ(at(event, "/id"), message.id);
        EXPECT_EQ(at(event, "/type"), message.subject);
        EXPECT_EQ(problems_of_event(event), std::vector<std::string>{}) << message.body;
        const std::string line = at(event, "/partitionkey");
        if (line != last_session) events[line].push_back(message.id);
    }
    return events;
}

std::string hold_visit(HttpClient& client, const Headers& staff, const std::string& patient) {
    give_consent(client, staff, patient);
    const BookedVisit booked = book(client, staff, patient);
    const std::string session = "/sessions/" + booked.session;
    const HttpResponse joined = join(client, link_code(client, staff, booked.session, booked.patient));
    if (joined.status != 200) throw std::runtime_error{"not joined: " + joined.body};
    must_do(client, session + "/participants/" + booked.provider + "/join", {}, staff);
    must_do(client, session + "/participants/" + booked.patient + "/admit",
            {{"version", version_of(client, staff, booked.session)}}, staff);
    must_do(client, session + "/end", {{"version", version_of(client, staff, booked.session)}}, staff);
    return booked.session;
}

}  // namespace vcare::support
