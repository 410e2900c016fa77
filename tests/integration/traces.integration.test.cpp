// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "domain/trace.hpp"
#include "support/event_ledger.hpp"
#include "support/remote_double.hpp"

namespace vcare::support {
namespace {

using domain::TraceContext;
using testing::HasSubstr;
using testing::Not;

const std::string api{base_path};

/// A span as a collector has it.
struct Span {
    std::string trace;
    std::string id;
    std::string parent;
    std::string name;
    int kind = 0;
    bool has_failed = false;
    std::uint64_t began = 0;
    std::uint64_t ended = 0;

    [[nodiscard]] std::string traceparent() const { return "00-" + trace + "-" + id + "-01"; }
};

constexpr int server_kind = 2;
constexpr int client_kind = 3;
constexpr int producer_kind = 4;
constexpr int consumer_kind = 5;

/// An OpenTelemetry collector on OTLP/HTTP that keeps what it gets.
class Collector {
  public:
    [[nodiscard]] std::string url() const { return way_.url(); }
    [[nodiscard]] RemoteDouble& way() { return way_; }
    [[nodiscard]] std::string everything() const {
        std::string all;
        for (const Received& received : way_.requests()) all += received.body;
        return all;
    }
    [[nodiscard]] std::vector<Span> spans_of(const std::string& traceparent) const {
        const TraceContext wanted = TraceContext::parse(traceparent).value();
        std::vector<Span> spans;
        for (const Received& received : way_.requests()) {
            EXPECT_EQ(received.target, "/v1/traces");
            const auto body = boost::json::parse(received.body);
            for (const auto& span : body.at_pointer("/resourceSpans/0/scopeSpans/0/spans").as_array()) {
                if (span.at("traceId").as_string() == domain::to_hex(wanted.trace))
                    spans.push_back(read(span.as_object()));
            }
        }
        return spans;
    }

  private:
    static Span read(const boost::json::object& span) {
        const auto text = [&](std::string_view name) {
            return span.contains(name) ? std::string{span.at(name).as_string()} : "";
        };
        EXPECT_LE(std::stoull(text("startTimeUnixNano")), std::stoull(text("endTimeUnixNano")));
        return {.trace = text("traceId"),
                .id = text("spanId"),
                .parent = text("parentSpanId"),
                .name = text("name"),
                .kind = static_cast<int>(span.at("kind").as_int64()),
                .has_failed = span.contains("status"),
                .began = std::stoull(text("startTimeUnixNano")),
                .ended = std::stoull(text("endTimeUnixNano"))};
    }

    RemoteDouble way_{[](const Received&) { return json_reply(200, "{}"); }};
};

/// The one that `fits`; fails when there is none or more than one.
template <class Fits>
Span the_one(const std::vector<Span>& spans, Fits fits) {
    std::vector<Span> found;
    std::ranges::copy_if(spans, std::back_inserter(found), fits);
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? Span{} : found.front();
}
auto named(std::string name) {
    return [name = std::move(name)](const Span& span) { return span.name == name; };
}

/// The `traceparent` with which the one request came that `fits`.
template <class Fits>
std::string traceparent_of(const RemoteDouble& service, Fits fits) {
    for (const Received& received : service.requests()) {
        const auto found = received.headers.find("traceparent");
        if (fits(received) && found != received.headers.end()) return found->second;
    }
    return "none";
}

class Traces : public testing::Test {
  protected:
    [[nodiscard]] std::string settings() const {
        return "events.url = \"" + broker_.url() + "\"\nconsent.url = \"" + owner_.url() +
               "\"\nfhir.url = \"" + record_.url() + "\"\ntelemetry.otlp_url = \"" + collector_.url() +
               "\"\n";
    }

    TempFolder folder_;
    NatsServer broker_;
    Collector collector_;
    RemoteDouble owner_{[](const Received&) {
        return json_reply(200, R"({"decision":"granted","consentId":"c-1","textVersion":"3"})");
    }};
    RemoteDouble record_{[](const Received&) {
        return reply(201, "", "application/fhir+json", {{"Location", "Encounter/e-1"}});
    }};
};

// The examples of the W3C recommendation, and one that nobody wants to see.
const std::string of_booking = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const std::string of_end = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const std::string unwanted = "00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

TEST_F(Traces, lead_from_a_request_through_the_store_and_other_services_to_the_events_and_the_record) {
    Server server{folder_.path(), settings()};
    HttpClient client = server.client();
    const Headers doctor = server.token("north", "dr-north", {"clinician"});
    const BookedVisit visit = book(client, with(doctor, "traceparent", of_booking), "pat-of-a-trace");
    const std::string session = api + "/sessions/" + visit.session;
    ASSERT_EQ(client.get(session, with(doctor, "traceparent", unwanted)).status, 200);
    ASSERT_EQ(join(client, link_code(client, doctor, visit.session, visit.patient)).status, 200);
    ASSERT_EQ(client.post(session + "/participants/" + visit.provider + "/join", {}, doctor).status, 200);
    ASSERT_EQ(client
                  .post(session + "/participants/" + visit.patient + "/admit",
                        {{"version", version_of(client, doctor, visit.session)}}, doctor)
                  .status,
              200);
    ASSERT_EQ(client
                  .post(session + "/end", {{"version", version_of(client, doctor, visit.session)}},
                        with(doctor, "traceparent", of_end))
                  .status,
              200);
    const std::string last = "publish virtual_care.billing.session_completed.v1";
    const std::string first = "publish virtual_care.session.created.v1";
    ASSERT_TRUE(becomes_true([&] {
        return std::ranges::any_of(collector_.spans_of(of_end), named(last)) &&
               std::ranges::any_of(collector_.spans_of(of_booking), named(first));
    }));

    const auto booking = collector_.spans_of(of_booking);
    const Span answered = the_one(booking, named("POST " + api + "/sessions"));
    EXPECT_EQ(answered.kind, server_kind);
    EXPECT_EQ(answered.parent, "b7ad6b7169203331") << "the caller's";
    const Span asked = the_one(booking, named("GET"));
    EXPECT_EQ(asked.kind, client_kind);
    EXPECT_EQ(asked.parent, answered.id);
    EXPECT_EQ(traceparent_of(owner_,
                             [&](const Received& received) {
                                 return received.target.find("pat-of-a-trace") != std::string::npos;
                             }),
              asked.traceparent());
    for (const char* operation : {"read", "write"}) {
        EXPECT_TRUE(std::ranges::any_of(booking, [&](const Span& span) {
            return span.name == operation && span.kind == client_kind && span.parent == answered.id;
        })) << operation;
    }
    const Span told = the_one(booking, named("publish virtual_care.session.created.v1"));
    EXPECT_EQ(told.kind, producer_kind);
    EXPECT_EQ(told.parent, answered.id);

    const auto end = collector_.spans_of(of_end);
    const Span ended = the_one(end, named("POST " + api + "/sessions/{id}/end"));
    const Span paid = the_one(end, named("pay encounter"));
    EXPECT_EQ(paid.parent, ended.id);
    const Span written =
        the_one(end, [](const Span& span) { return span.name == "POST" && span.kind == client_kind; });
    EXPECT_EQ(written.parent, paid.id);
    EXPECT_EQ(traceparent_of(record_, [](const Received& received) { return received.method == "POST"; }),
              written.traceparent());
    EXPECT_EQ(the_one(end, named(last)).parent, paid.id);

    // Whoever takes an event goes on from its publication.
    for (const StreamMessage& message : broker_.messages()) {
        if (message.subject != "virtual_care.session.created.v1") continue;
        EXPECT_EQ(boost::json::parse(message.body).at("traceparent").as_string(), told.traceparent());
    }
    EXPECT_TRUE(collector_.spans_of(unwanted).empty());
    EXPECT_THAT(collector_.everything(), Not(HasSubstr("pat-of-a-trace")));
    EXPECT_THAT(collector_.everything(), Not(HasSubstr(visit.session))) << "names of routes hold no ids";
    EXPECT_EQ(server.terminate(), 0);
}

/// How often a request waited for the store: a transaction each, and once for those that run side by side.
int waits_for_the_store(std::vector<Span> spans) {
    // What follows from a command, such as the Encounter of an ended visit, goes on in its trace.
    const auto request = std::ranges::find(spans, server_kind, &Span::kind);
    const std::uint64_t answered = request == spans.end() ? 0 : request->ended;
    std::erase_if(spans, [&](const Span& span) { return span.began > answered; });
    std::erase_if(spans, [](const Span& span) {
        return span.kind != client_kind || (span.name != "read" && span.name != "write");
    });
    std::ranges::sort(spans, {}, &Span::began);
    int waits = 0;
    std::uint64_t until = 0;
    for (const Span& span : spans) {
        if (span.began >= until) ++waits;
        until = std::max(until, span.ended);
    }
    return waits;
}

/// Of a command that two digits name.
std::string trace_of(const std::string& digits) {
    return "00-0af7651916cd43dd8448eb211c8031" + digits + "-b7ad6b7169203331-01";
}

// A booking twice at most, a transition three times. What a page does goes through its key, too.
TEST_F(Traces, show_how_seldom_a_command_with_a_key_waits_for_the_store) {
    Server server{folder_.path(), settings()};
    HttpClient client = server.client();
    const Headers doctor = server.token("north", "dr-north", {"clinician"});
    enum Command : int { booking, joining, seating, admitting, ending };
    // What is remembered for seconds is asked for again by some command of a visit, and not by the same one
    // of each.
    constexpr int visits = 3;
    const auto number_of = [](int visit, Command command) { return std::to_string(10 * visit + command); };
    for (int visit = 1; visit <= visits; ++visit) {
        const auto traced = [&](Headers headers, Command command) {
            const std::string number = number_of(visit, command);
            return with(with(std::move(headers), "Idempotency-Key", "key-" + number), "traceparent",
                        trace_of(number));
        };
        const HttpResponse booked =
            client.post(api + "/sessions", {{"patientId", "p-1"}, {"scheduledStart", minutes_from_now(5)}},
                        traced(doctor, booking));
        ASSERT_EQ(booked.status, 201) << booked.body;
        const std::string session = api + "/sessions/" + booked.at("/id");
        std::string patient;
        std::string provider;
        for (const auto& seat : client.get(session + "/participants", doctor).json().at("items").as_array())
            (at(seat, "/role") == "patient" ? patient : provider) = at(seat, "/id");
        const std::string code = link_code(client, doctor, booked.at("/id"), patient);
        ASSERT_EQ(join(client, code, "[]", traced({}, joining)).status, 200);
        const std::string people = session + "/participants/";
        ASSERT_EQ(client.post(people + provider + "/join", {}, traced(doctor, seating)).status, 200);
        const auto version = [&] { return version_of(client, doctor, booked.at("/id")); };
        ASSERT_EQ(
            client.post(people + patient + "/admit", {{"version", version()}}, traced(doctor, admitting))
                .status,
            200);
        ASSERT_EQ(client.post(session + "/end", {{"version", version()}}, traced(doctor, ending)).status,
                  200);
    }
    ASSERT_EQ(server.terminate(), 0);  // and sends what it has

    const auto waits = [&](Command command) {
        int fewest = std::numeric_limits<int>::max();
        for (int visit = 1; visit <= visits; ++visit)
            fewest = std::min(fewest,
                              waits_for_the_store(collector_.spans_of(trace_of(number_of(visit, command)))));
        return fewest;
    };
    EXPECT_LE(waits(booking), 2);
    EXPECT_LE(waits(admitting), 3);
    EXPECT_LE(waits(ending), 3);
    // Its link, the kept answer, the visit, the consent, what was refused beside where the queue stands, the
    // commit.
    EXPECT_LE(waits(joining), 6);
    for (const Command command : {booking, joining, admitting, ending})
        EXPECT_GE(waits(command), 1) << command;
}

TEST_F(Traces, go_on_from_another_service_s_event_to_the_events_it_leads_to) {
    broker_.make_stream_of_others("SCHEDULING", "scheduling");
    Server server{folder_.path(), settings()};
    HttpClient client = server.client();
    ASSERT_EQ(client.get(api + "/sessions", server.token("north", "dr-north", {"clinician"})).status, 200);
    const std::string told = "scheduling.appointment.scheduled.v1";
    broker_.tell(told, R"({"specversion":"1.0","id":"m-1","type":")" + told +
                           R"(","source":"/services/scheduling","time":")" + minutes_from_now(0) +
                           R"(","tenantid":"north","actorid":"clerk-1","traceparent":")" + of_booking +
                           R"(","data":{"appointmentId":"apt-1","patientId":"p1","providerId":"dr-north",)" +
                           R"("visitType":"virtual","scheduledStart":")" + minutes_from_now(5) + "\"}}");
    const std::string first = "publish virtual_care.session.created.v1";
    ASSERT_TRUE(
        becomes_true([&] { return std::ranges::any_of(collector_.spans_of(of_booking), named(first)); }));

    const auto spans = collector_.spans_of(of_booking);
    const Span taken = the_one(spans, named("process " + told));
    EXPECT_EQ(taken.kind, consumer_kind);
    EXPECT_EQ(taken.parent, "b7ad6b7169203331") << "the producer's";
    const Span booked = the_one(spans, named("book appointment"));
    EXPECT_EQ(booked.parent, taken.id);
    EXPECT_EQ(the_one(spans, named(first)).parent, booked.id);
    EXPECT_EQ(server.terminate(), 0);
}

TEST_F(Traces, wait_for_a_collector_that_is_away_and_hold_up_nobody) {
    collector_.way().stop();
    Server server{folder_.path(), settings()};
    HttpClient client = server.client();
    const Headers doctor = server.token("north", "dr-north", {"clinician"});
    (void)book(client, with(doctor, "traceparent", of_booking), "p1");
    HttpClient operators = server.admin_client();
    EXPECT_EQ(operators.get("/health/ready").status, 200) << "traces are nobody's condition";

    collector_.way().start();

    ASSERT_TRUE(becomes_true([&] { return !collector_.spans_of(of_booking).empty(); }));
    EXPECT_EQ(server.terminate(), 0);
}

TEST_F(Traces, of_the_last_requests_are_sent_before_the_service_is_gone) {
    Server server{folder_.path(), settings()};
    HttpClient client = server.client();
    const Headers doctor = server.token("north", "dr-north", {"clinician"});
    (void)book(client, with(doctor, "traceparent", of_booking), "p1");

    EXPECT_EQ(server.terminate(), 0);

    EXPECT_TRUE(std::ranges::any_of(collector_.spans_of(of_booking), named("POST " + api + "/sessions")));
}

}  // namespace
}  // namespace vcare::support
