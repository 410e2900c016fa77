// SPDX-License-Identifier: Apache-2.0
#include "main/adapter_set.hpp"

#include "adapters/keys/cryptography.hpp"
#include "adapters/licensing/embedded_licensing.hpp"
#include "adapters/notify/notification_log.hpp"
#include "adapters/sealing/sealed_ports.hpp"
#include "adapters/store/caching_tenant_store.hpp"
#include "adapters/system/system.hpp"
#include "adapters/video/embedded_video.hpp"
#include "main/event_transport.hpp"
#include "main/key_services.hpp"
#include "main/open_store.hpp"
#include "main/options.hpp"
#include "main/outside_services.hpp"
#include "main/trusted_issuers.hpp"

namespace vcare::program {
namespace {

std::set<domain::TenantId> tenant_ids(const std::vector<std::string>& texts) {
    std::set<domain::TenantId> ids;
    for (const std::string& text : texts) {
        if (auto id = domain::TenantId::parse(text)) ids.insert(std::move(*id));
    }
    return ids;
}

}  // namespace

// In the order in which one needs the other.
struct AdapterSet::Parts {
    Parts(const Settings& settings, const AdapterOptions& options)
        : telemetry(telemetry::make_telemetry(options.telemetry, *clock)),
          store(open_store(settings, options, *telemetry)),
          keys({settings, store->wrapped_keys(), *clock, *telemetry}),
          issuers({settings, keys.issuer(), *clock, *telemetry}),
          tenants(store::make_caching_tenant_store(store->tenants(), *clock)),
          units(sealing::make_sealed_units(store->units(), seal_needs())),
          sessions(sealing::make_sealed_sessions(store->sessions(), seal_needs())),
          credentials(sealing::make_sealed_credentials(store->credentials(), seal_needs())),
          encounters(sealing::make_sealed_encounters(store->encounters(), seal_needs())),
          told_units(*units, options.tell),
          told_live(*options.live, options.tell),
          notifying(program::notifying(settings)),
          shown_units(notify::make_notification_log(inner_units(options), *telemetry)),
          outside(needs_of_outside(settings)),
          licensing(licensing::make_embedded_licensing(*tenants, tenant_ids(settings.licensing.unlicensed))),
          video(video::make_embedded_video(video_settings(settings), *clock, *randomness)),
          events(make_events(settings, options)),
          services{
              .clock = *clock,
              .randomness = *randomness,
              .units = notifying.by == application::Notifying::By::log ? *shown_units : inner_units(options),
              .sessions = *sessions,
              .credentials = *credentials,
              .tenants = *tenants,
              .consents = store->consents(),
              .audit = store->audit(),
              .presence = store->presence(),
              .queues = store->queues(),
              .inbox = store->inbox(),
              .event_log = store->event_log(),
              .broker = events->broker(),
              .live = events->live(),
              .consent_service = outside.consent(),
              .video = *video,
              .keys = keys.keys(),
              .cryptography = *cryptography,
              .bearers = issuers.bearers(),
              .fhir = outside.record(),
              .licensing = *licensing,
              .telemetry = *telemetry,
              .notifying = notifying,
              .policy = clinic_policy(settings)} {
        for (const auto& broker : events->dependencies()) remote.push_back(broker);
        if (keys.dependency()) remote.push_back(keys.dependency());
        for (const auto& issuer : issuers.dependencies()) remote.push_back(issuer);
    }

    [[nodiscard]] std::unique_ptr<EventTransport> make_events(const Settings& settings,
                                                              const AdapterOptions& options) {
        application::LiveBus& own = options.tell ? told_live : *options.live;
        if (!options.connects_broker) return std::make_unique<EventTransport>(own);
        return std::make_unique<EventTransport>(settings, own, *clock, *telemetry);
    }

    // Once the keys are there.
    [[nodiscard]] sealing::SealNeeds seal_needs() { return {keys.keys(), *telemetry}; }
    [[nodiscard]] application::UnitOfWorkRunner& inner_units(const AdapterOptions& options) {
        return options.tell ? told_units : *units;
    }

    // Once the store is there.
    [[nodiscard]] OutsideNeeds needs_of_outside(const Settings& settings) const {
        return {settings, *encounters, *clock, *randomness, *telemetry};
    }

    std::unique_ptr<application::Clock> clock = system::make_system_clock();
    std::unique_ptr<application::Randomness> randomness = system::make_system_randomness();
    std::unique_ptr<application::Cryptography> cryptography = keys::make_cryptography();
    std::unique_ptr<telemetry::ProcessTelemetry> telemetry;
    std::unique_ptr<store::Store> store;
    KeyServices keys;
    TrustedIssuers issuers;
    std::unique_ptr<application::TenantStore> tenants;
    std::unique_ptr<application::UnitOfWorkRunner> units;
    std::unique_ptr<application::SessionStore> sessions;
    std::unique_ptr<application::CredentialStore> credentials;
    std::unique_ptr<application::EncounterKeeper> encounters;
    ToldUnits told_units;
    ToldBus told_live;
    application::Notifying notifying;
    std::unique_ptr<application::UnitOfWorkRunner> shown_units;
    OutsideServices outside;
    std::unique_ptr<licensing::EmbeddedLicensing> licensing;
    std::unique_ptr<application::VideoBackend> video;
    std::unique_ptr<EventTransport> events;
    application::Services services;
    std::vector<std::shared_ptr<http_client::Dependency>> remote = outside.dependencies();
};

AdapterSet::AdapterSet(const Settings& settings, const AdapterOptions& options)
    : parts_(std::make_unique<Parts>(settings, options)) {
}
AdapterSet::~AdapterSet() = default;

const application::Services& AdapterSet::services() const {
    return parts_->services;
}
const std::vector<std::shared_ptr<http_client::Dependency>>& AdapterSet::remote() const {
    return parts_->remote;
}
store::Store& AdapterSet::store() {
    return *parts_->store;
}
telemetry::ProcessTelemetry& AdapterSet::telemetry() {
    return *parts_->telemetry;
}
const identity::EmbeddedIssuer* AdapterSet::issuer() const {
    return parts_->keys.issuer();
}

keys::EnvelopeKeys* AdapterSet::envelope_keys() {
    return parts_->keys.envelope();
}

void AdapterSet::take(const Settings& settings) {
    const telemetry::TelemetrySettings telemetry = telemetry_settings(settings);
    parts_->telemetry->log_from(telemetry.level);
    parts_->telemetry->log_as(telemetry.format);
    parts_->licensing->switch_off(tenant_ids(settings.licensing.unlicensed));
}

}  // namespace vcare::program
