// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/event_ledger.hpp"

namespace vcare::support {
namespace {

const std::string api{base_path};

/// What an auditor finds of reads and of what was refused.
class AuditLog : public testing::Test {
  protected:
    /// Entries of reads and refusals come in batches, so they are waited for.
    [[nodiscard]] boost::json::value entry(const std::string& action, const std::string& outcome,
                                           const std::string& actor) {
        boost::json::value found;
        EXPECT_TRUE(becomes_true(
            [&] {
                const boost::json::value answer = entries_of(actor).json();
                for (const auto& one : answer.at("items").as_array()) {
                    if (at(one, "/action") == action && at(one, "/outcome") == outcome) found = one;
                }
                return !found.is_null();
            },
            seconds{20}))
            << action << " " << outcome << " by " << actor;
        return found;
    }
    /// The AuditEvent of the newest entry of this action.
    [[nodiscard]] std::string exported(const std::string& action) const {
        const Finished all = server_.command({"audit", "export", "--tenant", "north"});
        const auto found = all.output.find("\"" + action + "\"");
        if (found == std::string::npos) return "";
        const auto begin = all.output.rfind('\n', found) + 1;  // npos + 1: the first line
        return all.output.substr(begin, all.output.find('\n', found) - begin);
    }
    /// Of one alone: to look leaves entries, too.
    [[nodiscard]] HttpResponse entries_of(const std::string& actor) {
        return client_.get(api + "/audit?limit=200&actor=" + actor, auditor_);
    }
    /// From now on consents may be given as late as at the join.
    void ask_at_the_join() {
        const HttpResponse config = client_.get(api + "/config", chief_);
        boost::json::object document = config.json().as_object();
        document["telehealthConsentAt"] = "join";
        const std::string version{config.header("ETag")};
        ASSERT_EQ(client_.put(api + "/config", document, with(chief_, "If-Match", version)).status, 200);
    }

    TempFolder folder_;
    Server server_{folder_.path()};
    HttpClient client_ = server_.client();
    Headers doctor_ = server_.token("north", "dr-north", {"clinician"});
    Headers chief_ = server_.token("north", "chief-north", {"tenant_admin"});
    Headers auditor_ = server_.token("north", "auditor-north", {"auditor"});
};

TEST_F(AuditLog, keeps_what_was_refused_with_the_reason) {
    ask_at_the_join();
    const BookedVisit visit = book(client_, doctor_, "p1");
    const std::string session = api + "/sessions/" + visit.session;
    const HttpResponse joined = join(client_, link_code(client_, doctor_, visit.session, visit.patient));
    ASSERT_EQ(joined.status, 200) << joined.body;
    ASSERT_EQ(client_.post(session + "/participants/" + visit.provider + "/join", {}, doctor_).status, 200);

    const HttpResponse admitted =
        client_.post(session + "/participants/" + visit.patient + "/admit",
                     {{"version", version_of(client_, doctor_, visit.session)}}, doctor_);
    ASSERT_EQ(admitted.code(), "CONSENT_REQUIRED") << admitted.body;
    const Headers other = server_.token("north", "dr-other", {"clinician"});
    ASSERT_EQ(client_.get(session, other).status, 403);
    const Headers patient = support::visit(joined.at("/credential"));
    ASSERT_EQ(client_.get(api + "/visit/video", patient).status, 403);

    const auto refused = entry("participant.admit", "CONSENT_REQUIRED", "dr-north");
    EXPECT_EQ(at(refused, "/sessionId"), visit.session);
    EXPECT_EQ(at(refused, "/traceId"), admitted.at("/traceId"));
    EXPECT_THAT(exported("participant.admit"), testing::HasSubstr(R"("outcomeDesc":"CONSENT_REQUIRED")"));
    EXPECT_EQ(at(entry("session.read", "ACCESS_DENIED", "dr-other"), "/sessionId"), visit.session);
    EXPECT_EQ(at(entry("video.enter", "ACCESS_DENIED", visit.patient), "/sessionId"), visit.session);
    EXPECT_EQ(client_.get(api + "/audit/verify", auditor_).at("/intact"), "true");
}

TEST_F(AuditLog, has_nothing_of_what_only_came_at_the_wrong_moment) {
    give_consent(client_, doctor_, "p1");
    const BookedVisit visit = book(client_, doctor_, "p1");
    const std::string session = api + "/sessions/" + visit.session;
    ASSERT_EQ(client_.post(session + "/cancel", {{"version", 99}, {"reason", "test"}}, doctor_).status, 409);
    ASSERT_EQ(client_.get(api + "/audit", doctor_).status, 403);

    (void)entry("audit.list", "ACCESS_DENIED", "dr-north");  // what came later is there
    EXPECT_THAT(entries_of("dr-north").body, testing::Not(testing::HasSubstr("OPTIMISTIC_LOCK_CONFLICT")));
}

TEST_F(AuditLog, tells_who_looked_at_a_visit_from_inside_and_who_checked_a_device) {
    give_consent(client_, doctor_, "p1");
    const BookedVisit visit = book(client_, doctor_, "p1");
    const HttpResponse joined = join(client_, link_code(client_, doctor_, visit.session, visit.patient));
    ASSERT_EQ(joined.status, 200) << joined.body;
    const Headers patient = support::visit(joined.at("/credential"));
    ASSERT_EQ(client_.get(api + "/visit", patient).status, 200);
    const SseReader stream{server_.port(), {"GET", api + "/visit/events", patient, {}}};
    ASSERT_EQ(stream.response().status, 200);
    ASSERT_EQ(client_
                  .post(api + "/visit/device-check",
                        {{"camera", "ok"}, {"microphone", "ok"}, {"speaker", "ok"}}, patient)
                  .status,
              204);

    const auto read = entry("visit.read", "done", visit.patient);
    EXPECT_EQ(at(read, "/sessionId"), visit.session);
    EXPECT_THAT(exported("visit.read"), testing::HasSubstr("Patient/p1"));
    EXPECT_EQ(at(entry("visit_events.open", "done", visit.patient), "/sessionId"), visit.session);
    EXPECT_EQ(at(entry("device_check.keep", "done", visit.patient), "/sessionId"), visit.session);
}

TEST_F(AuditLog, of_a_tenant_tells_who_read_its_configuration_from_outside) {
    give_consent(client_, doctor_, "p1");  // there is such a tenant
    const Headers platform = server_.token("platform", "operator-1", {"platform_admin"});
    ASSERT_EQ(client_.get(api + "/config?tenantId=north", platform).status, 200);

    EXPECT_FALSE(at(entry("config.read", "done", "operator-1"), "/traceId").empty());
}

}  // namespace
}  // namespace vcare::support
