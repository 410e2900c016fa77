// SPDX-License-Identifier: Apache-2.0
#include "adapters/consent/embedded_consent_service.hpp"

#include <gtest/gtest.h>

#include "application/tenant_authority.hpp"
#include "unit/adapters/await.hpp"
#include "unit/adapters/fixed_clock.hpp"

namespace vcare::consent {
namespace {

using domain::ConsentType;
using tests::await;

const auto tenant = domain::TenantId::parse("hill").value();
const auto patient = domain::PatientId::parse("pat-1").value();
const auto scope = application::TenantAuthority::of_operator(tenant);

class EmbeddedConsentServiceTest : public testing::Test {
  protected:
    domain::ConsentRecord a_grant() const {
        return {.id = domain::ConsentId::make(clock_.now(), {}),
                .tenant = tenant,
                .patient = patient,
                .type = ConsentType::telehealth,
                .status = domain::ConsentStatus::granted,
                .granted_by = "pat-1",
                .text_version = "7",
                .language = "en",
                .at = clock_.now()};
    }
    Result<domain::ConsentAnswer> ask() {
        return await(service_->decision(scope, patient, ConsentType::telehealth, here_));
    }

    application::ConsentStanding here_;
    tests::FixedClock clock_;
    std::unique_ptr<application::ConsentService> service_ = make_embedded_consent_service(clock_);
};

TEST_F(EmbeddedConsentServiceTest, says_granted_for_a_standing_grant) {
    here_.newest = a_grant();

    const auto answer = ask();

    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->granted);
    EXPECT_EQ(answer->text_version, "7");
    EXPECT_EQ(answer->tenant, tenant);
    EXPECT_EQ(answer->patient, patient);
    EXPECT_EQ(answer->type, ConsentType::telehealth);
}

TEST_F(EmbeddedConsentServiceTest, says_not_granted_without_a_record) {
    const auto answer = ask();

    ASSERT_TRUE(answer);
    EXPECT_FALSE(answer->granted);
    EXPECT_EQ(answer->patient, patient);
}

TEST_F(EmbeddedConsentServiceTest, says_not_granted_once_withdrawn) {
    auto record = a_grant();
    record.status = domain::ConsentStatus::withdrawn;
    here_.newest = record;

    EXPECT_FALSE(ask().value().granted);
}

TEST_F(EmbeddedConsentServiceTest, says_not_granted_from_the_moment_it_expires) {
    auto record = a_grant();
    record.expires_at = clock_.now() + domain::hours{1};
    here_.newest = record;
    EXPECT_TRUE(ask().value().granted);

    clock_.advance(domain::hours{1});

    EXPECT_FALSE(ask().value().granted);
}

TEST_F(EmbeddedConsentServiceTest, remembers_nothing_between_two_questions) {
    here_.newest = a_grant();
    ASSERT_TRUE(ask().value().granted);

    here_.newest = std::nullopt;

    EXPECT_FALSE(ask().value().granted);
}

TEST_F(EmbeddedConsentServiceTest, leaves_a_new_record_to_the_unit_of_work_of_its_command) {
    const auto kept = await(service_->record(scope, a_grant()));

    EXPECT_EQ(kept.value(), application::ConsentService::Kept::with_the_unit);
}

}  // namespace
}  // namespace vcare::consent
