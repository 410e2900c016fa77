// SPDX-License-Identifier: Apache-2.0
#include "simulation/world/outside.hpp"

#include <algorithm>

namespace vcare::simulation {

using application::EncounterLater;
using application::EncounterOutcome;
using application::EncounterWritten;
using domain::milliseconds;
using domain::TenantScope;

namespace {

constexpr domain::seconds consent_deadline{2};

std::unexpected<Error> unavailable(ErrorCode code) {
    return std::unexpected{Error{.code = code, .retry_after = domain::seconds{1}}};
}

}  // namespace

Task<void> travel(const Weather* weather, Owner owner) {
    const milliseconds took = weather->dice.between(milliseconds{0}, milliseconds{8});
    co_await weather->timeline.wait(owner, took);
}

void ConsentOwner::take(const domain::ConsentRecord& record) {
    const Patient patient{record.tenant, record.patient};
    const bool is_new = taken_.insert(record.id.text() + std::string{to_wire(record.status)}).second;
    if (record.type != domain::ConsentType::telehealth || !is_new) return;
    if (record.status == domain::ConsentStatus::granted) grant(patient);
    if (record.status == domain::ConsentStatus::withdrawn) withdraw(patient);
}

Task<Result<domain::ConsentAnswer>> ConsentPort::decision(TenantScope scope, domain::PatientId patient,
                                                          domain::ConsentType type,
                                                          application::ConsentStanding /*here*/) {
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.consent_slow)) {
        co_await weather_.timeline.wait(owner_, consent_deadline);
        co_return unavailable(ErrorCode::consent_service_unavailable);
    }
    if (weather_.strikes(weather_.rates.consent_unavailable))
        co_return unavailable(ErrorCode::consent_service_unavailable);
    const bool granted = consents_.is_granted({scope.tenant(), patient});
    domain::ConsentAnswer answer{
        .tenant = scope.tenant(), .patient = patient, .type = type, .granted = granted};
    if (weather_.strikes(weather_.rates.consent_nonsense)) {
        answer.granted = true;
        switch (weather_.dice.below(3)) {
            case 0:
                answer.tenant = domain::TenantId::parse("somebody-else").value();
                break;
            case 1:
                answer.patient = domain::PatientId::parse("somebody-else").value();
                break;
            default:
                answer.type = domain::ConsentType::recording;
                break;
        }
    } else {
        weather_.observers.consent_said({.tenant = scope.tenant(),
                                         .patient = patient,
                                         .at = weather_.timeline.now(),
                                         .believed_at = weather_.timeline.believed_now(),
                                         .granted = granted});
    }
    co_await travel(&weather_, owner_);
    co_return answer;
}

Task<Result<application::ConsentService::Kept>> ConsentPort::record(TenantScope,
                                                                    domain::ConsentRecord record) {
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.consent_unavailable))
        co_return unavailable(ErrorCode::consent_service_unavailable);
    consents_.take(record);
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.consent_write_lost))
        co_return unavailable(ErrorCode::consent_service_unavailable);
    co_return Kept::by_owner;
}

Task<application::BackendHealth> VideoPort::health_in(std::string) {
    co_await travel(&weather_, owner_);
    const bool healthy = !weather_.strikes(weather_.rates.backend_unhealthy);
    co_return application::BackendHealth{.healthy = healthy, .checked_at = weather_.timeline.now()};
}

Task<Result<application::Room>> VideoPort::provision_room(TenantScope, domain::SessionId) {
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.room_refused))
        co_return unavailable(ErrorCode::video_provider_unavailable);
    const std::string name = "room-" + std::to_string(weather_.dice.any());
    weather_.observers.room_made(name);
    co_await travel(&weather_, owner_);
    co_return application::Room{.name = name, .url = "https://clinic.example/v/" + name};
}

Task<Result<void>> VideoPort::release_room(TenantScope, std::string room_name) {
    co_await travel(&weather_, owner_);
    weather_.observers.room_given_back(room_name);
    co_return Result<void>{};
}

Task<Result<application::VideoCredential>> VideoPort::credential(TenantScope, domain::SessionData,
                                                                 domain::ParticipantId, std::string) {
    co_await travel(&weather_, owner_);
    co_return application::VideoCredential{};
}

Task<EncounterOutcome> RecordPort::create_encounter(TenantScope, domain::Encounter encounter) {
    co_await travel(&weather_, owner_);
    const bool is_down = weather_.timeline.now() < record_.down_until;
    if (is_down || weather_.strikes(weather_.rates.record_unavailable))
        co_return EncounterLater{"http_503", {}};
    const std::string session = encounter.session.text();
    if (!record_.encounters.contains(session)) {
        record_.encounters[session] = "enc-" + std::to_string(weather_.dice.any());
        weather_.observers.encounter_made(encounter.session, record_.encounters[session]);
    }
    const std::string id = record_.encounters[session];
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.record_answer_lost)) co_return EncounterLater{"timeout", {}};
    co_return EncounterWritten{id};
}

Task<application::PublishOutcome> BrokerPort::publish(domain::TenantId tenant,
                                                      application::OutboxEntry entry) {
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.publish_refused)) co_return application::BrokerAway{"refused"};
    if (broker_.event_ids.insert(entry.id.text()).second) weather_.observers.published(tenant, entry);
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.publish_answer_lost)) co_return application::BrokerAway{"timeout"};
    co_return application::EventAcknowledged{};
}

Task<Result<void>> KeyPort::reach() {
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.keys_unavailable))
        co_return unavailable(ErrorCode::key_service_unavailable);
    co_return Result<void>{};
}

Task<Result<application::TenantKey>> KeyPort::current_key(TenantScope scope,
                                                          application::KeyPurpose purpose) {
    co_return co_await key_of_version(std::move(scope), purpose, 1);
}

Task<Result<application::TenantKey>> KeyPort::key_of_version(TenantScope scope,
                                                             application::KeyPurpose purpose,
                                                             unsigned version) {
    if (const auto reached = co_await reach(); !reached) co_return std::unexpected{reached.error()};
    std::string bytes = scope.tenant().text() + "/" + std::to_string(static_cast<int>(purpose));
    bytes.resize(32, '.');
    co_return application::TenantKey{std::move(bytes), version};
}

Task<Result<std::string>> KeyPort::sign_checkpoint(std::string text) {
    if (const auto reached = co_await reach(); !reached) co_return std::unexpected{reached.error()};
    co_return std::to_string(std::hash<std::string>{}(text));
}

Task<Result<bool>> KeyPort::verify_checkpoint(std::string text, std::string signature) {
    co_return std::to_string(std::hash<std::string>{}(text)) == signature;
}

Task<Result<application::BearerVerifier::Verified>> BearerPort::verify(std::string token) {
    const std::size_t user_at = token.find('/');
    const std::size_t roles_at = token.find('/', user_at + 1);
    auto tenant = domain::TenantId::parse(token.substr(0, user_at));
    auto user = domain::UserId::parse(token.substr(user_at + 1, roles_at - user_at - 1));
    if (!tenant || !user) co_return domain::refuse(ErrorCode::unauthorized);
    Verified verified{.caller = {.user = *user, .tenant = *tenant, .name = "PHI~staff name"},
                      .expires_at = domain::from_unix_ms(4102444800000)};
    for (const auto& [role, word] : words_of(domain::StaffRole{})) {
        if (token.find(word, roles_at) == std::string::npos) continue;
        verified.caller.roles.insert(role);
        for (const domain::Permission& row : domain::permissions()) {
            if (domain::role_may(role, row.scope)) verified.caller.scopes.insert(row.scope);
        }
    }
    co_return verified;
}

Task<Result<bool>> LicencePort::is_licensed(TenantScope, std::optional<domain::NodeId>) {
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.licence_untold)) co_return unavailable(ErrorCode::store_unavailable);
    co_return true;
}

void TelemetryPort::tell(application::Labels labels) {
    for (const auto& [name, value] : labels) {
        observers_.told("metric", name);
        observers_.told("metric", value);
    }
}

void TelemetryPort::count(application::Metric, application::Labels labels, double) {
    tell(labels);
}

void TelemetryPort::observe(application::Metric, double, application::Labels labels) {
    tell(labels);
}

void TelemetryPort::gauge(application::Metric, double, application::Labels labels) {
    tell(labels);
}

void TelemetryPort::log(application::Severity, std::string_view event,
                        std::initializer_list<application::LogField> fields) {
    observers_.told("log", event);
    for (const application::LogField& field : fields) observers_.told("log", field.value);
}

}  // namespace vcare::simulation
