// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vcare::application {

/// How people are told of their visits.
struct Notifying {
    enum class By : std::uint8_t { nobody, log, events } by = By::nobody;
    /// What a link's code is put behind, to be opened.
    std::string page_url = {};

    [[nodiscard]] bool is_on() const { return by != By::nobody; }
    [[nodiscard]] bool is_by_events() const { return by == By::events; }
};

/// What whoever runs the service lets its clinics do.
struct ClinicPolicy {
    bool may_ask_with_built_in_texts = true;   ///< false in production: only with a clinic's own
    std::vector<std::string> logo_hosts = {};  ///< where their logos may be, such as `cdn.example`
};

class AuditStore;
class BearerVerifier;
class Clock;
class ConsentService;
class ConsentStore;
class CredentialStore;
class Cryptography;
class EventBroker;
class EventLog;
class FhirGateway;
class InboxStore;
class KeyService;
class Licensing;
class LiveBus;
class PresenceStore;
class Randomness;
class SessionStore;
class Telemetry;
class TenantStore;
class UnitOfWorkRunner;
class VideoBackend;
class WorkQueues;

/// Every port, as wired by main or by the simulation. A use case takes from it what it needs; everything in
/// it outlives every use case.
struct Services {
    Clock& clock;
    Randomness& randomness;
    UnitOfWorkRunner& units;
    SessionStore& sessions;
    CredentialStore& credentials;
    TenantStore& tenants;
    ConsentStore& consents;
    AuditStore& audit;
    PresenceStore& presence;
    WorkQueues& queues;
    InboxStore& inbox;
    EventLog& event_log;
    EventBroker& broker;
    LiveBus& live;
    ConsentService& consent_service;
    VideoBackend& video;
    KeyService& keys;
    Cryptography& cryptography;
    BearerVerifier& bearers;
    FhirGateway& fhir;
    Licensing& licensing;
    Telemetry& telemetry;
    Notifying notifying = {};
    ClinicPolicy policy = {};
};

}  // namespace vcare::application
