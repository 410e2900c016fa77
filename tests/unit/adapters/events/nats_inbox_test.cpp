// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/nats_inbox.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <gtest/gtest.h>

#include "adapters/system/system.hpp"
#include "support/nats_server.hpp"

/// How it meets what is at the server already. What it reads there, tests/integration/inbox shows.
namespace vcare::events {
namespace {

using http_client::Dependency;
using support::NatsServer;
using namespace std::chrono_literals;

/// Keeps log lines, which come from the threads of the streams.
class Log final : public application::Telemetry {
  public:
    void count(application::Metric, application::Labels, double) override {}
    void observe(application::Metric, double, application::Labels) override {}
    void gauge(application::Metric, double, application::Labels) override {}
    void log(application::Severity, std::string_view event,
             std::initializer_list<application::LogField> fields) override {
        std::string line{event};
        for (const auto& field : fields) line += " " + std::string{field.value};
        const std::lock_guard lock{mutex_};
        lines_.push_back(std::move(line));
        written_.notify_all();
    }
    /// Waits for a line that begins so; empty when none comes.
    std::string line_that_begins(const std::string& words) {
        std::unique_lock lock{mutex_};
        const auto find = [&] {
            return std::ranges::find_if(lines_,
                                        [&](const std::string& line) { return line.starts_with(words); });
        };
        (void)written_.wait_for(lock, 30s, [&] { return find() != lines_.end(); });
        const auto found = find();
        return found == lines_.end() ? "" : *found;
    }

  private:
    std::mutex mutex_;
    std::condition_variable written_;
    std::vector<std::string> lines_;
};

class NatsInboxes : public ::testing::Test {
  protected:
    void open(NatsSettings settings) {
        inbox_ = open_nats_inbox(std::move(settings), {{.name = "SCHEDULING"}},
                                 std::make_shared<Dependency>("broker", *clock_, log_), *clock_, log_, [] {});
    }
    static std::string let_publish(const std::string& subjects) {
        return R"(authorization { users = [
            { user: "tester", password: "t" },
            { user: "vcare", password: "v",
              permissions: { publish: [)" +
               subjects + R"(], subscribe: ["_INBOX.>"] } } ] }
no_auth_user: "tester"
)";
    }

    std::unique_ptr<application::Clock> clock_ = system::make_system_clock();
    Log log_;
    std::unique_ptr<application::MessageSource> inbox_;
};

TEST_F(NatsInboxes, bring_a_reader_in_line_that_would_lose_messages) {
    for (const support::StreamReader& found :
         {support::StreamReader{.deliveries_max = 2}, support::StreamReader{.filter = "scheduling.one"}}) {
        const NatsServer server;
        server.make_stream_of_others("SCHEDULING", "scheduling");
        server.make_reader("SCHEDULING", found);

        open({.url = server.url()});

        const support::StreamReader mended = server.reader_of("SCHEDULING");
        EXPECT_EQ(mended.deliveries_max, -1);
        EXPECT_EQ(mended.filter, "");
        inbox_.reset();
    }
    EXPECT_EQ(log_.line_that_begins("inbox.consumer_changed"),
              "inbox.consumer_changed SCHEDULING gives a message up after 2 deliveries");
    EXPECT_EQ(log_.line_that_begins("inbox.consumer_changed SCHEDULING delivers"),
              "inbox.consumer_changed SCHEDULING delivers scheduling.one and not everything");
}

TEST_F(NatsInboxes, refuse_a_reader_that_waits_for_no_acknowledgement) {
    const NatsServer server;
    server.make_stream_of_others("SCHEDULING", "scheduling");
    server.make_reader("SCHEDULING", {.is_acknowledged = false, .pushed_to = "somewhere"});

    try {
        open({.url = server.url()});
        ADD_FAILURE() << "it would lose messages";
    } catch (const BrokerRefused& refused) {
        EXPECT_STREQ(
            refused.what(),
            "NATS: the consumer vcare of the stream SCHEDULING is pushed to a subject and not pulled; "
            "delete it, and it is made again");
    }
}

TEST_F(NatsInboxes, say_which_right_is_missing_to_look_at_a_stream_to_read_it_and_to_be_given_messages) {
    const std::string about_consumer = R"("$JS.API.CONSUMER.INFO.>", "$JS.API.CONSUMER.DURABLE.CREATE.>")";
    const std::string about_stream = R"("$JS.API.STREAM.INFO.>")";
    const std::vector<std::pair<std::string, std::string>> rights_and_missing = {
        {R"("other")", "$JS.API.STREAM.INFO.SCHEDULING"},
        {about_stream, "$JS.API.CONSUMER.INFO.SCHEDULING.vcare"},
        {about_stream + R"(, "$JS.API.CONSUMER.INFO.>")", "$JS.API.CONSUMER.DURABLE.CREATE.SCHEDULING.vcare"},
        {about_stream + ", " + about_consumer, "$JS.API.CONSUMER.MSG.NEXT.SCHEDULING.vcare"},
    };
    for (const auto& [rights, missing] : rights_and_missing) {
        const NatsServer server{{.more = let_publish(rights)}};
        server.make_stream_of_others("SCHEDULING", "scheduling");

        open({.url = server.url(), .user = "vcare", .password = "v"});

        const bool is_silent_later = missing.find("NEXT") != std::string::npos;
        const std::string line = (is_silent_later ? "inbox.stream_refused" : "inbox.stream_away") +
                                 std::string{" SCHEDULING NATS: this service's login may not publish to \""} +
                                 missing + "\" (docs/nats.md, Rights)";
        EXPECT_EQ(log_.line_that_begins(line), line);
        inbox_.reset();
    }
}

}  // namespace
}  // namespace vcare::events
