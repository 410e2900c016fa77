// SPDX-License-Identifier: Apache-2.0
#include "adapters/consent/http_consent_service.hpp"

#include <algorithm>

#include "adapters/consent/decision_codec.hpp"
#include "adapters/json/record_codec.hpp"
#include "domain/ids.hpp"

namespace vcare::consent {
namespace {

using application::Severity;
using http_client::percent_encoded;
using Answer = std::expected<http_client::Response, http_client::Failure>;

constexpr domain::milliseconds deadline{2'000};

/// Whom a look asks about.
constexpr std::string_view nobody = "vcare-check";

/// A refusal, too, shows a service that is there; it may concern this one question only.
bool shows_a_working_server(const Answer& answer) {
    return answer && answer->status < 500 && answer->status != 408 && answer->status != 429;
}

bool is_let_in(int status) {
    return status != 401 && status != 403;
}

std::string_view result_of(const Answer& answer) {
    return answer ? http_client::word_of_status(answer->status) : word_of(answer.error());
}

bool is_json(const http_client::Response& response) {
    const auto found = response.headers.find("content-type");
    if (found == response.headers.end()) return false;
    std::string type = found->second.substr(0, found->second.find(';'));
    std::erase(type, ' ');
    std::ranges::transform(type, type.begin(), [](unsigned char c) { return std::tolower(c); });
    return type == "application/json";
}

std::unexpected<Error> no_clear_answer(std::optional<domain::milliseconds> wait = {}) {
    const auto pause = wait ? std::chrono::ceil<domain::seconds>(*wait) : domain::seconds{5};
    return std::unexpected{Error{.code = ErrorCode::consent_service_unavailable, .retry_after = pause}};
}

/// A grant and its withdrawal have one id and are two things to do.
std::string idempotency_key(const domain::ConsentRecord& record) {
    const bool withdraws = record.status == domain::ConsentStatus::withdrawn;
    return record.id.text() + (withdraws ? ".withdrawn" : "");
}

class HttpConsentService final : public application::ConsentService {
  public:
    HttpConsentService(HttpConsentSettings settings, std::unique_ptr<http_client::HttpClient> client,
                       std::shared_ptr<http_client::Dependency> dependency, const application::Clock& clock,
                       application::Randomness& randomness, application::Telemetry& telemetry)
        : settings_(std::move(settings)),
          client_(std::move(client)),
          dependency_(std::move(dependency)),
          clock_(clock),
          randomness_(randomness),
          telemetry_(telemetry) {}

    Task<Result<domain::ConsentAnswer>> decision(domain::TenantScope scope, domain::PatientId patient,
                                                 domain::ConsentType type,
                                                 application::ConsentStanding /*here*/) override {
        co_return co_await ask(std::move(scope), std::move(patient), type, About::a_patient);
    }

    [[nodiscard]] bool takes_records() const override { return settings_.takes_records; }

    Task<Result<Kept>> record(domain::TenantScope scope, domain::ConsentRecord record) override {
        if (!settings_.takes_records) co_return co_await known_there(std::move(scope), std::move(record));
        http_client::Request request{
            .method = "POST",
            .url = settings_.url.below("consents"),
            .headers = {{"content-type", "application/json"}, {"idempotency-key", idempotency_key(record)}},
            .body = json::encode_consent(record),
            .repeatable = true,
            .cause = scope.trace()};
        const auto response = co_await send(std::move(request), About::a_patient);
        if (!response) co_return std::unexpected{response.error()};
        const bool is_taken = response->status >= 200 && response->status < 300;
        if (is_taken) co_return Kept::by_owner;
        telemetry_.log(Severity::warning, "consent.not_taken",
                       {{"status", std::to_string(response->status)}});
        co_return no_clear_answer();
    }

    Task<void> look(domain::TenantScope scope) override {
        domain::PatientId somebody = domain::PatientId::parse(nobody).value();
        static_cast<void>(co_await ask(std::move(scope), std::move(somebody), domain::ConsentType::telehealth,
                                       About::nobody));
    }

  private:
    /// Whom a question is about.
    enum class About : std::uint8_t { a_patient, nobody };

    Task<Result<domain::ConsentAnswer>> ask(domain::TenantScope scope, domain::PatientId patient,
                                            domain::ConsentType type, About about) {
        const std::string query = "consents/decision?tenantId=" + percent_encoded(scope.tenant().text()) +
                                  "&patientId=" + percent_encoded(patient.text()) +
                                  "&type=" + percent_encoded(domain::to_wire(type));
        http_client::Request request{.url = settings_.url.below(query), .cause = scope.trace()};
        const auto response = co_await send(std::move(request), about);
        if (!response) co_return std::unexpected{response.error()};
        auto decided = response->status == 200 && is_json(*response)
                           ? parse_decision(response->body, {scope.tenant(), patient, type})
                           : std::nullopt;
        if (decided) co_return std::move(*decided);
        telemetry_.log(Severity::warning, "consent.not_understood",
                       {{"status", std::to_string(response->status)}});
        co_return no_clear_answer();
    }

    /// An owner that takes nothing from us has a withdrawal as soon as it says no by itself.
    Task<Result<Kept>> known_there(domain::TenantScope scope, domain::ConsentRecord record) {
        if (record.status != domain::ConsentStatus::withdrawn) co_return no_clear_answer();
        const auto answer = co_await decision(std::move(scope), record.patient, record.type, {});
        if (answer && !answer->granted) co_return Kept::by_owner;
        co_return no_clear_answer();
    }

    /// A refusal may concern the one patient who is asked about. One of our credential never does, and one
    /// of a question about nobody is of the credential or the path.
    static bool is_of_us(int status, About about) {
        return status == 401 || (about == About::nobody && (!is_let_in(status) || status == 404));
    }

    Task<Result<http_client::Response>> send(http_client::Request request, About about) {
        if (const auto wait = dependency_->ask()) co_return no_clear_answer(wait);
        request.headers.emplace("accept", "application/json");
        request.headers.emplace("x-request-id", fresh_request_id());
        if (!settings_.token.empty()) request.headers.emplace("authorization", "Bearer " + settings_.token);
        const domain::Instant began = clock_.now();
        Answer answer = co_await client_->send(std::move(request), http_client::deadline_in(deadline));
        if (answer && is_of_us(answer->status, about)) {
            dependency_->tell_refusal(result_of(answer), began);
        } else {
            dependency_->tell(shows_a_working_server(answer), result_of(answer), began);
        }
        if (!answer) co_return no_clear_answer();
        if (!is_let_in(answer->status))
            telemetry_.log(Severity::error, "consent.not_allowed",
                           {{"status", std::to_string(answer->status)}});
        co_return std::move(*answer);
    }

    std::string fresh_request_id() {
        domain::UlidEntropy entropy{};
        randomness_.fill(entropy);
        return domain::make_ulid(clock_.now(), entropy);
    }

    const HttpConsentSettings settings_;
    const std::unique_ptr<http_client::HttpClient> client_;
    const std::shared_ptr<http_client::Dependency> dependency_;
    const application::Clock& clock_;
    application::Randomness& randomness_;
    application::Telemetry& telemetry_;
};

}  // namespace

std::unique_ptr<application::ConsentService> make_http_consent_service(
    HttpConsentSettings settings, std::unique_ptr<http_client::HttpClient> client,
    std::shared_ptr<http_client::Dependency> dependency, const application::Clock& clock,
    application::Randomness& randomness, application::Telemetry& telemetry) {
    return std::make_unique<HttpConsentService>(std::move(settings), std::move(client), std::move(dependency),
                                                clock, randomness, telemetry);
}

}  // namespace vcare::consent
