// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "application/audit_chain.hpp"
#include "application/configure_tenant.hpp"
#include "application/live_frames.hpp"
#include "application/read_sessions.hpp"
#include "application/seal_audit.hpp"
#include "support/fakes/clinic.hpp"

namespace vcare::testing {
namespace {

using application::ConfigureTenant;
using application::ReadAudit;
using application::ReadAuditTrail;
using application::ReadSessions;
using application::StaffAuthentication;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

struct ReadingClinic : Clinic {
    ReadAuditTrail trail{services};
    ReadSessions read{services, trail};
    ReadAudit read_audit{services, trail};
    application::SealAudit seal{services};

    std::vector<std::string> audited_actions() {
        run(flush());
        std::vector<std::string> actions;
        const auto page = run(audit->list_audit(doctor().scope, {.limit = 200}));
        for (const auto& entry : page->items) actions.push_back(entry.action);
        return actions;
    }
    Task<bool> flush() {
        co_await trail.flush();
        co_return true;
    }
};

TEST(ReadSessions, leave_one_audit_entry_each) {
    ReadingClinic clinic;
    const auto running = clinic.a_running_visit();
    const SessionId id = running.session.id;
    EXPECT_TRUE(clinic.run(clinic.read.one(clinic.doctor(), id)).has_value());
    EXPECT_TRUE(clinic.run(clinic.read.list(clinic.doctor(), {.reach = {}})).has_value());
    EXPECT_TRUE(clinic.run(clinic.read.waiting_room(clinic.doctor())).has_value());
    EXPECT_TRUE(clinic.run(clinic.read.timeline(clinic.doctor(), id)).has_value());
    EXPECT_TRUE(clinic.run(clinic.read.preparation(clinic.doctor(), id)).has_value());
    EXPECT_TRUE(clinic.run(clinic.read.encounter(clinic.doctor(), id)).has_value());
    const auto actions = clinic.audited_actions();
    for (const char* action : {"session.read", "session.list", "waiting_room.read", "timeline.read",
                               "preparation.read", "encounter.read"})
        EXPECT_EQ(std::ranges::count(actions, action), 1) << action;
}

TEST(ReadSessions, show_nobody_what_is_out_of_their_reach) {
    ReadingClinic clinic;
    const SessionData session = clinic.a_visit();
    const auto colleague = clinic.staff({StaffRole::clinician}, "colleague");
    const auto stranger = clinic.staff({StaffRole::admin}, "stranger", another_clinic());
    EXPECT_EQ(refusal_of(clinic.run(clinic.read.one(colleague, session.id))), ErrorCode::access_denied);
    EXPECT_THAT(clinic.run(clinic.read.list(colleague, {.reach = {.whole_tenant = true}}))->items, IsEmpty())
        << "whatever reach the query claims";
    EXPECT_EQ(refusal_of(clinic.run(clinic.read.one(stranger, session.id))), ErrorCode::session_not_found);
    EXPECT_THAT(clinic.run(clinic.read.list(stranger, {.reach = {}}))->items, IsEmpty());
    EXPECT_THAT(
        clinic.run(clinic.read.list(clinic.staff({StaffRole::patient}, "patient-1"), {.reach = {}}))->items,
        SizeIs(1));
    EXPECT_EQ(refusal_of(clinic.run(clinic.read.waiting_room(clinic.staff({StaffRole::auditor}, "auditor")))),
              ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(clinic.read.encounter(clinic.doctor(), session.id))),
              ErrorCode::not_found);
}

TEST(ReadSessions, need_the_scope) {
    ReadingClinic clinic;
    const SessionData session = clinic.a_visit();
    auto without = clinic.doctor();
    without.caller.scopes.clear();
    EXPECT_EQ(refusal_of(clinic.run(clinic.read.one(without, session.id))), ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(clinic.read.list(without, {.reach = {}}))), ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(clinic.read.waiting_room(without))), ErrorCode::access_denied);
}

TEST(ReadSessions, show_who_waits_longest_first) {
    ReadingClinic clinic;
    const SessionData first = clinic.a_visit();
    clinic.comes_in(first, Role::patient);
    clinic.clock.time += minutes{2};
    const SessionData second = clinic.a_visit();
    clinic.comes_in(second, Role::patient);
    const auto waiting = clinic.run(clinic.read.waiting_room(clinic.doctor()));
    ASSERT_THAT(*waiting, SizeIs(2));
    EXPECT_EQ(waiting->at(0).session, first.id);
}

TEST(ReadSessions, fail_when_the_store_does) {
    for_each_failing_step(
        [](Clinic& clinic) {
            const auto running = clinic.a_running_visit();
            return std::pair{running.session.id, clinic.doctor()};
        },
        [](Clinic& clinic, auto& ready) -> Result<bool> {
            ReadAuditTrail trail{clinic.services};
            ReadSessions read{clinic.services, trail};
            const auto one = clinic.run(read.one(ready.second, ready.first));
            if (!one) return std::unexpected{one.error()};
            const auto timeline = clinic.run(read.timeline(ready.second, ready.first));
            if (!timeline) return std::unexpected{timeline.error()};
            const auto preparation = clinic.run(read.preparation(ready.second, ready.first));
            if (!preparation) return std::unexpected{preparation.error()};
            const auto encounter = clinic.run(read.encounter(ready.second, ready.first));
            if (!encounter) return std::unexpected{encounter.error()};
            return true;
        });
}

TEST(ReadAuditTrail, refuses_reads_when_entries_cannot_be_written_for_long) {
    ReadingClinic clinic;
    const SessionData session = clinic.a_visit();
    ASSERT_TRUE(clinic.run(clinic.read.one(clinic.doctor(), session.id)));
    clinic.database.fail_after(0);
    clinic.run(clinic.flush());
    EXPECT_TRUE(clinic.run(clinic.read.one(clinic.doctor(), session.id))) << "for a moment it goes on";
    clinic.clock.time += seconds{5};
    EXPECT_EQ(refusal_of(clinic.run(clinic.read.one(clinic.doctor(), session.id))),
              ErrorCode::store_unavailable);
    clinic.run(clinic.flush());
    EXPECT_TRUE(clinic.run(clinic.read.one(clinic.doctor(), session.id))) << "until it can again";
    const auto actions = clinic.audited_actions();
    EXPECT_EQ(std::ranges::count(actions, "session.read"), 3) << "nothing was lost";
}

TEST(ReadAuditTrail, has_a_limit) {
    ReadingClinic clinic;
    const auto doctor = clinic.doctor();
    for (std::size_t i = 0; i < ReadAuditTrail::max_queued; ++i) ASSERT_TRUE(clinic.trail.note(doctor, "x"));
    EXPECT_EQ(refusal_of(clinic.trail.note(doctor, "x")), ErrorCode::store_unavailable);
}

TEST(ReadAuditTrail, keeps_what_was_refused_to_whom_and_holds_no_read_up_with_a_flood_of_it) {
    ReadingClinic clinic;
    const SessionData session = clinic.a_visit();
    const auto doctor = clinic.doctor();
    const auto refuse_one = [&] {
        clinic.trail.note_refusal({.scope = doctor.scope,
                                   .actor = "doctor",
                                   .action = "participant.admit",
                                   .session = session.id,
                                   .outcome = "CONSENT_REQUIRED"});
    };
    const auto refusals = [&] {
        clinic.run(clinic.flush());
        const auto page = clinic.run(clinic.audit->list_audit(doctor.scope, {.limit = 5000}));
        return std::ranges::count(page->items, "CONSENT_REQUIRED", &application::AuditEntry::outcome);
    };
    const std::ptrdiff_t most = ReadAuditTrail::max_refusals;
    for (std::ptrdiff_t i = 0; i < most + 3; ++i) refuse_one();

    EXPECT_TRUE(clinic.run(clinic.read.one(doctor, session.id)));
    EXPECT_EQ(refusals(), most);
    EXPECT_THAT(clinic.telemetry.words, IsSupersetOf({"audit.refusals_left_out", "3"}));
    refuse_one();
    EXPECT_EQ(refusals(), most + 1) << "there is room again";
}

TEST(AuditChain, verifies_after_sealing_and_says_what_is_not_sealed_yet) {
    ReadingClinic clinic;
    (void)clinic.a_running_visit();
    const auto auditor = clinic.staff({StaffRole::auditor}, "auditor");
    EXPECT_GT(clinic.run(clinic.read_audit.verify(auditor))->unsealed, 0U);
    ASSERT_TRUE(clinic.run(clinic.seal.run_once()));

    const auto verdict = clinic.run(clinic.read_audit.verify(auditor));

    ASSERT_TRUE(verdict.has_value());
    EXPECT_FALSE(verdict->first_break.has_value());
    EXPECT_GT(verdict->entries, 5U);
    EXPECT_EQ(verdict->unsealed, 0U);
    EXPECT_THAT(clinic.run(clinic.audit->checkpoints()).value(), SizeIs(1));
}

TEST(AuditChain, does_not_believe_a_checkpoint_that_is_not_ours) {
    ReadingClinic clinic;
    (void)clinic.a_visit();
    ASSERT_TRUE(clinic.run(clinic.seal.run_once()));
    clinic.keys.forges = true;
    const auto auditor = clinic.staff({StaffRole::auditor}, "auditor");
    const auto verdict = clinic.run(clinic.read_audit.verify(auditor));
    ASSERT_TRUE(verdict->first_break.has_value());
    clinic.keys.is_away = true;
    EXPECT_EQ(refusal_of(clinic.run(clinic.read_audit.verify(auditor))), ErrorCode::key_service_unavailable);
}

TEST(AuditChain, is_for_auditors_and_admins) {
    ReadingClinic clinic;
    EXPECT_EQ(refusal_of(clinic.run(clinic.read_audit.verify(clinic.doctor()))), ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(clinic.read_audit.list(clinic.doctor(), {}))), ErrorCode::access_denied);
    EXPECT_TRUE(
        clinic.run(clinic.read_audit.list(clinic.staff({StaffRole::admin}, "chief"), {})).has_value());
}

TEST(AuditChain, tells_entries_apart_whatever_they_hold) {
    const application::AuditEntry one{
        .id = an_id<AuditId>(1), .at = nine_o_clock, .actor = "a\nb=c", .action = "x"};
    application::AuditEntry other = one;
    other.actor = "a";
    other.action = "b=c\nx";
    EXPECT_NE(canonical_text(one), canonical_text(other));
    EXPECT_EQ(canonical_text(one), canonical_text(one));
}

TEST(AuditChain, cannot_be_verified_while_the_store_is_away) {
    for_each_failing_step(
        [](Clinic& clinic) {
            (void)clinic.a_visit();
            application::SealAudit seal{clinic.services};
            (void)clinic.run(seal.run_once());
            return clinic.doctor().scope;
        },
        [](Clinic& clinic, TenantScope& scope) {
            application::VerifyAudit verify{clinic.services};
            return clinic.run(verify(scope));
        });
}

TEST(ConfigureTenant, replaces_the_whole_document_and_tells_what_changed) {
    Clinic clinic;
    ConfigureTenant use_case{clinic.services};
    const auto chief = clinic.staff({StaffRole::tenant_admin}, "chief");
    auto before = clinic.run(use_case.read(chief)).value();
    TenantConfig config = before.config;
    config.max_participants = 3;

    const auto after = clinic.run(use_case.replace(chief, config, before.version));

    ASSERT_TRUE(after.has_value());
    EXPECT_EQ(after->version, before.version + 1);
    EXPECT_EQ(clinic.run(use_case.read(chief))->config.max_participants, 3U);
    const auto& event = clinic.units.written.back().outbox.at(0).event;
    EXPECT_EQ(event.type, EventType::config_updated);
    EXPECT_THAT(everything_in(event.data), ::testing::HasSubstr("maxParticipants"));
    EXPECT_EQ(refusal_of(clinic.run(use_case.replace(chief, config, before.version))),
              ErrorCode::optimistic_lock_conflict);
    config.max_participants = 99;
    EXPECT_EQ(refusal_of(clinic.run(use_case.replace(chief, config, after->version))),
              ErrorCode::validation_error);
}

TEST(ConfigureTenant, that_lost_against_somebody_quicker_is_stale) {
    Clinic clinic;
    ConfigureTenant use_case{clinic.services};
    const auto chief = clinic.staff({StaffRole::tenant_admin}, "chief");
    const auto before = clinic.run(use_case.read(chief)).value();
    clinic.units.before_next = [&] {
        EXPECT_TRUE(clinic.run(use_case.replace(chief, before.config, before.version)));
    };
    EXPECT_EQ(refusal_of(clinic.run(use_case.replace(chief, before.config, before.version))),
              ErrorCode::optimistic_lock_conflict);
}

TEST(ConfigureTenant, needs_its_scopes_and_shows_the_public_part_to_anybody) {
    Clinic clinic;
    ConfigureTenant use_case{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(use_case.read(clinic.doctor()))), ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(use_case.replace(clinic.doctor(), {}, 1))), ErrorCode::access_denied);
    clinic.configure([](auto& config) {
        config.branding.display_name = "Our clinic";
        config.retention_days = 7;
    });
    const auto shown = clinic.run(use_case.public_part(this_clinic()));
    EXPECT_EQ(shown->branding.display_name, "Our clinic");
    EXPECT_EQ(shown->retention_days, TenantConfig{}.retention_days) << "nothing else of it leaves";
    EXPECT_EQ(refusal_of(clinic.run(use_case.public_part(another_clinic()))), ErrorCode::not_found);
    ASSERT_TRUE(clinic.run(clinic.tenants->suspend_tenant(this_clinic(), true)));
    EXPECT_EQ(refusal_of(clinic.run(use_case.public_part(this_clinic()))), ErrorCode::not_found);
}

TEST(StaffAuthentication, makes_a_clinic_exist_once_a_valid_bearer_names_it) {
    Clinic clinic;
    EXPECT_FALSE(clinic.run(clinic.tenants->find_tenant(another_clinic())).value().has_value());
    (void)clinic.staff({StaffRole::clinician}, "doctor", another_clinic());
    const auto made = clinic.run(clinic.tenants->find_tenant(another_clinic())).value();
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->short_key.size(), 6U);
}

TEST(StaffAuthentication, refuses_an_unknown_bearer_and_a_store_that_is_away) {
    Clinic clinic;
    StaffAuthentication authenticate{clinic.services};
    EXPECT_EQ(refusal_of(clinic.run(authenticate("forged", {}))), ErrorCode::unauthorized);
    for_each_failing_step(
        [](Clinic& fresh) {
            fresh.bearers.callers.insert_or_assign("new",
                                                   Caller{.user = a_user("new"), .tenant = another_clinic()});
            return 0;
        },
        [](Clinic& fresh, int&) {
            StaffAuthentication use_case{fresh.services};
            return fresh.run(use_case("new", {}));
        });
}

TEST(StaffAuthentication, lets_only_a_platform_admin_name_a_tenant) {
    Clinic clinic;
    StaffAuthentication authenticate{clinic.services};
    const auto platform = clinic.staff({StaffRole::platform_admin}, "platform");
    const auto doctor = clinic.doctor();
    (void)clinic.staff({StaffRole::clinician}, "elsewhere", another_clinic());

    EXPECT_EQ(clinic.run(authenticate.in_tenant(platform, another_clinic()))->scope.tenant(),
              another_clinic());
    const auto without = clinic.run(authenticate.in_tenant(platform, std::nullopt));
    EXPECT_EQ(refusal_of(without), ErrorCode::validation_error);
    EXPECT_EQ(without.error().fields.at(0).pointer, "/tenantId");
    EXPECT_EQ(refusal_of(clinic.run(authenticate.in_tenant(platform, an_opaque_id<TenantId>("nowhere")))),
              ErrorCode::not_found);
    EXPECT_EQ(refusal_of(clinic.run(authenticate.in_tenant(doctor, another_clinic()))),
              ErrorCode::access_denied);
    EXPECT_EQ(refusal_of(clinic.run(authenticate.in_tenant(doctor, this_clinic()))),
              ErrorCode::access_denied);
    EXPECT_EQ(clinic.run(authenticate.in_tenant(doctor, std::nullopt))->scope.tenant(), this_clinic());
}

}  // namespace
}  // namespace vcare::testing
