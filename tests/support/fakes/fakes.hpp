// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "application/ports/bearer_verifier.hpp"
#include "application/ports/clock.hpp"
#include "application/ports/consent_service.hpp"
#include "application/ports/event_bus.hpp"
#include "application/ports/fhir_gateway.hpp"
#include "application/ports/keys.hpp"
#include "application/ports/licensing.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/telemetry.hpp"
#include "application/ports/video_backend.hpp"

/// Ports that do what a test tells them, at once. Public members are the knobs and what was noted.
namespace vcare::testing {

[[nodiscard]] inline std::unexpected<Error> away(ErrorCode code) {
    return std::unexpected{Error{.code = code, .retry_after = domain::seconds{1}}};
}

/// Stands still until a test moves it; whoever waits moves it too.
class FakeClock final : public application::Clock {
  public:
    explicit FakeClock(domain::Instant start) : time(start) {}
    [[nodiscard]] domain::Instant now() const override { return time; }
    [[nodiscard]] Task<void> wait_for(domain::milliseconds duration) override {
        time += duration;
        co_return;
    }
    domain::Instant time;
};

/// Never the same twice, and the same in every run.
class CountingRandomness final : public application::Randomness {
  public:
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes) {
            state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
            byte = static_cast<std::byte>(state_ >> 56);
        }
    }

  private:
    std::uint64_t state_ = 1;
};

class FakeConsents final : public application::ConsentService {
  public:
    std::set<std::string> granted;  ///< patients with telehealth consent
    bool is_away = false;
    bool answers_about_somebody_else = false;
    bool refuses_records = false;
    Kept keeps = Kept::by_owner;
    unsigned asked = 0;
    std::vector<domain::ConsentRecord> records;

    [[nodiscard]] Task<Result<domain::ConsentAnswer>> decision(domain::TenantScope scope,
                                                               domain::PatientId patient,
                                                               domain::ConsentType type,
                                                               application::ConsentStanding) override {
        ++asked;
        if (is_away) co_return away(ErrorCode::consent_service_unavailable);
        domain::ConsentAnswer answer{.tenant = scope.tenant(), .patient = patient, .type = type};
        answer.granted = granted.contains(patient.text());
        if (answers_about_somebody_else) answer.tenant = domain::TenantId::parse("somebody-else").value();
        co_return answer;
    }
    [[nodiscard]] Task<Result<Kept>> record(domain::TenantScope, domain::ConsentRecord record) override {
        if (refuses_records) co_return away(ErrorCode::consent_service_unavailable);
        records.push_back(record);
        if (record.status == domain::ConsentStatus::granted) granted.insert(record.patient.text());
        if (record.status == domain::ConsentStatus::withdrawn) granted.erase(record.patient.text());
        co_return keeps;
    }
};

class FakeVideo final : public application::VideoBackend {
  public:
    bool healthy = true;
    bool refuses_rooms = false;
    bool refuses_credentials = false;
    bool keeps_rooms = false;  ///< cannot be told to release one
    unsigned carries = 4;
    std::vector<std::string> regions;
    std::set<std::string> rooms;

    [[nodiscard]] std::string name() const override { return "embedded"; }
    [[nodiscard]] unsigned max_participants() const override { return carries; }
    [[nodiscard]] std::vector<std::string> media_regions() const override { return regions; }
    [[nodiscard]] Task<application::BackendHealth> health_in(std::string region) override {
        const bool is_served = region.empty() || std::ranges::find(regions, region) != regions.end();
        co_return application::BackendHealth{.healthy = healthy && is_served};
    }
    [[nodiscard]] Task<application::BackendHealth> health() override { co_return co_await health_in({}); }
    [[nodiscard]] Task<Result<application::Room>> provision_room(domain::TenantScope,
                                                                 domain::SessionId id) override {
        if (refuses_rooms) co_return away(ErrorCode::video_provider_unavailable);
        const std::string name = "room-" + id.text();
        rooms.insert(name);
        co_return application::Room{name, "https://clinic.example/" + name};
    }
    [[nodiscard]] Task<Result<void>> release_room(domain::TenantScope, std::string room) override {
        if (keeps_rooms) co_return away(ErrorCode::video_provider_unavailable);
        rooms.erase(room);
        co_return Result<void>{};
    }
    [[nodiscard]] Task<Result<application::VideoCredential>> credential(domain::TenantScope,
                                                                        domain::SessionData,
                                                                        domain::ParticipantId,
                                                                        std::string region) override {
        if (refuses_credentials) co_return away(ErrorCode::video_provider_unavailable);
        const std::string host = region.empty() ? "clinic.example" : region + ".clinic.example";
        co_return application::VideoCredential{{{.urls = {"stun:" + host}}}};
    }
};

class FakeKeys final : public application::KeyService {
  public:
    bool is_away = false;
    bool forges = false;  ///< says of every checkpoint that it is not ours
    unsigned newest = 1;  ///< version
    unsigned signed_checkpoints = 0;
    std::function<void()> while_signing = {};
    std::function<void()> before_verifying = {};  ///< somebody does something meanwhile, once

    [[nodiscard]] Task<Result<application::TenantKey>> current_key(domain::TenantScope scope,
                                                                   application::KeyPurpose purpose) override {
        co_return co_await key_of_version(std::move(scope), purpose, newest);
    }
    [[nodiscard]] Task<Result<application::TenantKey>> key_of_version(domain::TenantScope scope,
                                                                      application::KeyPurpose purpose,
                                                                      unsigned version) override {
        if (is_away) co_return away(ErrorCode::key_service_unavailable);
        if (version == 0 || version > newest) co_return domain::refuse(ErrorCode::not_found);
        std::string bytes = scope.tenant().text() + std::to_string(static_cast<int>(purpose));
        if (version > 1) bytes += "v" + std::to_string(version);
        bytes.resize(32, '.');
        co_return application::TenantKey{std::move(bytes), version};
    }
    [[nodiscard]] Task<Result<std::string>> sign_checkpoint(std::string text) override {
        if (auto meanwhile = std::exchange(while_signing, {})) meanwhile();
        if (is_away) co_return away(ErrorCode::key_service_unavailable);
        ++signed_checkpoints;
        co_return signature_of(text);
    }
    [[nodiscard]] Task<Result<bool>> verify_checkpoint(std::string text, std::string signature) override {
        if (auto meanwhile = std::exchange(before_verifying, {})) meanwhile();
        if (is_away) co_return away(ErrorCode::key_service_unavailable);
        co_return !forges && signature == signature_of(text);
    }

  private:
    static std::string signature_of(const std::string& text) {
        return "signed " + std::to_string(std::hash<std::string>{}(text));
    }
};

/// Knows the bearers that a test gives it.
class FakeBearers final : public application::BearerVerifier {
  public:
    std::map<std::string, domain::Caller> callers;
    std::vector<domain::BarredUser> barred;
    bool bar(domain::BarredUser user) override {
        const bool is_known =
            std::ranges::any_of(barred, [&](const auto& known) { return known.user == user.user; });
        if (!is_known) barred.push_back(std::move(user));
        return !is_known;
    }
    [[nodiscard]] bool is_barred(const domain::Caller&, const domain::SignIn&) const override {
        return false;
    }
    void forget_bars(domain::Instant) override {}
    [[nodiscard]] Task<Result<Verified>> verify(std::string token) override {
        const auto caller = callers.find(token);
        if (caller == callers.end()) co_return domain::refuse(ErrorCode::unauthorized);
        co_return Verified{caller->second, domain::from_unix_ms(4102444800000)};
    }
};

class FakeRecord final : public application::FhirGateway {
  public:
    application::EncounterOutcome outcome = application::EncounterWritten{"enc-1"};
    std::vector<domain::SessionId> written;
    unsigned most_in_flight = 0;
    [[nodiscard]] Task<application::EncounterOutcome> create_encounter(domain::TenantScope,
                                                                       domain::Encounter encounter) override {
        most_in_flight = std::max(most_in_flight, ++in_flight_);
        co_await boost::asio::post(boost::asio::use_awaitable);
        --in_flight_;
        written.push_back(encounter.session);
        co_return outcome;
    }

  private:
    unsigned in_flight_ = 0;
};

class FakeBroker final : public application::EventBroker {
  public:
    bool is_away = false;
    bool embedded = false;
    std::set<domain::EventId> refused;  ///< for their content
    std::vector<application::OutboxEntry> events;
    unsigned refusals = 0;
    [[nodiscard]] bool is_embedded() const override { return embedded; }
    [[nodiscard]] Task<application::PublishOutcome> publish(domain::TenantId,
                                                            application::OutboxEntry entry) override {
        if (is_away) co_return application::BrokerAway{"silent"};
        if (refused.contains(entry.id)) {
            ++refusals;
            co_return application::EventRefused{"too large"};
        }
        events.push_back(std::move(entry));
        co_return application::EventAcknowledged{};
    }
};

class FakeLiveBus final : public application::LiveBus {
  public:
    std::vector<application::PublishedEvent> announced;
    std::vector<application::Signal> signals;
    void announce(std::vector<application::PublishedEvent> events) override {
        announced.insert(announced.end(), events.begin(), events.end());
    }
    void send(application::Signal signal) override { signals.push_back(std::move(signal)); }
};

class FakeLicences final : public application::Licensing {
  public:
    bool licensed = true;
    std::map<domain::NodeId, bool> facilities;  ///< where it is otherwise than the tenant's
    bool is_away = false;
    [[nodiscard]] Task<Result<bool>> is_licensed(domain::TenantScope,
                                                 std::optional<domain::NodeId> node) override {
        if (is_away) co_return away(ErrorCode::store_unavailable);
        const auto own = node ? facilities.find(*node) : facilities.end();
        co_return own == facilities.end() ? licensed : own->second;
    }
};

class FakeTelemetry final : public application::Telemetry {
  public:
    std::vector<std::string> words;  ///< every label and every field of a log line
    std::map<std::pair<application::Metric, std::string>, double> gauges;  ///< by metric and labels

    /// The labels of each time this was counted, such as `to=phone reason=other`.
    [[nodiscard]] std::vector<std::string> counted(application::Metric metric) const {
        const auto found = counts_.find(metric);
        return found == counts_.end() ? std::vector<std::string>{} : found->second;
    }
    void count(application::Metric metric, application::Labels labels, double) override {
        note(labels);
        counts_[metric].push_back(in_one_line(labels));
    }
    void observe(application::Metric, double, application::Labels labels) override { note(labels); }
    void gauge(application::Metric metric, double value, application::Labels labels) override {
        note(labels);
        gauges[{metric, in_one_line(labels)}] = value;
    }
    void log(application::Severity, std::string_view event,
             std::initializer_list<application::LogField> fields) override {
        words.emplace_back(event);
        for (const auto& field : fields) words.push_back(field.value);
    }

  private:
    void note(application::Labels labels) {
        for (const auto& [name, value] : labels) words.emplace_back(value);
    }
    static std::string in_one_line(application::Labels labels) {
        std::string line;
        for (const auto& [name, value] : labels)
            line.append(line.empty() ? "" : " ").append(name).append("=").append(value);
        return line;
    }
    std::map<application::Metric, std::vector<std::string>> counts_;
};

}  // namespace vcare::testing
