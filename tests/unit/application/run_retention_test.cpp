// SPDX-License-Identifier: Apache-2.0
#include "application/run_retention.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/cancel_session.hpp"
#include "application/round.hpp"
#include "application/seal_audit.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::ApplyRetention;
using application::Round;
using application::RunRetention;
using ::testing::Contains;
using ::testing::Not;

struct RetainingClinic : Clinic {
    std::unique_ptr<application::RetentionStore> retention = store::make_retention_store(&database);
    RunRetention worker{services, *retention};

    RetainingClinic() {
        configure([](TenantConfig& config) {
            config.retention_days = 30;
            config.audit_retention_days = 365;
        });
    }
    void have_cancelled(unsigned visits) {
        for (unsigned i = 0; i < visits; ++i) {
            const SessionData visit = a_visit();
            application::CancelSession cancel{services};
            (void)run(cancel(doctor(), {visit.id, visit.version, "no_longer_needed"}, {})).value();
        }
        (void)run(queues->number_events(0, 10'000, clock.now())).value();
    }
    std::size_t visits() {
        const auto page =
            run(sessions->list_sessions(doctor().scope, {.reach = {.whole_tenant = true}, .limit = 200}));
        return page.value().items.size();
    }
    Result<Round> round() { return run(worker.run_once()); }
};

TEST(RunRetention, deletes_a_batch_a_round_until_nothing_is_left) {
    RetainingClinic clinic;
    clinic.have_cancelled(ApplyRetention::sessions_at_once + 5);
    EXPECT_EQ(clinic.round(), Round::idle);
    EXPECT_EQ(clinic.visits(), ApplyRetention::sessions_at_once + 5) << "nothing is due";

    clinic.clock.time += days{31};
    EXPECT_EQ(clinic.round(), Round::idle) << "the next batch comes with the next turn";
    EXPECT_EQ(clinic.visits(), 5U);
    EXPECT_EQ(clinic.round(), Round::idle);
    EXPECT_EQ(clinic.visits(), 0U);
    EXPECT_THAT(clinic.telemetry.words, Contains("sessions"));
}

TEST(RunRetention, looks_again_after_an_hour_when_nothing_was_due) {
    RetainingClinic clinic;
    clinic.have_cancelled(1);
    clinic.clock.time += days{29};
    ASSERT_EQ(clinic.round(), Round::idle);

    clinic.clock.time += days{2};
    ASSERT_EQ(clinic.round(), Round::idle);
    ASSERT_EQ(clinic.visits(), 0U);
    clinic.have_cancelled(0);
    const unsigned before = clinic.database.asked();
    ASSERT_EQ(clinic.round(), Round::idle);
    EXPECT_EQ(clinic.database.asked(), before + 1) << "it asks whose turn it is, and no more";
    clinic.clock.time += RunRetention::look_again_after;
    ASSERT_EQ(clinic.round(), Round::idle);
    EXPECT_GT(clinic.database.asked(), before + 2);
}

TEST(RunRetention, leaves_a_tenant_to_the_replica_that_has_it) {
    RetainingClinic clinic;
    clinic.have_cancelled(1);
    clinic.clock.time += days{31};
    const Instant until = clinic.clock.time + RunRetention::lease;
    ASSERT_EQ(clinic.run(clinic.retention->claim_tenants(clinic.clock.time, until, 10))->size(), 1U);

    ASSERT_EQ(clinic.round(), Round::idle);
    EXPECT_EQ(clinic.visits(), 1U);
    clinic.clock.time = until;
    ASSERT_EQ(clinic.round(), Round::idle);
    EXPECT_EQ(clinic.visits(), 0U) << "that one died";
}

TEST(RunRetention, puts_off_what_fails_and_tries_it_again) {
    RetainingClinic clinic;
    clinic.have_cancelled(1);
    clinic.clock.time += days{31};
    clinic.database.fail_after(1);

    EXPECT_EQ(clinic.round(), Round::idle);
    EXPECT_THAT(clinic.telemetry.words, Contains("retention.put_off"));
    EXPECT_EQ(clinic.visits(), 1U);
    clinic.clock.time += RunRetention::lease;
    EXPECT_EQ(clinic.round(), Round::idle);
    EXPECT_EQ(clinic.visits(), 0U);
}

TEST(RunRetention, says_that_an_audit_log_is_broken_and_deletes_nothing_of_it) {
    RetainingClinic clinic;
    clinic.have_cancelled(1);
    application::SealAudit seal{clinic.services};
    ASSERT_TRUE(clinic.run(seal.run_once()));
    clinic.database.tamper("UPDATE audit_entries SET actor = 'nobody'");
    clinic.clock.time += days{366};

    ASSERT_EQ(clinic.round(), Round::idle);
    EXPECT_THAT(clinic.telemetry.words, Contains("audit.broken"));
    EXPECT_THAT(clinic.telemetry.words, Not(Contains("auditEntries")));
    EXPECT_EQ(clinic.visits(), 0U) << "visits go on being deleted";
}

TEST(RunRetention, shortens_the_audit_log) {
    RetainingClinic clinic;
    clinic.have_cancelled(1);
    application::SealAudit seal{clinic.services};
    ASSERT_TRUE(clinic.run(seal.run_once()));
    clinic.clock.time += days{366};

    ASSERT_EQ(clinic.round(), Round::idle);
    EXPECT_THAT(clinic.telemetry.words, Contains("auditEntries"));
    EXPECT_TRUE(clinic.run(clinic.audit->find_floor(clinic.doctor().scope)).value().has_value());
}

TEST(RunRetention, goes_on_with_other_tenants_at_once_when_many_have_nothing_to_delete) {
    RetainingClinic clinic;
    for (unsigned i = 0; i < RunRetention::tenants_at_once; ++i) {
        const auto id = TenantId::parse("a-clinic-" + std::to_string(i)).value();
        const StoredTenantConfig config{.id = an_id<TenantConfigId>(i), .tenant = id};
        const std::string short_key = std::to_string(100'000 + i);
        ASSERT_TRUE(clinic.run(clinic.tenants->ensure_tenant({.id = id, .short_key = short_key}, config)));
    }

    EXPECT_EQ(clinic.round(), Round::more);
    EXPECT_EQ(clinic.round(), Round::idle);
}

TEST(RunRetention, says_so_when_the_store_is_away) {
    RetainingClinic clinic;
    clinic.database.fail_after(0);

    EXPECT_EQ(refusal_of(clinic.round()), ErrorCode::store_unavailable);
}

}  // namespace
}  // namespace vcare::testing
