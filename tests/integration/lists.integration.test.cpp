// SPDX-License-Identifier: Apache-2.0
// Lists that are read page by page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/shared_demo.hpp"

namespace vcare::support {
namespace {

using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAreArray;

const std::string api{base_path};

class Lists : public SharedDemo {
  protected:
    /// The ids of all items, following `nextCursor` to its end.
    std::vector<std::string> read_all(const std::string& query, const Headers& who, unsigned limit) {
        std::vector<std::string> ids;
        std::string cursor;
        for (int page = 0; page < 100; ++page) {
            const std::string more = cursor.empty() ? "" : "&cursor=" + cursor;
            const auto answer = client_.get(query + "&limit=" + std::to_string(limit) + more, who);
            EXPECT_EQ(answer.status, 200) << answer.body;
            const auto document = answer.json();
            const auto& items = document.at("items").as_array();
            EXPECT_LE(items.size(), limit);
            for (const auto& item : items) ids.push_back(at(item, "/id"));
            cursor = answer.at("/nextCursor");
            if (cursor.empty()) return ids;
            EXPECT_EQ(items.size(), limit) << "a page before the last one is full";
        }
        ADD_FAILURE() << query << " never ends";
        return ids;
    }
    /// Once each, in the order of one long page.
    void expect_pages_of(const std::string& query, const Headers& who, std::size_t least) {
        const auto at_once = read_all(query, who, 200);
        EXPECT_GE(at_once.size(), least) << query;
        EXPECT_EQ(read_all(query, who, 2), at_once) << query;
        for (const char* limit : {"0", "201", "-1", "many"}) {
            const auto refused = client_.get(query + "&limit=" + limit, who);
            EXPECT_EQ(refused.status, 400) << query << " limit " << limit;
            EXPECT_EQ(refused.at("/errors/0/pointer"), "/limit") << query;
        }
        EXPECT_EQ(client_.get(query + "&cursor=no-cursor", who).status, 400) << query;
    }
};

TEST_F(Lists, of_sessions_are_whole_page_by_page) {
    std::vector<std::string> made;
    for (int i = 0; i < 5; ++i) made.push_back(booked("patient-of-five").session);

    expect_pages_of(api + "/sessions?patientId=patient-of-five", doctor_, 5);

    EXPECT_THAT(read_all(api + "/sessions?patientId=patient-of-five", doctor_, 2),
                UnorderedElementsAreArray(made));
}

TEST_F(Lists, of_consents_are_whole_page_by_page_and_of_a_patient_who_is_named) {
    for (int i = 0; i < 5; ++i) give_consent(client_, doctor_, "patient-consenting");

    expect_pages_of(api + "/consents?patientId=patient-consenting", doctor_, 5);

    const auto nameless = client_.get(api + "/consents", doctor_);
    EXPECT_EQ(nameless.status, 400);
    EXPECT_EQ(nameless.at("/errors/0/pointer"), "/patientId");
}

TEST_F(Lists, of_what_was_done_are_whole_page_by_page) {
    const BookedVisit visit = booked("patient-audited");
    for (int i = 0; i < 5; ++i) (void)link_code(client_, doctor_, visit.session, visit.patient);

    expect_pages_of(api + "/audit?sessionId=" + visit.session, demo_->staff("auditor"), 6);
}

TEST_F(Lists, of_dependencies_and_the_version_need_no_credential) {
    const auto health = client_.get("/health");
    EXPECT_EQ(health.status, 200) << health.body;
    EXPECT_EQ(demo_->admin_client().get("/health").status, 200);
    const auto version = client_.get("/version");
    EXPECT_EQ(version.status, 200);
    EXPECT_THAT(version.at("/version"), Not(IsEmpty()));
}

TEST(TenantLimit, answers_429_to_everybody_of_the_tenant_and_to_nobody_else) {
    const TempFolder folder;
    const Demo demo{folder.path() / "demo",
                    {.environment = {{"VCARE_LIMITS_REQUESTS_PER_CREDENTIAL_PER_SECOND", "0"},
                                     {"VCARE_LIMITS_REQUESTS_PER_TENANT_PER_SECOND", "5"}}}};
    HttpClient client = demo.client();
    const Headers one = demo.staff();
    const Headers colleague = demo.staff("scheduler");
    const Headers elsewhere = demo.token("another-clinic", "dr-else", {"clinician"});

    std::optional<HttpResponse> limited;
    for (int i = 0; i < 1000 && !limited; ++i) {
        auto answer = client.get(api + "/sessions", i % 2 == 0 ? one : colleague);
        if (answer.status != 200) limited = std::move(answer);
    }

    ASSERT_TRUE(limited.has_value());
    EXPECT_EQ(limited->status, 429);
    EXPECT_EQ(limited->code(), "RATE_LIMITED");
    EXPECT_GE(std::stoi(limited->header("Retry-After")), 1);
    EXPECT_EQ(client.get(api + "/sessions", elsewhere).status, 200);
}

}  // namespace
}  // namespace vcare::support
