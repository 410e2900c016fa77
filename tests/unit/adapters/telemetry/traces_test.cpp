// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "adapters/http_client/traced_http_client.hpp"
#include "adapters/telemetry/trace_exporter.hpp"
#include "application/span.hpp"
#include "support/remote_double.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/telemetry/pipe.hpp"

namespace vcare::telemetry {
namespace {

using application::Span;
using application::SpanKind;
using domain::TraceContext;
using support::Received;
using support::RemoteDouble;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const TraceContext cause{.trace = {0x0a, 0xf7}, .span = {0xb7}, .sampled = true};

class TracesTest : public testing::Test {
  protected:
    std::unique_ptr<ProcessTelemetry> start(std::optional<double> ratio) {
        return make_telemetry({.descriptor = pipe_.writing_end(), .sample_ratio = ratio}, clock_);
    }
    TraceExporter exporter_to(const RemoteDouble& collector) {
        return TraceExporter{*telemetry_,
                             http_client::make_http_client(),
                             http_client::Url::parse(collector.url()).value(),
                             std::make_shared<http_client::Dependency>("traces", clock_, *telemetry_),
                             clock_,
                             {.version = "0.1.0", .instance = "replica-1"}};
    }
    void work(std::string_view name) { const Span span{*telemetry_, cause, SpanKind::internal, name}; }

    tests::FixedClock clock_;
    tests::Pipe pipe_;
    std::unique_ptr<ProcessTelemetry> telemetry_ = start(1.0);
};

TEST_F(TracesTest, a_span_is_a_part_of_its_cause_and_the_cause_of_what_it_does) {
    {
        Span outer{*telemetry_, cause, SpanKind::server, "outer"};
        outer.fail();
        Span inner{*telemetry_, outer.context(), SpanKind::client, "inner"};
        inner.set("db.system.name", "sqlite");
    }
    const auto spans = telemetry_->take_spans(10);

    ASSERT_THAT(spans, SizeIs(2));
    const auto& [inner, outer] = std::tie(spans[0], spans[1]);
    EXPECT_EQ(outer.parent, cause.span);
    EXPECT_EQ(inner.parent, outer.context.span);
    EXPECT_NE(inner.context.span, outer.context.span);
    EXPECT_EQ(inner.context.trace, cause.trace);
    EXPECT_TRUE(outer.has_failed);
    EXPECT_EQ(inner.attributes.at(0).value, "sqlite");
    EXPECT_GE(outer.ended, inner.ended);
    EXPECT_LE(outer.began, inner.began);
    EXPECT_THAT(telemetry_->take_spans(10), IsEmpty());
}

TEST_F(TracesTest, nothing_is_kept_that_nobody_wants_to_see_and_the_cause_is_passed_on) {
    TraceContext unwanted = cause;
    unwanted.sampled = false;
    {
        Span span{*telemetry_, unwanted, SpanKind::server, "unwanted"};
        span.set("a", "b");
        EXPECT_EQ(span.context(), unwanted);
    }
    const auto off = start(std::nullopt);
    {
        const Span span{*off, cause, SpanKind::server, "off"};
    }

    EXPECT_THAT(telemetry_->take_spans(10), IsEmpty());
    EXPECT_THAT(off->take_spans(10), IsEmpty());
    EXPECT_FALSE(off->samples(cause.trace));
}

TEST_F(TracesTest, the_same_share_of_traces_is_kept_everywhere) {
    const auto quarter = start(0.25);
    const auto none = start(0.0);
    int kept = 0;
    for (unsigned i = 0; i < 256; ++i) {
        const domain::TraceId trace{1, 0, 0, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(i), 7};
        kept += quarter->samples(trace) ? 1 : 0;
        EXPECT_TRUE(telemetry_->samples(trace));
        EXPECT_FALSE(none->samples(trace));
    }
    EXPECT_EQ(kept, 64);
}

TEST_F(TracesTest, a_collector_that_is_away_costs_no_more_than_is_known_and_what_is_dropped_is_counted) {
    for (int i = 0; i < 20'000; ++i) work("busy");
    EXPECT_THAT(telemetry_->take_spans(100'000), SizeIs(16'384));
    EXPECT_THAT(telemetry_->exposition(), HasSubstr(R"(vcare_spans_dropped_total{reason="full"} 3616)"));
}

TEST_F(TracesTest, are_sent_as_otlp_says) {
    RemoteDouble collector{[](const Received&) { return support::json_reply(200, "{}"); }};
    auto exporter = exporter_to(collector);
    work("pay encounter");

    EXPECT_FALSE(tests::await(exporter.run_once()));
    EXPECT_FALSE(tests::await(exporter.run_once())) << "nothing is left";

    ASSERT_THAT(collector.requests(), SizeIs(1));
    const Received received = collector.requests()[0];
    EXPECT_EQ(received.method, "POST");
    EXPECT_EQ(received.target, "/v1/traces");
    EXPECT_EQ(received.headers.at("content-type"), "application/json");
    const auto body = boost::json::parse(received.body);
    const auto& resource = body.at_pointer("/resourceSpans/0/resource/attributes/0");
    EXPECT_EQ(resource.at("key"), "service.name");
    EXPECT_EQ(resource.at_pointer("/value/stringValue"), "vcare");
    const auto& span = body.at_pointer("/resourceSpans/0/scopeSpans/0/spans/0");
    EXPECT_EQ(span.at("traceId"), "0af70000000000000000000000000000");
    EXPECT_EQ(span.at("parentSpanId"), "b700000000000000");
    EXPECT_EQ(span.at("spanId").as_string().size(), 16U);
    EXPECT_EQ(span.at("name"), "pay encounter");
    EXPECT_EQ(span.at("kind"), 1);
    EXPECT_EQ(span.at("startTimeUnixNano").as_string().size(), 19U) << "nanoseconds of our days";
}

TEST_F(TracesTest, are_sent_again_when_the_collector_was_away_and_dropped_when_it_refuses_them) {
    std::atomic<int> status = 503;
    RemoteDouble collector{[&](const Received&) { return support::json_reply(status, "{}"); }};
    auto exporter = exporter_to(collector);
    work("kept");
    EXPECT_FALSE(tests::await(exporter.run_once()));
    status = 200;
    EXPECT_FALSE(tests::await(exporter.run_once()));
    ASSERT_THAT(collector.requests(), SizeIs(2));
    EXPECT_EQ(collector.requests()[0].body, collector.requests()[1].body);

    status = 400;
    work("refused");
    EXPECT_FALSE(tests::await(exporter.run_once()));
    EXPECT_FALSE(tests::await(exporter.run_once()));
    EXPECT_THAT(collector.requests(), SizeIs(3));
    EXPECT_THAT(telemetry_->exposition(), HasSubstr(R"(vcare_spans_dropped_total{reason="refused"} 1)"));
}

TEST_F(TracesTest, a_call_to_another_service_is_a_span_and_its_server_is_told_so) {
    RemoteDouble server{[](const Received&) { return support::json_reply(404, "{}"); }};
    const auto client = http_client::make_traced_http_client(http_client::make_http_client(), *telemetry_);
    const auto deadline = http_client::deadline_in(std::chrono::minutes{1});
    const auto url = http_client::Url::parse(server.url()).value();

    ASSERT_TRUE(tests::await(client->send({.url = url, .cause = cause}, deadline)));
    ASSERT_TRUE(tests::await(client->send({.url = url}, deadline))) << "for nobody";

    const auto spans = telemetry_->take_spans(10);
    ASSERT_THAT(spans, SizeIs(1));
    EXPECT_EQ(spans[0].parent, cause.span);
    EXPECT_EQ(spans[0].kind, SpanKind::client);
    EXPECT_TRUE(spans[0].has_failed);
    EXPECT_EQ(server.requests()[0].headers.at("traceparent"), spans[0].context.to_traceparent());
    EXPECT_FALSE(server.requests()[1].headers.contains("traceparent"));
}

}  // namespace
}  // namespace vcare::telemetry
