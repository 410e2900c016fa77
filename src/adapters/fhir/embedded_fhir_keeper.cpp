// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/embedded_fhir_keeper.hpp"

#include "adapters/fhir/encounter_check.hpp"
#include "adapters/fhir/identifier_query.hpp"
#include "domain/ids.hpp"

namespace vcare::fhir {
namespace {

using Answer = std::expected<FhirResponse, NoAnswer>;

constexpr std::string_view read_prefix = "Encounter/";

FhirResponse outcome(int status, std::vector<Issue> issues) {
    return {.status = status,
            .headers = {{"content-type", "application/fhir+json"}},
            .body = write_operation_outcome(issues)};
}

FhirResponse outcome(int status, std::string_view code, std::string expression) {
    return outcome(status, {{.code = code, .expression = std::move(expression)}});
}

FhirResponse store_is_away() {
    FhirResponse response = outcome(503, "transient", "Encounter");
    response.headers.emplace("retry-after", "5");
    return response;
}

std::string header_of(const FhirRequest& request, const std::string& name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string{} : found->second;
}

class EmbeddedFhirKeeper final : public FhirTransport {
  public:
    EmbeddedFhirKeeper(application::EncounterKeeper& keeper, application::Clock& clock,
                       application::Randomness& randomness)
        : keeper_(keeper), clock_(clock), randomness_(randomness) {}

    Task<Answer> send(domain::TenantScope scope, FhirRequest request) override {
        if (request.method == "POST" && request.path == "Encounter")
            co_return co_await create(std::move(scope), std::move(request));
        if (request.method == "GET" && request.path.starts_with(read_prefix))
            co_return co_await read(std::move(scope), request.path.substr(read_prefix.size()));
        co_return outcome(404, "not-supported", "Encounter");
    }

  private:
    Task<FhirResponse> create(domain::TenantScope scope, FhirRequest request) {
        if (header_of(request, "content-type") != "application/fhir+json")
            co_return outcome(415, "not-supported", "Encounter");
        auto issues = issues_of_encounter(request.body);
        if (!issues.empty()) co_return outcome(400, std::move(issues));

        const auto identifier = identifier_of_encounter(request.body);
        const std::string wanted =
            identifier ? identifier_query(identifier->system, identifier->value, "|") : std::string{};
        // Every Encounter is looked up by its identifier, so one that may be written twice is refused.
        if (!identifier || header_of(request, "if-none-exist") != wanted)
            co_return outcome(400, "required", "Encounter.identifier");
        co_return co_await keep(std::move(scope), identifier->system + '|' + identifier->value,
                                std::move(request.body));
    }

    Task<FhirResponse> keep(domain::TenantScope scope, std::string identifier, std::string body) {
        domain::UlidEntropy entropy{};
        randomness_.fill(entropy);
        const domain::Instant now = clock_.now();
        const std::string id = domain::make_ulid(now, entropy);
        std::string resource = with_id_and_version(body, id, domain::to_rfc3339(now));
        const auto kept =
            co_await keeper_.keep(std::move(scope), std::move(identifier), id, std::move(resource));
        if (!kept) co_return store_is_away();
        co_return FhirResponse{
            .status = kept->created ? 201 : 200,
            .headers = {{"location", "Encounter/" + kept->id + "/_history/1"}, {"etag", "W/\"1\""}}};
    }

    Task<FhirResponse> read(domain::TenantScope scope, std::string id) {
        const auto found = co_await keeper_.read(std::move(scope), std::move(id));
        if (!found) co_return store_is_away();
        if (!*found) co_return outcome(404, "not-found", "Encounter");
        co_return FhirResponse{.status = 200,
                               .headers = {{"content-type", "application/fhir+json"}, {"etag", "W/\"1\""}},
                               .body = **found};
    }

    application::EncounterKeeper& keeper_;
    application::Clock& clock_;
    application::Randomness& randomness_;
};

}  // namespace

std::unique_ptr<FhirTransport> make_embedded_fhir_keeper(application::EncounterKeeper& keeper,
                                                         application::Clock& clock,
                                                         application::Randomness& randomness) {
    return std::make_unique<EmbeddedFhirKeeper>(keeper, clock, randomness);
}

}  // namespace vcare::fhir
