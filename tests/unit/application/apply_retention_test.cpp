// SPDX-License-Identifier: Apache-2.0
#include "application/apply_retention.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/cancel_session.hpp"
#include "application/end_session.hpp"
#include "application/pay_encounters.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::ApplyRetention;
using application::RetainedKind;
using application::RetainedRows;
using application::RetentionMode;
using ::testing::IsEmpty;

class Retention : public ::testing::Test {
  protected:
    Retention() {
        clinic_.configure([](TenantConfig& config) { config.retention_days = 30; });
    }

    SessionData a_cancelled_visit() {
        const SessionData visit = clinic_.a_visit();
        application::CancelSession cancel{clinic_.services};
        return clinic_.run(cancel(clinic_.doctor(), {visit.id, visit.version, "no_longer_needed"}, {}))
            .value();
    }
    void deliver_everything() {
        (void)clinic_.run(clinic_.queues->number_events(0, 10'000, clinic_.clock.now())).value();
    }
    RetainedRows apply(RetentionMode mode = RetentionMode::apply) {
        ApplyRetention apply{clinic_.services, *store_};
        return clinic_.run(apply(clinic_.doctor().scope, mode)).value().rows;
    }
    bool is_there(const SessionData& session) {
        return clinic_.run(clinic_.sessions->find_session(clinic_.doctor().scope, session.id))
            .value()
            .has_value();
    }

    Clinic clinic_;
    std::unique_ptr<application::RetentionStore> store_ = store::make_retention_store(&clinic_.database);
};

TEST_F(Retention, keeps_a_visit_for_as_long_as_the_tenant_says) {
    const SessionData visit = a_cancelled_visit();
    deliver_everything();

    clinic_.clock.time = visit.scheduled_start + days{30} - seconds{1};
    EXPECT_THAT(apply(), IsEmpty());
    EXPECT_TRUE(is_there(visit));
    clinic_.clock.time += seconds{1};
    EXPECT_EQ(apply().at(RetainedKind::session), 1U);
    EXPECT_FALSE(is_there(visit));
    EXPECT_THAT(apply(), IsEmpty());
}

TEST_F(Retention, keeps_a_visit_that_is_not_over) {
    const SessionData visit = clinic_.a_visit();
    deliver_everything();
    clinic_.clock.time += days{4000};

    EXPECT_THAT(apply(), IsEmpty());
    EXPECT_TRUE(is_there(visit));
}

TEST_F(Retention, keeps_a_visit_that_the_record_does_not_have_yet) {
    const auto running = clinic_.a_running_visit();
    application::EndSession end{clinic_.services};
    const SessionData visit =
        clinic_.run(end(clinic_.doctor(), {running.session.id, running.session.version}, {})).value();
    deliver_everything();
    clinic_.clock.time += days{31};
    EXPECT_THAT(apply(), IsEmpty());

    application::PayEncounters pay{clinic_.services, 4};
    (void)clinic_.run(pay.run_once()).value();
    deliver_everything();
    EXPECT_EQ(apply().at(RetainedKind::session), 1U);
    EXPECT_FALSE(is_there(visit));
}

TEST_F(Retention, says_what_would_go_and_deletes_nothing_of_it) {
    const SessionData visit = a_cancelled_visit();
    deliver_everything();
    clinic_.clock.time += days{31};

    const RetainedRows rehearsed = apply(RetentionMode::rehearse);
    EXPECT_EQ(rehearsed.at(RetainedKind::session), 1U);
    EXPECT_EQ(rehearsed.at(RetainedKind::participant), 3U);
    EXPECT_TRUE(is_there(visit));
    EXPECT_EQ(apply(), rehearsed);
}

TEST_F(Retention, goes_on_until_nothing_is_left_however_much_there_is) {
    constexpr std::uint64_t many = 120;  // more than two batches
    for (std::uint64_t i = 0; i < many; ++i) (void)a_cancelled_visit();
    deliver_everything();
    clinic_.clock.time += days{31};

    EXPECT_EQ(apply(RetentionMode::rehearse).at(RetainedKind::session), many);
    EXPECT_EQ(apply().at(RetainedKind::session), many);
}

TEST_F(Retention, leaves_an_entry_of_every_visit_in_the_audit_log) {
    const SessionData visit = a_cancelled_visit();
    deliver_everything();
    clinic_.clock.time += days{31};
    (void)apply();

    const auto page =
        clinic_.run(clinic_.audit->list_audit(clinic_.doctor().scope, {.session = visit.id})).value();
    ASSERT_FALSE(page.items.empty());
    EXPECT_EQ(page.items.front().action, "session.delete");
    EXPECT_EQ(page.items.front().actor, "system:retention");
    EXPECT_EQ(page.items.back().action, "session.create");
}

}  // namespace
}  // namespace vcare::testing
