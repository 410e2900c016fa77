// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/inbox_fixture.hpp"
#include "support/event_ledger.hpp"
#include "support/remote_double.hpp"
#include "support/store_of_test.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string api{base_path};

using LabelValues = std::map<std::string, std::string>;

struct Sample {
    std::string name;
    LabelValues labels;
    double value = 0;
};

/// What follows `name{` up to the brace: `to="phone",reason="other"`. No value here holds a comma.
LabelValues labels_in(const std::string& text) {
    LabelValues labels;
    std::istringstream parts{text};
    for (std::string part; std::getline(parts, part, ',');) {
        const auto is = part.find("=\"");
        labels.emplace(part.substr(0, is), part.substr(is + 2, part.size() - is - 3));
    }
    return labels;
}

/// The Prometheus text format, in which a histogram counts as its `_count`.
std::vector<Sample> samples_in(const std::string& exposition) {
    std::vector<Sample> samples;
    std::istringstream lines{exposition};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto end = line.rfind(' ');
        const auto brace = std::min(line.find('{'), end);
        Sample sample{.name = line.substr(0, brace), .value = std::stod(line.substr(end + 1))};
        if (brace < end) sample.labels = labels_in(line.substr(brace + 1, end - brace - 2));
        samples.push_back(std::move(sample));
    }
    return samples;
}

/// What there must be of a metric: these labels and no other, and a series with `where` that came to `least`.
struct Wanted {
    std::string name;
    std::set<std::string> labels = {};
    LabelValues where = {};
    double least = 0;
};

bool has_all(const LabelValues& labels, const LabelValues& where) {
    return std::ranges::all_of(where, [&](const auto& one) {
        const auto found = labels.find(one.first);
        return found != labels.end() && found->second == one.second;
    });
}

std::vector<std::string> problems_of(const std::vector<Sample>& samples, const Wanted& wanted) {
    std::vector<std::string> problems;
    double most = -1;
    for (const Sample& sample : samples) {
        if (sample.name != wanted.name) continue;
        std::set<std::string> labels;
        for (const auto& [label, value] : sample.labels) labels.insert(label);
        if (labels != wanted.labels) problems.push_back(wanted.name + " has other labels");
        if (has_all(sample.labels, wanted.where)) most = std::max(most, sample.value);
    }
    if (most < 0) problems.push_back(wanted.name + " is not told");
    if (most >= 0 && most < wanted.least)
        problems.push_back(wanted.name + " is " + std::to_string(most) + ", not at least " +
                           std::to_string(wanted.least));
    return problems;
}

const std::string sessions_route = api + "/sessions";
const std::set<std::string> of_requests = {"route", "method", "status"};

/// Every metric of the observability specification that exists here, with its labels, and what a visit from
/// its booking to its record must have made of it.
const std::vector<Wanted> after_a_visit = {
    {"vcare_http_requests_total",
     of_requests,
     {{"route", sessions_route}, {"method", "POST"}, {"status", "2xx"}},
     1},
    {"vcare_http_request_duration_seconds_count",
     of_requests,
     {{"route", sessions_route}, {"method", "POST"}, {"status", "2xx"}},
     1},
    {"vcare_sessions", {"status"}, {{"status", "open"}}},
    {"vcare_session_transitions_total", {"from", "to"}, {{"from", "none"}, {"to", "scheduled"}}, 1},
    {"vcare_session_transitions_total", {"from", "to"}, {{"from", "scheduled"}, {"to", "waiting"}}, 1},
    {"vcare_session_transitions_total", {"from", "to"}, {{"from", "waiting"}, {"to", "active"}}, 1},
    {"vcare_session_transitions_total", {"from", "to"}, {{"from", "active"}, {"to", "ended"}}, 1},
    {"vcare_waiting_participants"},
    {"vcare_waiting_seconds_count", {}, {}, 1},
    {"vcare_join_attempts_total", {"result"}, {{"result", "joined"}}, 1},
    {"vcare_consent_checks_total", {"gate", "result"}, {{"gate", "telehealth"}, {"result", "granted"}}, 2},
    {"vcare_consent_check_duration_seconds_count", {}, {}, 2},
    {"vcare_backend_health_check_success", {"backend"}, {{"backend", "embedded"}}, 1},
    {"vcare_backend_health_check_age_seconds", {"backend"}, {{"backend", "embedded"}}},
    {"vcare_fallbacks_total", {"to", "reason"}, {{"to", "audio_only"}, {"reason", "weak_connection"}}, 1},
    {"vcare_outbox_pending"},
    {"vcare_outbox_lag_seconds"},
    {"vcare_outbox_dead_letters"},
    {"vcare_inbox_messages_total", {"type", "result"}, {{"type", "scheduling.appointment.scheduled.v1"}}, 1},
    {"vcare_encounter_debts"},
    {"vcare_encounter_oldest_debt_seconds"},
    {"vcare_encounter_attempts_total", {"result"}, {{"result", "written"}}, 1},
    {"vcare_live_streams", {}, {}, 1},
    {"vcare_dependency_up", {"dependency"}, {{"dependency", "store"}}, 1},
    {"vcare_dependency_up", {"dependency"}, {{"dependency", "video"}}, 1},
    {"vcare_dependency_duration_seconds_count", {"dependency", "result"}, {}, 1},
    {"vcare_circuit_state", {"dependency"}},
    {"vcare_store_transactions_total", {"result"}, {{"result", "done"}}, 5},
    {"vcare_event_loop_lag_seconds_count", {"loop"}, {}, 1},
    {"vcare_build_info", {"version"}, {}, 1},
    {"process_cpu_seconds_total"},
    {"process_resident_memory_bytes", {}, {}, 1},
};

class LiveMetrics : public testing::Test {
  protected:
    [[nodiscard]] std::vector<Sample> read() { return samples_in(operator_.get("/metrics").body); }
    /// Workers refresh gauges every few seconds.
    [[nodiscard]] bool becomes(const std::string& name, const LabelValues& where, double value) {
        return becomes_true([&] {
            return std::ranges::any_of(read(), [&](const Sample& sample) {
                return sample.name == name && has_all(sample.labels, where) && sample.value == value;
            });
        });
    }
    HttpResponse command(const BookedVisit& visit, const std::string& path, boost::json::object body = {}) {
        HttpResponse answer = client_.post(api + "/sessions/" + visit.session + path, body, doctor_);
        EXPECT_EQ(answer.status, 200) << path << ": " << answer.body;
        return answer;
    }
    std::uint64_t version(const BookedVisit& visit) { return version_of(client_, doctor_, visit.session); }

    TempFolder folder_;
    InboxOn platform_{Road::cloud_events};
    RemoteDouble record_{[](const Received&) {
        return reply(201, "", "application/fhir+json", {{"Location", "Encounter/e-1"}});
    }};
    Server server_{folder_.path(), platform_.settings() + "fhir.url = \"" + record_.url() + "\"\n"};
    HttpClient client_ = server_.client();
    HttpClient operator_ = server_.admin_client();
    Headers doctor_ = server_.token("north", "dr-north", {"clinician"});
};

TEST_F(LiveMetrics, of_the_specification_are_all_there_after_a_visit_with_their_labels_and_what_changed) {
    SseReader feed{server_.port(), {"GET", api + "/events", doctor_, {}}};
    platform_.tell(server_, {"scheduling.appointment.scheduled.v1",
                             {{"appointmentId", "a-1"},
                              {"patientId", "p-other"},
                              {"visitType", "virtual"},
                              {"startAt", minutes_from_now(600)}},
                             "told-1"});
    give_consent(client_, doctor_, "p1");
    const BookedVisit visit = book(client_, doctor_, "p1");
    const HttpResponse joined = join(client_, link_code(client_, doctor_, visit.session, visit.patient));
    ASSERT_EQ(joined.status, 200) << joined.body;
    EXPECT_TRUE(becomes("vcare_waiting_participants", {}, 1));
    EXPECT_TRUE(becomes("vcare_sessions", {{"status", "open"}}, 1));
    command(visit, "/participants/" + visit.provider + "/join");
    command(visit, "/participants/" + visit.patient + "/admit", {{"version", version(visit)}});
    for (int i = 0; i < 2; ++i)
        command(visit, "/fallback", {{"mode", "audio_only"}, {"reason", "weak_connection"}});
    command(visit, "/end", {{"version", version(visit)}});
    (void)feed.wait_for("virtual_care.encounter.created.v1");
    EXPECT_TRUE(becomes("vcare_sessions", {{"status", "open"}}, 0));
    EXPECT_TRUE(becomes("vcare_encounter_debts", {}, 0));
    ASSERT_TRUE(platform_.is_drained());

    const auto samples = read();

    for (const Wanted& wanted : after_a_visit) EXPECT_THAT(problems_of(samples, wanted), IsEmpty());
    double fallbacks = 0;
    for (const Sample& sample : samples)
        fallbacks += sample.name == "vcare_fallbacks_total" ? sample.value : 0;
    EXPECT_EQ(fallbacks, 1) << "asking for what is so already changes nothing";
    if (!is_on_postgres()) return;
    for (const char* state : {"idle", "busy", "waiting"})
        EXPECT_THAT(problems_of(samples, {"vcare_store_pool", {"state"}, {{"state", state}}}), IsEmpty());
    EXPECT_TRUE(becomes("vcare_store_pool", {{"state", "waiting"}}, 0));
}

TEST(MetricsOfATenant, are_apart_where_it_is_to_be_seen_by_itself_and_of_nobody_else) {
    TempFolder folder;
    const Server server{folder.path(), "telemetry.tenant_labels = [\"north\"]\n"};
    HttpClient client = server.client();
    for (const std::string tenant : {"north", "south"}) {
        const Headers doctor = server.token(tenant, "dr-" + tenant, {"clinician"});
        give_consent(client, doctor, "p1");
        const BookedVisit visit = book(client, doctor, "p1");
        ASSERT_EQ(join(client, link_code(client, doctor, visit.session, visit.patient)).status, 200);
    }

    const std::string text = server.admin_client().get("/metrics").body;

    for (const std::string labels : {R"(result="joined")", R"(result="joined",tenant="north")"})
        EXPECT_THAT(text, HasSubstr("vcare_join_attempts_total{" + labels + "} 1\n"));
    for (const std::string metric : {"vcare_session_transitions_total{from=\"none\",to=\"scheduled\"",
                                     "vcare_consent_checks_total{gate=\"telehealth\",result=\"granted\""})
        EXPECT_THAT(text, HasSubstr(metric + ",tenant=\"north\"}"));
    EXPECT_THAT(text, Not(HasSubstr("south")));
}

TEST_F(LiveMetrics, are_missed_when_they_are_not_there_or_have_other_labels) {
    const auto samples = read();

    EXPECT_THAT(problems_of(samples, {"vcare_build_info", {"version"}, {}, 1}), IsEmpty());
    EXPECT_THAT(problems_of(samples, {"vcare_nothing_total"}), testing::SizeIs(1));
    EXPECT_THAT(problems_of(samples, {"vcare_build_info", {"commit"}}), testing::SizeIs(1));
    EXPECT_THAT(problems_of(samples, {"vcare_build_info", {"version"}, {}, 2}), testing::SizeIs(1));
}

}  // namespace
}  // namespace vcare::support
