// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "support/demo_fixture.hpp"
#include "support/store_of_test.hpp"

namespace vcare::support {
namespace {

using testing::HasSubstr;

const std::string api{base_path};

class Retention : public testing::Test {
  protected:
    BookedVisit cancelled(const std::string& patient) {
        give_consent(client_, doctor_, patient);
        const BookedVisit visit = book(client_, doctor_, patient);
        EXPECT_EQ(client_
                      .post(api + "/sessions/" + visit.session + "/cancel",
                            {{"version", visit.version}, {"reason", "no_longer_needed"}}, doctor_)
                      .status,
                  200);
        return visit;
    }
    /// A worker delivers them; nothing on this side tells when.
    void await_delivery() {
        const auto deadline = std::chrono::steady_clock::now() + seconds{60};
        while (demo_.command({"outbox", "list", "--json"}).output != "[]\n")
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "events wait";
    }
    /// As if it had been held so many days earlier.
    void make_older(const BookedVisit& visit, std::int64_t days) {
        const std::string by = std::to_string(days * 24 * 3'600'000);
        change_stored(demo_.data(), "UPDATE sessions SET scheduled_start = scheduled_start - " + by +
                                        ", updated_at = updated_at - " + by + " WHERE session_id = '" +
                                        visit.session + "'");
    }
    int status_of(const BookedVisit& visit) {
        return client_.get(api + "/sessions/" + visit.session, doctor_).status;
    }
    std::string sessions_in(const Finished& finished) {
        return at(boost::json::parse(finished.output), "/tenants/0/rows/sessions");
    }

    TempFolder folder_;
    Demo demo_{folder_.path()};
    HttpClient client_ = demo_.client();
    Headers doctor_ = demo_.staff();
};

TEST_F(Retention, deletes_visits_of_ten_years_ago_while_the_service_runs) {
    const BookedVisit old = cancelled("patient-old");
    const BookedVisit recent = cancelled("patient-recent");
    await_delivery();
    make_older(old, 3651);
    make_older(recent, 3600);

    const Finished rehearsed = demo_.command({"retention", "run", "--dry-run", "--json"});
    ASSERT_EQ(rehearsed.exit_code, 0) << rehearsed.error;
    EXPECT_EQ(sessions_in(rehearsed), "1");
    EXPECT_EQ(status_of(old), 200);

    const Finished finished = demo_.command({"retention", "run", "--json", "--tenant", demo_.tenant()});
    ASSERT_EQ(finished.exit_code, 0) << finished.error;
    EXPECT_EQ(sessions_in(finished), "1");
    EXPECT_EQ(status_of(old), 404);
    EXPECT_EQ(status_of(recent), 200);
    EXPECT_THAT(client_.get(api + "/audit?sessionId=" + old.session, demo_.staff("auditor")).body,
                HasSubstr("session.delete"));
    EXPECT_EQ(demo_.command({"audit", "verify"}).exit_code, 0);
    EXPECT_THAT(demo_.command({"retention", "run"}).output, HasSubstr("nothing is kept for too long"));
}

TEST_F(Retention, is_not_run_for_a_tenant_that_is_not_there) {
    const Finished finished = demo_.command({"retention", "run", "--tenant", "nowhere"});

    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_THAT(finished.error, HasSubstr("there is no tenant nowhere"));
}

}  // namespace
}  // namespace vcare::support
