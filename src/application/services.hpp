// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace vcare::application {

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
};

}  // namespace vcare::application
