// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>

#include "application/ports/bearer_verifier.hpp"
#include "application/ports/consent_service.hpp"
#include "application/ports/event_bus.hpp"
#include "application/ports/fhir_gateway.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/licensing.hpp"
#include "application/ports/telemetry.hpp"
#include "application/ports/video_backend.hpp"
#include "simulation/faults.hpp"
#include "simulation/world/dice.hpp"
#include "simulation/world/observer.hpp"
#include "simulation/world/timeline.hpp"

/// The services around ours. Each is two things: the truth, which outlives every crash of the core, and a
/// port through which the core reaches it, late, or not at all.
namespace vcare::simulation {

/// What every port needs to be slow and to fail.
struct Weather {
    Timeline& timeline;
    Dice& dice;
    const FaultRates& rates;
    Observers& observers;

    [[nodiscard]] bool strikes(double rate) const { return dice.chance(rate); }
};

/// A pause on the way there or back. Whatever can be cut off is cut off here.
[[nodiscard]] Task<void> travel(const Weather* weather, Owner owner);

/// The owner of consents.
class ConsentOwner {
  public:
    using Patient = std::pair<domain::TenantId, domain::PatientId>;
    void grant(const Patient& patient) { granted_.insert(patient); }
    void withdraw(const Patient& patient) { granted_.erase(patient); }
    [[nodiscard]] bool is_granted(const Patient& patient) const { return granted_.contains(patient); }
    void take(const domain::ConsentRecord& record);

  private:
    std::set<Patient> granted_;
    std::set<std::string> taken_;
};

class ConsentPort final : public application::ConsentService {
  public:
    ConsentPort(const Weather& weather, ConsentOwner& consents, Owner owner)
        : weather_(weather), consents_(consents), owner_(owner) {}
    [[nodiscard]] Task<Result<domain::ConsentAnswer>> decision(domain::TenantScope scope,
                                                               domain::PatientId patient,
                                                               domain::ConsentType type,
                                                               application::ConsentStanding here) override;
    [[nodiscard]] Task<Result<Kept>> record(domain::TenantScope scope, domain::ConsentRecord record) override;

  private:
    const Weather& weather_;
    ConsentOwner& consents_;
    Owner owner_;
};

/// A backend whose rooms are kept until they are given back.
class VideoPort : public application::VideoBackend {
  public:
    VideoPort(const Weather& weather, Owner owner) : weather_(weather), owner_(owner) {}
    [[nodiscard]] std::string name() const override { return "embedded"; }
    [[nodiscard]] unsigned max_participants() const override { return 4; }
    [[nodiscard]] std::vector<std::string> media_regions() const override { return {}; }
    [[nodiscard]] Task<application::BackendHealth> health_in(std::string media_region) override;
    [[nodiscard]] Task<application::BackendHealth> health() override { return health_in({}); }
    [[nodiscard]] Task<Result<application::Room>> provision_room(domain::TenantScope scope,
                                                                 domain::SessionId session) override;
    [[nodiscard]] Task<Result<void>> release_room(domain::TenantScope scope, std::string room_name) override;
    [[nodiscard]] Task<Result<application::VideoCredential>> credential(domain::TenantScope scope,
                                                                        domain::SessionData session,
                                                                        domain::ParticipantId participant,
                                                                        std::string media_region) override;

  private:
    const Weather& weather_;
    Owner owner_;
};

/// The record: one Encounter a session, whoever asks how often (conditional create).
class Record {
  public:
    std::map<std::string, std::string> encounters;  ///< by session
    domain::Instant down_until = {};
};

class RecordPort final : public application::FhirGateway {
  public:
    RecordPort(const Weather& weather, Record& record, Owner owner)
        : weather_(weather), record_(record), owner_(owner) {}
    [[nodiscard]] Task<application::EncounterOutcome> create_encounter(domain::TenantScope scope,
                                                                       domain::Encounter encounter) override;

  private:
    const Weather& weather_;
    Record& record_;
    Owner owner_;
};

/// The broker: keeps what it acknowledged, once an event id.
class Broker {
  public:
    std::set<std::string> event_ids;
};

class BrokerPort final : public application::EventBroker {
  public:
    BrokerPort(const Weather& weather, Broker& broker, Owner owner)
        : weather_(weather), broker_(broker), owner_(owner) {}
    [[nodiscard]] Task<application::PublishOutcome> publish(domain::TenantId tenant,
                                                            application::OutboxEntry entry) override;

  private:
    const Weather& weather_;
    Broker& broker_;
    Owner owner_;
};

/// One key for each tenant and purpose.
class KeyPort final : public application::KeyService {
  public:
    KeyPort(const Weather& weather, Owner owner) : weather_(weather), owner_(owner) {}
    [[nodiscard]] Task<Result<application::TenantKey>> current_key(domain::TenantScope scope,
                                                                   application::KeyPurpose purpose) override;
    [[nodiscard]] Task<Result<application::TenantKey>> key_of_version(domain::TenantScope scope,
                                                                      application::KeyPurpose purpose,
                                                                      unsigned version) override;
    [[nodiscard]] Task<Result<std::string>> sign_checkpoint(std::string text) override;
    [[nodiscard]] Task<Result<bool>> verify_checkpoint(std::string text, std::string signature) override;

  private:
    /// On the way there.
    [[nodiscard]] Task<Result<void>> reach();
    const Weather& weather_;
    Owner owner_;
};

/// A bearer that says `tenant/user/role+role`; whoever holds it is believed.
class BearerPort final : public application::BearerVerifier {
  public:
    [[nodiscard]] Task<Result<Verified>> verify(std::string token) override;
    bool bar(domain::BarredUser) override { return false; }
    [[nodiscard]] bool is_barred(const domain::Caller&, const domain::SignIn&) const override {
        return false;
    }
    void forget_bars(domain::Instant) override {}
};

/// Everybody has one, as far as it can be asked.
class LicencePort final : public application::Licensing {
  public:
    LicencePort(const Weather& weather, Owner owner) : weather_(weather), owner_(owner) {}
    [[nodiscard]] Task<Result<bool>> is_licensed(domain::TenantScope scope,
                                                 std::optional<domain::NodeId> node) override;

  private:
    const Weather& weather_;
    Owner owner_;
};

/// Tells the observers every word, so that what must not be told is found.
class TelemetryPort final : public application::Telemetry {
  public:
    explicit TelemetryPort(Observers& observers) : observers_(observers) {}
    void count(application::Metric metric, application::Labels labels, double by) override;
    void observe(application::Metric metric, double value, application::Labels labels) override;
    void gauge(application::Metric metric, double value, application::Labels labels) override;
    void log(application::Severity severity, std::string_view event,
             std::initializer_list<application::LogField> fields) override;

  private:
    void tell(application::Labels labels);
    Observers& observers_;
};

}  // namespace vcare::simulation
