// SPDX-License-Identifier: Apache-2.0
#include "adapters/notify/notification_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/tenant_authority.hpp"
#include "support/builders/session_builder.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/noted_telemetry.hpp"

namespace vcare::notify {
namespace {

using application::CommitOutcome;
using application::UnitOfWork;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OneAnswer final : public application::UnitOfWorkRunner {
  public:
    Result<CommitOutcome> answer = CommitOutcome::done;
    std::vector<UnitOfWork> taken;
    Task<Result<CommitOutcome>> commit(domain::TenantScope, UnitOfWork unit) override {
        taken.push_back(std::move(unit));
        co_return answer;
    }
};

class NotificationLogTest : public ::testing::Test {
  protected:
    Result<CommitOutcome> commit() {
        const domain::SessionId session = testing_session();
        UnitOfWork unit{.notifications = {{.session = session,
                                           .told = {.category = domain::NotificationCategory::invitation,
                                                    .participant = vcare::testing::the_patient(),
                                                    .occasion = "1"}}},
                        .reminders = {{.session = session}}};
        const auto scope = application::TenantAuthority::of_operator(vcare::testing::this_clinic());
        return tests::await(log_->commit(scope, std::move(unit)));
    }
    static domain::SessionId testing_session() { return vcare::testing::an_id<domain::SessionId>(1); }

    OneAnswer units_;
    tests::NotedTelemetry telemetry_;
    std::unique_ptr<application::UnitOfWorkRunner> log_ = make_notification_log(units_, telemetry_);
};

TEST_F(NotificationLogTest, shows_what_would_be_sent_and_passes_on_everything_else) {
    EXPECT_EQ(commit(), CommitOutcome::done);

    EXPECT_THAT(telemetry_.events, ElementsAre("notification.shown"));
    EXPECT_THAT(units_.taken.at(0).notifications, IsEmpty());
    EXPECT_EQ(units_.taken.at(0).reminders.size(), 1U);
}

TEST_F(NotificationLogTest, shows_nothing_of_what_was_not_done) {
    units_.answer = CommitOutcome::stale;
    EXPECT_EQ(commit(), CommitOutcome::stale);
    units_.answer = domain::refuse(ErrorCode::store_unavailable);
    EXPECT_FALSE(commit().has_value());

    EXPECT_THAT(telemetry_.events, IsEmpty());
}

}  // namespace
}  // namespace vcare::notify
