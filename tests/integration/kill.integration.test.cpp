// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/event_schema_checker.hpp"
#include "support/visit_driver.hpp"

namespace vcare::support {
namespace {

const std::string api{base_path};
constexpr int writers = 3;

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::stoull(text);
}

/// Holds visits one after the other until the service is gone.
class Writer {
  public:
    Writer(const Server& server, Headers staff, Ledger& ledger, std::string name)
        : client_(server.client()), staff_(std::move(staff)), ledger_(ledger), name_(std::move(name)) {}

    void run() {
        const auto send = [this](const HttpRequest& request) { return send_once(request); };
        for (int visit = 0; !is_over_; ++visit)
            DrivenVisit{send, staff_, name_ + "-" + std::to_string(visit), ledger_}.hold();
    }

  private:
    std::optional<HttpResponse> send_once(const HttpRequest& request) {
        auto answer = client_.try_send(request);
        if (answer) EXPECT_LT(answer->status, 300) << request.path << " " << answer->body;
        if (!answer) ledger_.unanswered(request);
        is_over_ = !answer || answer->status >= 300;
        return answer;
    }

    HttpClient client_;
    Headers staff_;
    Ledger& ledger_;
    std::string name_;
    bool is_over_ = false;
};

/// Everything the clinic's feed has told, across every death of the service.
class FeedLog {
  public:
    FeedLog(const Server& server, Headers staff) : server_(server), staff_(std::move(staff)) {}

    /// Goes on where it was left, until `enough` holds of what is known; false when it never did.
    template <class Condition>
    bool read_until(Condition enough, seconds within) {
        const auto deadline = std::chrono::steady_clock::now() + within;
        std::optional<SseReader> feed;
        while (!enough() && std::chrono::steady_clock::now() < deadline) {
            // The service closes a feed that has more to catch up with than it sends at once.
            if (!feed || feed->is_closed()) feed.emplace(server_.port(), opening());
            if (const auto frame = feed->next(seconds{1})) take(*frame);
        }
        return enough();
    }

    [[nodiscard]] int count(const std::string& session, const std::string& type) const {
        const auto found = counts_.find({session, type});
        return found == counts_.end() ? 0 : found->second;
    }
    [[nodiscard]] const std::vector<std::string>& repeated() const { return repeated_; }
    [[nodiscard]] const std::vector<std::string>& order_of(const std::string& session) {
        return order_[session];
    }

  private:
    [[nodiscard]] HttpRequest opening() const {
        return {"GET", api + "/events", with(staff_, "Last-Event-ID", last_id_), {}};
    }
    void take(const SseFrame& frame) {
        last_id_ = frame.id;
        const std::string id = frame.at("/id");
        const std::string session = frame.at("/data/sessionId");
        if (!seen_.insert(id).second) repeated_.push_back(id);
        EXPECT_THAT(problems_of_event(frame.json()), testing::IsEmpty()) << frame.data;
        ++counts_[{session, frame.event}];
        order_[session].push_back(frame.event);
    }

    const Server& server_;
    Headers staff_;
    std::string last_id_ = "0";  // from the first event on
    std::set<std::string> seen_;
    std::vector<std::string> repeated_;
    std::map<std::pair<std::string, std::string>, int> counts_;
    std::map<std::string, std::vector<std::string>> order_;
};

class Kill : public testing::Test {
  protected:
    /// Writers hold visits until `answers` commands were acknowledged; then the process is shot.
    void shoot_under_load(int round, int answers) {
        const int enough = ledger_.answers() + answers;
        std::vector<std::thread> threads;
        for (int i = 0; i < writers; ++i) {
            const std::string name = "p" + std::to_string(round) + "-" + std::to_string(i);
            threads.emplace_back([this, name] { Writer{server_, staff_, ledger_, name}.run(); });
        }
        while (ledger_.answers() < enough && !testing::Test::HasFailure()) std::this_thread::yield();
        server_.kill();
        for (std::thread& thread : threads) thread.join();
    }

    void expect_every_acknowledged_command() {
        HttpClient client = server_.client();
        for (const auto& [session, known] : ledger_.sessions()) {
            if (checked_.contains(session)) continue;
            const HttpResponse now = client.get(api + "/sessions/" + session, staff_);
            ASSERT_EQ(now.status, 200) << session << " is gone: " << now.body;
            EXPECT_GE(std::stoull(now.at("/version")), known.version) << session;
            EXPECT_GE(progress_of(now.at("/status")), progress_of(known.status)) << session;
            if (known.status == "ended") checked_.insert(session);
        }
    }

    /// What had no answer is asked again under its key, and must be answered now.
    void ask_again() {
        HttpClient client = server_.client();
        for (const HttpRequest& request : ledger_.take_unanswered()) {
            const HttpResponse answer = client.send(request);
            EXPECT_LT(answer.status, 300) << request.path << ": " << answer.body;
            if (request.path == api + "/sessions" && answer.status == 201) {
                ledger_.acknowledged(answer.at("/id"), "scheduled", 1);
            }
        }
    }

    TempFolder folder_;
    Server server_{
        folder_.path(),
        "limits.requests_per_credential_per_second = 0\nlimits.requests_per_tenant_per_second = 0\n"};
    Headers staff_ = server_.token("clinic", "dr-load", {"clinician"}, {"--ttl", "86400"});
    Ledger ledger_;
    std::set<std::string> checked_;
};

TEST_F(Kill, at_any_moment_loses_nothing_acknowledged_and_tells_everything_once) {
    const std::uint64_t seed = number_from_environment("VCARE_SEED", 20261123);
    const auto rounds = static_cast<int>(number_from_environment("VCARE_KILL_ROUNDS", 30));
    SCOPED_TRACE("VCARE_SEED=" + std::to_string(seed));
    std::mt19937_64 random{seed};
    FeedLog feed{server_, staff_};
    HttpClient client = server_.client();

    // Somebody sits in the waiting room the whole time.
    give_consent(client, staff_, "patient-waiting");
    const BookedVisit waiting = book(client, staff_, "patient-waiting");
    const HttpResponse joined = join(client, link_code(client, staff_, waiting.session, waiting.patient));
    const Headers patient = visit(joined.at("/credential"));
    std::string last_id;
    ASSERT_TRUE(feed.read_until(
        [&] { return feed.count(waiting.session, "virtual_care.session.waiting.v1") == 1; }, seconds{60}));

    for (int round = 0; round < rounds; ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        shoot_under_load(round, static_cast<int>(random() % 40) + 1);
        server_.start();
        ask_again();
        expect_every_acknowledged_command();
        EXPECT_EQ(server_.command({"audit", "verify"}).exit_code, 0);

        Headers resume = patient;
        if (!last_id.empty()) resume.emplace_back("Last-Event-ID", last_id);
        SseReader page{server_.port(), {"GET", api + "/visit/events", resume, {}}};
        ASSERT_EQ(page.wait_for("state").at("/participant/status"), "waiting");
        last_id = page.last_id();
        if (HasFailure()) return;
    }

    // Whoever waited through all of it can be let in, and their page learns of it.
    HttpClient after = server_.client();
    const std::string seats = api + "/sessions/" + waiting.session + "/participants/";
    SseReader page{server_.port(),
                   {"GET", api + "/visit/events", with(patient, "Last-Event-ID", last_id), {}}};
    ASSERT_EQ(after.post(seats + waiting.provider + "/join", {}, staff_).status, 200);
    const HttpResponse admitted =
        after.post(seats + waiting.patient + "/admit",
                   {{"version", version_of(after, staff_, waiting.session)}}, staff_);
    EXPECT_EQ(admitted.status, 200) << admitted.body;
    EXPECT_EQ(page.wait_for("admitted").at("/participantId"), waiting.patient);

    // Every change has its event once, in order; every Encounter owed is paid once. Nobody commands any more,
    // so what a session has come to is final, and an event of a booking made now comes after all of theirs.
    std::map<std::string, int> progress;
    for (const auto& [session, known] : ledger_.sessions()) {
        progress[session] = progress_of(after.get(api + "/sessions/" + session, staff_).at("/status"));
    }
    give_consent(after, staff_, "patient-last");
    const BookedVisit last = book(after, staff_, "patient-last");
    const auto all_told = [&] {
        return feed.count(last.session, "virtual_care.session.created.v1") > 0 &&
               std::ranges::all_of(progress, [&](const auto& entry) {
                   return entry.second < 3 ||
                          feed.count(entry.first, "virtual_care.billing.session_completed.v1") > 0;
               });
    };
    EXPECT_TRUE(feed.read_until(all_told, seconds{300}));
    EXPECT_THAT(feed.repeated(), testing::IsEmpty());
    int ended = 0;
    for (const auto& [session, reached] : progress) {
        const int is_ended = reached >= 3 ? 1 : 0;
        EXPECT_EQ(feed.count(session, "virtual_care.session.created.v1"), 1) << session;
        EXPECT_EQ(feed.count(session, "virtual_care.session.waiting.v1"), reached >= 1 ? 1 : 0) << session;
        EXPECT_EQ(feed.count(session, "virtual_care.session.started.v1"), reached >= 2 ? 1 : 0) << session;
        EXPECT_EQ(feed.count(session, "virtual_care.session.ended.v1"), is_ended) << session;
        EXPECT_EQ(feed.count(session, "virtual_care.encounter.created.v1"), is_ended) << session;
        EXPECT_EQ(feed.count(session, "virtual_care.billing.session_completed.v1"), is_ended) << session;
        EXPECT_EQ(feed.order_of(session).front(), "virtual_care.session.created.v1");
        ended += is_ended;
    }
    EXPECT_GT(ended, rounds / 4) << "the load was too light to show anything";
    EXPECT_EQ(server_.command({"audit", "verify"}).exit_code, 0);
    EXPECT_EQ(server_.terminate(), 0);
}

}  // namespace
}  // namespace vcare::support
