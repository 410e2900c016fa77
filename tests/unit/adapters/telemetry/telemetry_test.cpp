// SPDX-License-Identifier: Apache-2.0
#include "adapters/telemetry/telemetry.hpp"

#include <gmock/gmock.h>

#include "unit/adapters/fixed_clock.hpp"
#include "unit/adapters/telemetry/pipe.hpp"

namespace vcare::telemetry {
namespace {

using application::Metric;
using application::Severity;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TelemetryTest : public testing::Test {
  protected:
    std::unique_ptr<ProcessTelemetry> start(TelemetrySettings settings = {}) {
        settings.descriptor = pipe_.writing_end();
        settings.version = "0.1.0";
        return make_telemetry(std::move(settings), clock_);
    }
    std::string logged(std::unique_ptr<ProcessTelemetry> telemetry) {
        telemetry.reset();
        pipe_.close_writing_end();
        return pipe_.read_all();
    }

    tests::FixedClock clock_;
    tests::Pipe pipe_;
};

TEST_F(TelemetryTest, logs_json_where_no_terminal_is) {
    auto telemetry = start();
    telemetry->log(Severity::info, "relay.published", {{"count", "3"}});

    EXPECT_EQ(logged(std::move(telemetry)),
              R"({"time":"2026-03-01T09:30:00.000Z","level":"info","event":"relay.published","count":"3"})"
              "\n");
}

TEST_F(TelemetryTest, logs_text_when_told_to) {
    auto telemetry = start({.format = LogFormat::text});
    telemetry->log(Severity::error, "relay.failed");

    EXPECT_EQ(logged(std::move(telemetry)), "09:30:00.000 error   relay.failed\n");
}

TEST_F(TelemetryTest, logs_nothing_below_its_level) {
    auto telemetry = start({.level = Severity::warning});
    telemetry->log(Severity::info, "relay.published");

    EXPECT_THAT(logged(std::move(telemetry)), IsEmpty());
}

TEST_F(TelemetryTest, counts_apart_only_the_tenants_it_was_told_to) {
    const auto telemetry = start({.labelled_tenants = {"hill"}});
    for (const char* tenant : {"hill", "valley", "valley"})
        telemetry->count_of(tenant, Metric::join_attempts, {{"result", "joined"}});

    const std::string text = telemetry->exposition();

    EXPECT_THAT(text, HasSubstr("vcare_join_attempts_total{result=\"joined\",tenant=\"hill\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("vcare_join_attempts_total{result=\"joined\"} 2\n"));
    EXPECT_THAT(text, Not(HasSubstr("valley")));
}

TEST_F(TelemetryTest, logs_otherwise_from_the_moment_it_is_told) {
    auto telemetry = start({.level = Severity::warning, .format = LogFormat::json});
    telemetry->log(Severity::info, "not.yet");
    telemetry->log_from(Severity::info);
    telemetry->log_as(LogFormat::text);
    telemetry->log(Severity::info, "relay.published");

    EXPECT_EQ(logged(std::move(telemetry)), "09:30:00.000 info    relay.published\n");
}

TEST_F(TelemetryTest, tells_its_version_and_the_process_beside_the_metrics) {
    const auto telemetry = start();
    telemetry->count(Metric::http_requests, {{"route", "/version"}}, 1);

    const std::string text = telemetry->exposition();

    EXPECT_THAT(text, HasSubstr("vcare_build_info{version=\"0.1.0\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("vcare_http_requests_total{route=\"/version\"} 1\n"));
    for (const std::string_view name :
         {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
          "process_threads", "process_start_time_seconds", "process_open_fds", "process_max_fds"})
        EXPECT_THAT(text, HasSubstr("\n" + std::string{name} + " ")) << name;
}

TEST_F(TelemetryTest, knows_when_the_process_started) {
    const std::string text = start()->exposition();
    constexpr std::string_view name = "\nprocess_start_time_seconds ";
    const auto started = std::stod(text.substr(text.find(name) + name.size()));

    const auto time =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    EXPECT_LE(started, time + 2);
    EXPECT_GT(started, time - 3600);
}

}  // namespace
}  // namespace vcare::telemetry
