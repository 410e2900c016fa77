// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/manage_consents.hpp"
#include "application/withdraw_consent.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::ConsentDebtPayer;
using application::ConsentDesk;
using application::ManageConsents;
using ::testing::SizeIs;

/// The embedded consent service: what it takes is kept with the unit.
struct ConsentClinic : Clinic {
    application::ReadAuditTrail trail{services};
    ManageConsents manage{services, trail};
    ConsentClinic() { consents.keeps = application::ConsentService::Kept::with_the_unit; }

    Result<ConsentRecord> record(std::optional<application::StaffContext> who = {}) {
        return run(manage.record(
            who ? *who : doctor(),
            {.patient = the_patient_id(), .type = ConsentType::telehealth, .method = ConsentMethod::verbal},
            {}));
    }
};

TEST(ManageConsents, records_a_grant_with_its_defaults_and_clears_what_was_pending) {
    ConsentClinic clinic;
    clinic.configure([](auto& config) { config.telehealth_consent_at = TelehealthConsentAt::join; });
    clinic.consents.granted.clear();
    const SessionData session = clinic.a_visit();
    ASSERT_TRUE(session.consent_pending);

    const auto recorded = clinic.record();

    ASSERT_TRUE(recorded.has_value());
    EXPECT_EQ(recorded->capacity, ConsentCapacity::self);
    EXPECT_EQ(recorded->granted_by, the_patient_id().text());
    EXPECT_FALSE(recorded->text_version.empty());
    EXPECT_FALSE(clinic.session(session.id).consent_pending);
    const auto listed = clinic.run(clinic.manage.list(clinic.doctor(), {.patient = the_patient_id()}));
    ASSERT_THAT(listed->items, SizeIs(1));
    EXPECT_EQ(listed->items[0].id, recorded->id);
}

TEST(ManageConsents, names_the_newest_of_the_clinics_own_texts) {
    ConsentClinic clinic;
    clinic.configure([](auto& config) {
        config.consent_texts = {{ConsentType::telehealth, "en", "2026-03", "We meet by video."}};
    });
    EXPECT_EQ(clinic.record()->text_version, "2026-03");
}

TEST(ManageConsents, names_no_text_that_the_clinic_has_not_set_where_it_needs_its_own) {
    ConsentClinic clinic;
    clinic.services.policy.may_ask_with_built_in_texts = false;
    ManageConsents manage{clinic.services, clinic.trail};
    const auto record = [&](ConsentMethod method, std::optional<std::string> version) {
        return clinic.run(manage.record(clinic.doctor(),
                                        {.patient = the_patient_id(),
                                         .type = ConsentType::telehealth,
                                         .method = method,
                                         .text_version = std::move(version)},
                                        {}));
    };
    const auto refused = record(ConsentMethod::verbal, std::nullopt);
    ASSERT_EQ(refusal_of(refused), ErrorCode::consent_required);
    EXPECT_THAT(refused.error().detail, ::testing::HasSubstr("consentTexts"));
    EXPECT_EQ(refusal_of(record(ConsentMethod::in_app, "7")), ErrorCode::consent_required)
        << "nobody can have read it here";
    EXPECT_TRUE(record(ConsentMethod::paper, "form-7").has_value()) << "it was read elsewhere";
}

TEST(ManageConsents, lets_a_patient_act_for_themself_only) {
    ConsentClinic clinic;
    const auto themself = clinic.staff({StaffRole::patient}, "patient-1");
    const auto somebody = clinic.staff({StaffRole::patient}, "patient-2");
    ASSERT_TRUE(clinic.record(themself).has_value());
    EXPECT_EQ(refusal_of(clinic.record(somebody)), ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(clinic.manage.list(somebody, {.patient = the_patient_id()}))),
              ErrorCode::access_denied);
    const auto recorded = clinic.record(themself);
    EXPECT_EQ(refusal_of(clinic.run(clinic.manage.withdraw(somebody, recorded->id, {}))),
              ErrorCode::access_denied);
    EXPECT_TRUE(clinic.run(clinic.manage.withdraw(themself, recorded->id, {})).has_value());
}

TEST(ManageConsents, needs_role_and_scope) {
    ConsentClinic clinic;
    const auto auditor = clinic.staff({StaffRole::auditor}, "auditor");
    EXPECT_EQ(refusal_of(clinic.record(auditor)), ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(clinic.manage.list(auditor, {.patient = the_patient_id()}))),
              ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(clinic.manage.withdraw(auditor, an_id<ConsentId>(1), {}))),
              ErrorCode::access_denied);
}

TEST(ManageConsents, withdrawn_ends_every_open_visit_of_the_patient_in_the_same_unit) {
    ConsentClinic clinic;
    const auto recorded = clinic.record();
    const auto running = clinic.a_running_visit();
    const SessionData to_come = clinic.a_visit();

    const auto withdrawn = clinic.run(clinic.manage.withdraw(clinic.doctor(), recorded->id, {}));

    ASSERT_TRUE(withdrawn.has_value());
    EXPECT_EQ(withdrawn->status, ConsentStatus::withdrawn);
    EXPECT_EQ(withdrawn->id, recorded->id);
    EXPECT_EQ(clinic.session(running.session.id).status, SessionStatus::ended);
    EXPECT_EQ(clinic.session(to_come.id).status, SessionStatus::scheduled);
    EXPECT_TRUE(clinic.session(to_come.id).consent_pending);
    const auto again = clinic.run(clinic.manage.withdraw(clinic.doctor(), recorded->id, {}));
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->withdrawn_at, withdrawn->withdrawn_at) << "the first withdrawal stands";
}

TEST(ManageConsents, knows_no_consent_of_another_clinic) {
    ConsentClinic clinic;
    const auto recorded = clinic.record();
    const auto stranger = clinic.staff({StaffRole::clinician}, "stranger", another_clinic());
    EXPECT_EQ(refusal_of(clinic.run(clinic.manage.withdraw(stranger, recorded->id, {}))),
              ErrorCode::not_found);
    EXPECT_EQ(refusal_of(clinic.run(clinic.manage.withdraw(stranger, an_id<ConsentId>(7), {}))),
              ErrorCode::not_found);
}

TEST(ManageConsents, fails_whole_whichever_step_of_the_store_fails) {
    for_each_failing_step([](Clinic& clinic) { return clinic.doctor(); },
                          [](Clinic& clinic, application::StaffContext& doctor) {
                              application::ReadAuditTrail trail{clinic.services};
                              ManageConsents manage{clinic.services, trail};
                              return clinic.run(manage.record(doctor,
                                                              {.patient = the_patient_id(),
                                                               .type = ConsentType::telehealth,
                                                               .method = ConsentMethod::paper},
                                                              {}));
                          });
    for_each_failing_step(
        [](Clinic& clinic) {
            clinic.consents.keeps = application::ConsentService::Kept::with_the_unit;
            application::ReadAuditTrail trail{clinic.services};
            ManageConsents manage{clinic.services, trail};
            const auto recorded = clinic.run(manage.record(clinic.doctor(),
                                                           {.patient = the_patient_id(),
                                                            .type = ConsentType::telehealth,
                                                            .method = ConsentMethod::paper},
                                                           {}));
            (void)clinic.a_visit();
            return std::pair{recorded->id, clinic.doctor()};
        },
        [](Clinic& clinic, auto& ready) {
            application::ReadAuditTrail trail{clinic.services};
            ManageConsents manage{clinic.services, trail};
            return clinic.run(manage.withdraw(ready.second, ready.first, {}));
        });
}

ConsentDesk::NewConsent a_grant() {
    return {.patient = the_patient_id(),
            .type = ConsentType::telehealth,
            .granted_by = "patient-1",
            .text_version = "1",
            .language = "en"};
}

/// A withdrawal that its owner could not be told.
void withdraw_while_the_owner_is_away(Clinic& clinic) {
    clinic.consents.refuses_records = true;
    application::WithdrawConsent withdraw{clinic.services};
    ASSERT_TRUE(clinic.run(withdraw({.scope = clinic.doctor().scope,
                                     .actor = "patient-1",
                                     .patient = the_patient_id(),
                                     .type = ConsentType::telehealth})));
}

TEST(ConsentDebt, is_paid_when_the_owner_is_back) {
    Clinic clinic;
    withdraw_while_the_owner_is_away(clinic);
    ConsentDebtPayer payer{clinic.services};
    clinic.clock.time += minutes{1};
    EXPECT_EQ(clinic.run(payer.run_once()).value(), 0U);
    clinic.consents.refuses_records = false;
    clinic.clock.time += minutes{1};
    EXPECT_EQ(clinic.run(payer.run_once()).value(), 1U);
    EXPECT_EQ(clinic.consents.records.at(0).status, ConsentStatus::withdrawn);
    clinic.clock.time += minutes{10};
    EXPECT_EQ(clinic.run(payer.run_once()).value(), 0U) << "paid once";
}

TEST(ConsentDebt, comes_before_a_new_grant) {
    Clinic clinic;
    withdraw_while_the_owner_is_away(clinic);
    ConsentDesk desk{clinic.services};
    const auto scope = clinic.doctor().scope;
    EXPECT_EQ(refusal_of(clinic.run(desk.grant(scope, a_grant()))), ErrorCode::consent_service_unavailable);
    clinic.consents.refuses_records = false;
    clinic.clock.time += minutes{1};
    ASSERT_TRUE(clinic.run(desk.grant(scope, a_grant())).has_value());
    ASSERT_THAT(clinic.consents.records, SizeIs(2));
    EXPECT_EQ(clinic.consents.records[0].status, ConsentStatus::withdrawn);
    EXPECT_EQ(clinic.consents.records[1].status, ConsentStatus::granted);
}

TEST(ConsentDebt, overrides_a_grant_of_the_owner_until_it_is_paid) {
    Clinic clinic;
    withdraw_while_the_owner_is_away(clinic);
    ConsentDesk desk{clinic.services};
    EXPECT_TRUE(clinic.consents.granted.contains(the_patient_id().text())) << "the owner knows nothing yet";
    EXPECT_EQ(refusal_of(clinic.run(desk.ask_telehealth(clinic.doctor().scope, the_patient_id(), "command"))),
              ErrorCode::consent_required);
}

TEST(ConsentDebt, is_kept_with_the_unit_where_the_service_is_embedded) {
    Clinic clinic;
    withdraw_while_the_owner_is_away(clinic);
    clinic.consents.refuses_records = false;
    clinic.consents.keeps = application::ConsentService::Kept::with_the_unit;
    clinic.clock.time += minutes{1};
    ConsentDebtPayer payer{clinic.services};
    EXPECT_EQ(clinic.run(payer.run_once()).value(), 1U);
    const auto standing = clinic.run(
        clinic.consent_store->standing(clinic.doctor().scope, the_patient_id(), ConsentType::telehealth));
    ASSERT_TRUE(standing->newest.has_value());
    EXPECT_EQ(standing->newest->status, ConsentStatus::withdrawn);
}

TEST(ConsentDebt, fails_when_the_store_does) {
    for_each_failing_step(
        [](Clinic& clinic) {
            withdraw_while_the_owner_is_away(clinic);
            clinic.consents.refuses_records = false;
            clinic.consents.keeps = application::ConsentService::Kept::with_the_unit;
            clinic.clock.time += minutes{1};
            return 0;
        },
        [](Clinic& clinic, int&) {
            ConsentDebtPayer payer{clinic.services};
            return clinic.run(payer.run_once());
        });
}

}  // namespace
}  // namespace vcare::testing
