// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/metrics.hpp"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>

namespace vcare::telemetry {
namespace {

using application::Metric;
using testing::HasSubstr;
using testing::Not;

constexpr domain::Instant now{std::chrono::seconds{1'800'000'000}};

TEST(Vocabulary, names_every_metric_once_and_as_prometheus_wants) {
    std::set<std::string_view> names;
    for (const MetricInfo& info : vocabulary()) {
        EXPECT_TRUE(names.insert(info.name).second) << info.name;
        EXPECT_TRUE(info.name.starts_with("vcare_")) << info.name;
        EXPECT_EQ(info.kind == MetricKind::counter, info.name.ends_with("_total")) << info.name;
        EXPECT_EQ(info.kind == MetricKind::histogram, !info.buckets.empty()) << info.name;
        EXPECT_TRUE(std::ranges::is_sorted(info.buckets)) << info.name;
        EXPECT_FALSE(info.help.empty()) << info.name;
    }
}

TEST(Metrics, tell_nothing_of_what_was_never_counted) {
    EXPECT_THAT(Metrics{}.exposition(now), Not(HasSubstr("vcare_http_requests_total")));
}

TEST(Metrics, add_up_counters_by_label) {
    Metrics metrics;
    metrics.count(Metric::join_attempts, {{"result", "joined"}}, 1);
    metrics.count(Metric::join_attempts, {{"result", "joined"}}, 2);
    metrics.count(Metric::join_attempts, {{"result", "refused"}}, 1);

    const std::string text = metrics.exposition(now);

    EXPECT_THAT(text, HasSubstr("# HELP vcare_join_attempts_total Uses of join links by result\n"
                                "# TYPE vcare_join_attempts_total counter\n"));
    EXPECT_THAT(text, HasSubstr("vcare_join_attempts_total{result=\"joined\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("vcare_join_attempts_total{result=\"refused\"} 1\n"));
}

TEST(Metrics, count_a_tenant_apart) {
    Metrics metrics;
    metrics.count(Metric::join_attempts, {{"result", "joined"}}, 1);
    metrics.count_of("hill", Metric::join_attempts, {{"result", "joined"}});
    metrics.count_of("hill", Metric::join_attempts, {{"result", "joined"}});

    const std::string text = metrics.exposition(now);

    EXPECT_THAT(text, HasSubstr("vcare_join_attempts_total{result=\"joined\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("vcare_join_attempts_total{result=\"joined\",tenant=\"hill\"} 2\n"));
}

TEST(Metrics, keep_the_last_value_of_a_gauge) {
    Metrics metrics;
    metrics.gauge(Metric::outbox_pending, 7, {});
    metrics.gauge(Metric::outbox_pending, 2.5, {});

    EXPECT_THAT(metrics.exposition(now),
                HasSubstr("# TYPE vcare_outbox_pending gauge\nvcare_outbox_pending 2.5\n"));
}

TEST(Metrics, tell_an_age_as_it_is_when_they_are_read) {
    Metrics metrics;
    metrics.age(Metric::backend_health_check_age_seconds, now, {{"backend", "embedded"}});

    EXPECT_THAT(metrics.exposition(now + std::chrono::milliseconds{42'500}),
                HasSubstr("# TYPE vcare_backend_health_check_age_seconds gauge\n"
                          "vcare_backend_health_check_age_seconds{backend=\"embedded\"} 42.5\n"));
}

TEST(Metrics, count_observations_cumulatively_with_bounds_included) {
    Metrics metrics;
    for (const double seconds : {5.0, 5.1, 3600.0, 3601.0})
        metrics.observe(Metric::waiting_seconds, seconds, {});

    const std::string text = metrics.exposition(now);

    EXPECT_THAT(text, HasSubstr("vcare_waiting_seconds_bucket{le=\"5\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("vcare_waiting_seconds_bucket{le=\"15\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("vcare_waiting_seconds_bucket{le=\"3600\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("vcare_waiting_seconds_bucket{le=\"+Inf\"} 4\n"));
    EXPECT_THAT(text, HasSubstr("vcare_waiting_seconds_sum 7211.1\n"));
    EXPECT_THAT(text, HasSubstr("vcare_waiting_seconds_count 4\n"));
}

TEST(Metrics, put_the_bucket_after_the_other_labels) {
    Metrics metrics;
    metrics.observe(Metric::dependency_duration_seconds, 0.2,
                    {{"dependency", "fhir"}, {"result", "success"}});

    EXPECT_THAT(
        metrics.exposition(now),
        HasSubstr(
            "vcare_dependency_duration_seconds_bucket{dependency=\"fhir\",result=\"success\",le=\"0.25\"} 1\n"));
}

TEST(Metrics, escape_what_would_break_a_line) {
    Metrics metrics;
    metrics.count(Metric::fallbacks, {{"reason", "a\"b\\c\nd"}}, 1);

    EXPECT_THAT(metrics.exposition(now), HasSubstr("{reason=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(Metrics, hold_a_bounded_number_of_series_and_tell_of_the_rest) {
    Metrics metrics;
    for (std::size_t i = 0; i < SeriesTable::series_max + 3; ++i)
        metrics.count(Metric::http_requests, {{"route", std::to_string(i)}}, 1);

    const std::string text = metrics.exposition(now);

    EXPECT_THAT(text, HasSubstr("vcare_telemetry_dropped_total 3\n"));
    EXPECT_THAT(text, HasSubstr("{route=\"511\"} 1\n"));
    EXPECT_THAT(text, Not(HasSubstr("{route=\"512\"}")));
}

TEST(Metrics, lose_nothing_when_all_cores_count_at_once) {
    Metrics metrics;
    {
        std::vector<std::jthread> cores;
        for (int core = 0; core < 4; ++core) {
            cores.emplace_back([&metrics] {
                for (int i = 0; i < 10'000; ++i) {
                    const std::string route = std::to_string(i % 50);
                    metrics.count(Metric::http_requests, {{"route", route}}, 1);
                    metrics.observe(Metric::event_loop_lag_seconds, 0.5, {});
                }
            });
        }
    }

    const std::string text = metrics.exposition(now);
    EXPECT_THAT(text, HasSubstr("vcare_event_loop_lag_seconds_sum 20000\n"));
    for (int route = 0; route < 50; ++route)
        EXPECT_THAT(text, HasSubstr("{route=\"" + std::to_string(route) + "\"} 800\n"));
}

TEST(Metrics, are_lines_of_the_exposition_format_and_nothing_else) {
    Metrics metrics;
    metrics.count(Metric::http_requests, {{"route", "/sessions/{id}"}, {"status", "2xx"}}, 1);
    metrics.observe(Metric::http_request_duration_seconds, 1e-7, {{"route", "/sessions"}});
    metrics.gauge(Metric::outbox_lag_seconds, 1e21, {});
    const std::regex line{R"re((# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [-+0-9.e]+))re"};

    std::istringstream text{metrics.exposition(now)};
    for (std::string one; std::getline(text, one);) EXPECT_TRUE(std::regex_match(one, line)) << one;
}

}  // namespace
}  // namespace vcare::telemetry
