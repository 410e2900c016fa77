// SPDX-License-Identifier: Apache-2.0
#include "main/demo/sample_clinic.hpp"

#include <algorithm>

#include "application/configure_tenant.hpp"
#include "application/create_session.hpp"
#include "application/issue_join_token.hpp"
#include "application/ports/clock.hpp"
#include "application/staff_authentication.hpp"

namespace vcare::program {
namespace {

using application::CreateSession;
using application::Services;
using application::StaffContext;
using domain::Phi;
using domain::Role;
using domain::StaffRole;

constexpr std::string_view tenant_name = "demo-clinic";
constexpr std::string_view patient_name = "patient-0001";
constexpr std::string_view clinician_name = "dr-rahimi";
// Tokens of an earlier start of the demo still open its pages.
constexpr domain::seconds token_lifetime{30 * 24 * 3600};
constexpr domain::hours visit_length{2};

struct StaffMember {
    std::string_view user;
    std::string_view name;
    domain::EnumSet<StaffRole> roles;
};

StaffMember clinician() {
    return {clinician_name, "Dr. Laila Rahimi", {StaffRole::clinician}};
}
StaffMember scheduler() {
    return {"scheduler-1", "Mina Sadat", {StaffRole::scheduler}};
}
StaffMember tenant_admin() {
    return {"tenant-admin-1", "Yusuf Noori", {StaffRole::tenant_admin}};
}
StaffMember auditor() {
    return {"auditor-1", "Sara Habibi", {StaffRole::auditor}};
}
StaffMember desk() {
    return {"desk-1", "Mina Sadat", {StaffRole::admin, StaffRole::tenant_admin}};
}

class Opening {
  public:
    Opening(const Services& services, const identity::EmbeddedIssuer* issuer)
        : services_(services), issuer_(issuer), authenticate_(services) {}

    Task<Result<SampleClinic>> open() {
        auto doctor = co_await sign_in(clinician());
        if (!doctor) co_return std::unexpected{doctor.error()};
        auto manager = co_await sign_in(tenant_admin());
        if (!manager) co_return std::unexpected{manager.error()};
        const auto configured = co_await configure(std::move(*manager));
        if (!configured) co_return std::unexpected{configured.error()};
        auto session = co_await find_or_book(*doctor);
        if (!session) co_return std::unexpected{session.error()};
        auto patient = co_await link_code(*doctor, *session, Role::patient);
        if (!patient) co_return std::unexpected{patient.error()};
        auto interpreter = co_await link_code(*doctor, *session, Role::interpreter);
        if (!interpreter) co_return std::unexpected{interpreter.error()};

        SampleClinic clinic{.tenant = doctor->caller.tenant, .session = session->id};
        clinic.staff_tokens = {{"clinician", token_of(clinician())},
                               {"scheduler", token_of(scheduler())},
                               {"tenant_admin", token_of(tenant_admin())},
                               {"auditor", token_of(auditor())}};
        clinic.desk_token = token_of(desk());
        clinic.patient_code = std::move(*patient);
        clinic.interpreter_code = std::move(*interpreter);
        co_return clinic;
    }

  private:
    std::string token_of(const StaffMember& who) const {
        identity::StaffTokenClaims claims{.user = *domain::UserId::parse(who.user),
                                          .tenant = *domain::TenantId::parse(tenant_name),
                                          .roles = who.roles};
        claims.name = who.name;
        claims.issued_at = services_.clock.now();
        claims.ttl = token_lifetime;
        return issuer_->sign(claims);
    }

    Task<Result<StaffContext>> sign_in(StaffMember who) {
        auto verified = co_await authenticate_(token_of(who), {});
        if (!verified) co_return std::unexpected{verified.error()};
        co_return std::move(verified->context);
    }

    // Only once: what people change in the clinic's settings stays.
    Task<Result<void>> configure(StaffContext manager) {
        application::ConfigureTenant configuration{services_};
        auto stored = co_await configuration.read(manager);
        if (!stored) co_return std::unexpected{stored.error()};
        if (stored->version > 1) co_return Result<void>{};
        stored->config.branding.display_name = "Sunrise Clinic";
        stored->config.branding.support_contact = "Front desk: 020 7946 0000";
        stored->config.telehealth_consent_at = domain::TelehealthConsentAt::join;
        stored->config.recording_allowed = true;
        const auto replaced =
            co_await configuration.replace(std::move(manager), stored->config, stored->version);
        if (!replaced) co_return std::unexpected{replaced.error()};
        co_return Result<void>{};
    }

    Task<Result<domain::SessionData>> find_or_book(StaffContext doctor) {
        application::SessionQuery query{.reach = domain::Reach{.whole_tenant = true}};
        query.patient = domain::PatientId::parse(patient_name);
        const auto page = co_await services_.sessions.list_sessions(doctor.scope, std::move(query));
        if (!page) co_return std::unexpected{page.error()};
        const auto config = co_await services_.tenants.load_config(doctor.scope);
        if (!config) co_return std::unexpected{config.error()};
        const domain::Instant now = services_.clock.now();
        const auto joinable = std::ranges::find_if(page->items, [&](const domain::SessionData& session) {
            const domain::Instant last = session.scheduled_end + config->config.join_window_after;
            return !domain::is_terminal(session.status) && now < last;
        });
        if (joinable != page->items.end()) co_return *joinable;
        CreateSession create{services_};
        co_return co_await create(std::move(doctor), visit_starting(now), {});
    }

    static CreateSession::Command visit_starting(domain::Instant now) {
        const domain::Instant start = std::chrono::floor<domain::minutes>(now) + domain::minutes{5};
        CreateSession::Command visit{.patient = *domain::PatientId::parse(patient_name),
                                     .scheduled_start = start};
        visit.scheduled_end = start + visit_length;
        std::vector<CreateSession::Person> people;
        people.push_back({.role = Role::provider,
                          .user = domain::UserId::parse(clinician_name),
                          .display_name = Phi<std::string>{"Dr. Laila Rahimi"}});
        people.push_back({.role = Role::patient, .display_name = Phi<std::string>{"Amina Karimi"}});
        people.push_back({.role = Role::interpreter,
                          .display_name = Phi<std::string>{"Omar Nazari"},
                          .linked_to_patient = true});
        visit.participants = std::move(people);
        visit.reason_for_visit = Phi<std::string>{"Follow-up after a chest infection"};
        return visit;
    }

    Task<Result<std::string>> link_code(StaffContext doctor, domain::SessionData session, Role role) {
        const auto who = std::ranges::find(session.participants, role, &domain::Participant::role);
        if (who == session.participants.end()) {
            co_return domain::refuse(ErrorCode::participant_not_found);
        }
        application::IssueJoinToken issue{services_};
        application::IssueJoinToken::Command command{.session = session.id, .participant = who->id};
        auto issued = co_await issue(std::move(doctor), std::move(command), {});
        if (!issued) co_return std::unexpected{issued.error()};
        co_return std::move(issued->link.code);
    }

    Services services_;
    const identity::EmbeddedIssuer* issuer_;
    application::StaffAuthentication authenticate_;
};

}  // namespace

Task<Result<SampleClinic>> open_sample_clinic(Services services, const identity::EmbeddedIssuer* issuer) {
    Opening opening{services, issuer};
    co_return co_await opening.open();
}

}  // namespace vcare::program
