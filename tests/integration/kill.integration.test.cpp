// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "support/demo_fixture.hpp"
#include "support/event_schema_checker.hpp"

namespace vcare::support {
namespace {

const std::string api{base_path};
constexpr int writers = 3;

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::stoull(text);
}

int progress_of(const std::string& status) {
    static const std::map<std::string, int> order = {
        {"scheduled", 0}, {"waiting", 1}, {"active", 2}, {"ended", 3}};
    const auto found = order.find(status);
    return found == order.end() ? -1 : found->second;
}

/// What the service has said yes to, and what it had not answered when it died. Shared by the writers.
class Ledger {
  public:
    struct Known {
        std::uint64_t version = 0;
        std::string status = "scheduled";
    };

    void acknowledged(const std::string& session, const std::string& status, std::uint64_t version) {
        const std::lock_guard lock{mutex_};
        Known& known = sessions_[session];
        known.version = std::max(known.version, version);
        if (progress_of(status) > progress_of(known.status)) known.status = status;
    }
    void unanswered(HttpRequest request) {
        const std::lock_guard lock{mutex_};
        unanswered_.push_back(std::move(request));
    }
    [[nodiscard]] std::vector<HttpRequest> take_unanswered() {
        const std::lock_guard lock{mutex_};
        return std::exchange(unanswered_, {});
    }
    [[nodiscard]] const std::map<std::string, Known>& sessions() const { return sessions_; }

    void count_answer() { ++answers_; }
    [[nodiscard]] int answers() const { return answers_; }

  private:
    std::mutex mutex_;
    std::map<std::string, Known> sessions_;
    std::vector<HttpRequest> unanswered_;
    std::atomic<int> answers_ = 0;
};

/// Holds visits one after the other until the service is gone. Every command has an Idempotency-Key, so that
/// one without an answer can be asked again.
class Writer {
  public:
    Writer(const Server& server, Headers staff, Ledger& ledger, std::string name)
        : client_(server.client()), staff_(std::move(staff)), ledger_(ledger), name_(std::move(name)) {}

    void run() {
        for (int visit = 0; !is_over_; ++visit) hold_visit(name_ + "-" + std::to_string(visit));
    }

  private:
    void hold_visit(const std::string& patient) {
        const boost::json::object consent{
            {"patientId", patient}, {"type", "telehealth"}, {"method", "paper"}};
        if (!command("/consents", consent, patient + "-consent", staff_)) return;
        const auto created =
            command("/sessions", {{"patientId", patient}, {"scheduledStart", minutes_from_now(5)}},
                    patient + "-create", staff_);
        if (!created) return;
        const std::string session = created->at("/id");
        note(*created);
        std::string patient_seat;
        std::string provider_seat;
        const boost::json::value answer = created->json();
        for (const auto& seat : answer.at("participants").as_array()) {
            (at(seat, "/role") == "patient" ? patient_seat : provider_seat) = at(seat, "/id");
        }
        const std::string people = "/sessions/" + session + "/participants/";

        const auto link = command(people + patient_seat + "/join-token", {}, patient + "-link", staff_);
        if (!link) return;
        if (!command("/visit/join", {{"token", link->at("/token")}}, patient + "-join", {})) return;
        ledger_.acknowledged(session, "waiting", 2);
        if (!command(people + provider_seat + "/join", {}, patient + "-staff", staff_)) return;
        ledger_.acknowledged(session, "waiting", 3);
        const auto admitted =
            command(people + patient_seat + "/admit", {{"version", 3}}, patient + "-admit", staff_);
        if (!admitted) return;
        note(*admitted);
        const auto ended = command("/sessions/" + session + "/end",
                                   {{"version", admitted->json().at("version")}}, patient + "-end", staff_);
        if (ended) note(*ended);
    }

    std::optional<HttpResponse> command(const std::string& path, const boost::json::object& body,
                                        const std::string& key, Headers headers) {
        headers.emplace_back("Content-Type", "application/json");
        headers.emplace_back("Idempotency-Key", key);
        const HttpRequest request{"POST", api + path, headers, boost::json::serialize(body)};
        auto answer = client_.try_send(request);
        if (!answer) {
            ledger_.unanswered(request);
            is_over_ = true;
            return std::nullopt;
        }
        EXPECT_LT(answer->status, 300) << path << " " << answer->body;
        ledger_.count_answer();
        if (answer->status >= 300) is_over_ = true;
        return answer->status < 300 ? answer : std::nullopt;
    }

    void note(const HttpResponse& session) {
        ledger_.acknowledged(session.at("/id"), session.at("/status"), std::stoull(session.at("/version")));
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
