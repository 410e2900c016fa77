// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/fhir_gateway.hpp"

#include <fmt/format.h>

#include "adapters/fhir/encounter_codec.hpp"
#include "adapters/fhir/fhir_answer.hpp"
#include "adapters/fhir/identifier_query.hpp"
#include "adapters/http_client/http_client.hpp"
#include "domain/ids.hpp"

namespace vcare::fhir {
namespace {

using application::EncounterLater;
using application::EncounterOutcome;
using application::EncounterRefused;
using application::EncounterWritten;
using Answer = std::expected<FhirResponse, NoAnswer>;

/// The service may be about to start.
constexpr std::chrono::milliseconds time_for_a_look{2'000};

/// The server is there and understood us: it decided about the content, or did what it was asked.
bool shows_a_working_server(const Answer& answer) {
    if (!answer) return false;
    switch (answer->status) {
        case 200:
        case 201:
            return is_empty_or_json(answer->body);
        case 400:
        case 412:
        case 422:
            return true;
        default:
            return false;
    }
}

std::string_view result_of(const Answer& answer) {
    return answer ? http_client::word_of_status(answer->status) : answer.error().reason;
}

class FhirClient final : public application::FhirGateway {
  public:
    FhirClient(std::unique_ptr<FhirTransport> transport, std::string identifier_system,
               std::shared_ptr<http_client::Dependency> dependency, application::Clock& clock,
               application::Randomness& randomness, application::Telemetry& telemetry)
        : transport_(std::move(transport)),
          identifier_system_(std::move(identifier_system)),
          dependency_(std::move(dependency)),
          clock_(clock),
          randomness_(randomness),
          telemetry_(telemetry) {}

    Task<EncounterOutcome> create_encounter(domain::TenantScope scope, domain::Encounter encounter) override {
        if (const auto wait = dependency_->ask()) {
            const auto whole = std::chrono::ceil<domain::seconds>(*wait);
            co_return EncounterLater{.reason = "circuit open", .retry_after = whole};
        }
        const std::string session = encounter.session.text();
        FhirRequest request{.method = "POST",
                            .path = "Encounter",
                            .headers = {{"content-type", "application/fhir+json"},
                                        {"if-none-exist", identifier_query(identifier_system_, session, "|")},
                                        {"prefer", "return=minimal"}},
                            .body = write_encounter(encounter, identifier_system_)};
        const Answer answer = co_await send(scope, std::move(request));
        if (!answer) co_return EncounterLater{.reason = answer.error().reason};
        co_return co_await judge(scope, *answer, session);
    }

    Task<void> look(domain::TenantScope scope) override {
        FhirRequest request{.method = "GET", .path = "metadata", .within = time_for_a_look};
        static_cast<void>(co_await send(std::move(scope), std::move(request)));
    }

  private:
    Task<EncounterOutcome> judge(domain::TenantScope scope, FhirResponse answer, std::string session) {
        switch (answer.status) {
            case 200:
            case 201: {
                if (!is_empty_or_json(answer.body)) co_return EncounterLater{.reason = "not JSON"};
                auto id = encounter_id_in_location(header_of(answer, "location"));
                if (!id) id = encounter_id_in_body(answer.body);
                if (id) co_return EncounterWritten{.encounter_id = std::move(*id)};
                co_return co_await find_written(scope, session);
            }
            case 412: {
                // Buried with the ids of all that are there, or nobody could clear it up: a search that does
                // not find them (it failed, or its index is behind) leaves the debt for another try.
                auto ids = co_await search(scope, session);
                if (!ids || ids->size() < 2) co_return EncounterLater{.reason = "duplicate, ids not found"};
                co_return EncounterRefused{.codes = std::move(*ids), .reason = "duplicate"};
            }
            case 400:
            case 422:
                co_return EncounterRefused{.codes = outcome_codes(answer.body), .reason = "content"};
            default:
                co_return EncounterLater{
                    .reason = fmt::format("status {}", answer.status),
                    .retry_after = parse_retry_after(header_of(answer, "retry-after"), clock_.now())};
        }
    }

    /// For a server that says "done" and not under which id.
    Task<EncounterOutcome> find_written(domain::TenantScope scope, std::string session) {
        auto ids = co_await search(scope, session);
        if (!ids || ids->empty()) co_return EncounterLater{.reason = "no id in the answer"};
        if (ids->size() > 1) co_return EncounterRefused{.codes = std::move(*ids), .reason = "duplicate"};
        co_return EncounterWritten{.encounter_id = std::move(ids->front())};
    }

    Task<std::optional<std::vector<std::string>>> search(domain::TenantScope scope, std::string session) {
        FhirRequest request{.method = "GET",
                            .path = "Encounter?" + identifier_query(identifier_system_, session, "%7C")};
        const Answer answer = co_await send(scope, std::move(request));
        if (!answer || answer->status != 200) co_return std::nullopt;
        co_return encounter_ids_in_bundle(answer->body);
    }

    Task<Answer> send(domain::TenantScope scope, FhirRequest request) {
        request.headers.emplace("accept", "application/fhir+json");
        request.headers.emplace("x-request-id", fresh_request_id());
        const domain::Instant before = clock_.now();
        Answer answer = co_await transport_->send(scope, std::move(request));
        tell(answer, before);
        co_return answer;
    }

    void tell(const Answer& answer, domain::Instant before) {
        dependency_->tell(shows_a_working_server(answer), result_of(answer), before);
        const bool must_sign_in = answer && (answer->status == 401 || answer->status == 403);
        if (must_sign_in)
            telemetry_.log(application::Severity::error, "fhir.not_allowed",
                           {{"status", std::to_string(answer->status)}});
    }

    std::string fresh_request_id() {
        domain::UlidEntropy entropy{};
        randomness_.fill(entropy);
        return domain::make_ulid(clock_.now(), entropy);
    }

    const std::unique_ptr<FhirTransport> transport_;
    const std::string identifier_system_;
    const std::shared_ptr<http_client::Dependency> dependency_;
    application::Clock& clock_;
    application::Randomness& randomness_;
    application::Telemetry& telemetry_;
};

}  // namespace

std::unique_ptr<application::FhirGateway> make_fhir_gateway(
    std::unique_ptr<FhirTransport> transport, std::string identifier_system,
    std::shared_ptr<http_client::Dependency> dependency, application::Clock& clock,
    application::Randomness& randomness, application::Telemetry& telemetry) {
    return std::make_unique<FhirClient>(std::move(transport), std::move(identifier_system),
                                        std::move(dependency), clock, randomness, telemetry);
}

}  // namespace vcare::fhir
