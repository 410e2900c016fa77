// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/vault_keys.hpp"

#include <atomic>

#include "adapters/crypto/encoding.hpp"
#include "adapters/keys/vault_codec.hpp"

namespace vcare::keys {
namespace {

using application::Severity;
using http_client::Response;
using Answer = std::expected<Response, http_client::Failure>;

constexpr domain::milliseconds deadline{2'000};
constexpr domain::minutes renewal_every{10};
constexpr int bad_request = 400;
constexpr int forbidden = 403;
constexpr int missing = 404;

/// A refusal, too, shows a Vault that is there; not 403, which is our token that ran out, and not 503 or 473,
/// which say that it is sealed or stands by.
bool shows_a_working_vault(const Answer& answer) {
    return answer && answer->status < 500 && answer->status != forbidden && answer->status != 408 &&
           answer->status != 412 && answer->status != 429 && answer->status != 472 && answer->status != 473;
}

std::string_view result_of(const Answer& answer) {
    if (!answer) return word_of(answer.error());
    if (answer->status < 300) return "success";
    if (answer->status == forbidden) return "not_allowed";
    return answer->status < 500 ? "client_error" : "server_error";
}

std::unexpected<Error> is_away(std::optional<domain::milliseconds> wait = {}) {
    const auto pause = wait ? std::chrono::ceil<domain::seconds>(*wait) : domain::seconds{5};
    return std::unexpected{Error{.code = ErrorCode::key_service_unavailable, .retry_after = pause}};
}

bool is_success(const Response& response) {
    return response.status == 200 || response.status == 204;
}

class VaultKeys final : public KeyEncryption {
  public:
    VaultKeys(VaultSettings settings, std::unique_ptr<http_client::HttpClient> client,
              std::shared_ptr<http_client::Dependency> dependency, const application::Clock& clock,
              application::Telemetry& telemetry)
        : settings_(std::move(settings)),
          client_(std::move(client)),
          dependency_(std::move(dependency)),
          clock_(clock),
          telemetry_(telemetry) {}

    Task<Result<std::string>> wrap(std::string name, std::string secret, std::string bound_to) override {
        if (const auto made = co_await make_key(name, "aes256-gcm96"); !made)
            co_return std::unexpected{made.error()};
        const std::string plaintext = crypto::to_base64(secret);
        const std::string associated = crypto::to_base64(bound_to);
        std::string body = write_vault_request({{"plaintext", plaintext}, {"associated_data", associated}});
        const auto answer = co_await post("encrypt/" + name, std::move(body));
        if (!answer) co_return std::unexpected{answer.error()};
        auto ciphertext = parse_vault_text(answer->body, "ciphertext");
        const bool is_understood = is_success(*answer) && ciphertext && ciphertext->starts_with("vault:v");
        if (!is_understood) co_return not_understood(*answer, "encrypt");
        co_return std::move(*ciphertext);
    }

    Task<Result<std::string>> unwrap(std::string name, std::string wrapped, std::string bound_to) override {
        const std::string associated = crypto::to_base64(bound_to);
        std::string body = write_vault_request({{"ciphertext", wrapped}, {"associated_data", associated}});
        const auto answer = co_await post("decrypt/" + name, std::move(body));
        if (!answer) co_return std::unexpected{answer.error()};
        auto plaintext = parse_vault_text(answer->body, "plaintext");
        auto secret = plaintext ? parse_base64(std::move(*plaintext)) : std::nullopt;
        const bool is_understood = is_success(*answer) && secret;
        if (!is_understood) co_return not_understood(*answer, "decrypt");
        co_return std::move(*secret);
    }

    Task<Result<void>> rotate(std::string name) override {
        if (const auto made = co_await make_key(name, "aes256-gcm96"); !made) co_return made;
        const auto answer = co_await post("keys/" + name + "/rotate", "{}");
        if (!answer) co_return std::unexpected{answer.error()};
        if (!is_success(*answer)) co_return not_understood(*answer, "rotate");
        co_return Result<void>{};
    }

    Task<Result<std::string>> sign(std::string name, std::string text) override {
        if (const auto made = co_await make_key(name, "ecdsa-p256"); !made)
            co_return std::unexpected{made.error()};
        const std::string input = crypto::to_base64(text);
        std::string body = write_vault_request({{"input", input}, {"marshaling_algorithm", "jws"}});
        const auto answer = co_await post("sign/" + name + "/sha2-256", std::move(body));
        if (!answer) co_return std::unexpected{answer.error()};
        auto signature = parse_vault_text(answer->body, "signature");
        const bool is_understood = is_success(*answer) && signature && signature->starts_with("vault:v");
        if (!is_understood) co_return not_understood(*answer, "sign");
        co_return std::move(*signature);
    }

    Task<Result<bool>> verify(std::string name, std::string text, std::string signature) override {
        if (!signature.starts_with("vault:v")) co_return false;
        const std::string input = crypto::to_base64(text);
        std::string body = write_vault_request(
            {{"input", input}, {"signature", signature}, {"marshaling_algorithm", "jws"}});
        const auto answer = co_await post("verify/" + name + "/sha2-256", std::move(body));
        if (!answer) co_return std::unexpected{answer.error()};
        if (answer->status == bad_request) co_return false;  // no such version, or no signature at all
        const auto valid = parse_vault_flag(answer->body, "valid");
        if (!is_success(*answer) || !valid) co_return not_understood(*answer, "verify");
        co_return *valid;
    }

    Task<void> look() override {
        http_client::Request request{.url = engine("keys/" + settings_.name_prefix + ".checkpoints")};
        const auto answer = co_await send(std::move(request));
        const bool is_there = answer && (is_success(*answer) || answer->status == missing);
        if (is_there) co_await renew();
    }

  private:
    [[nodiscard]] http_client::Url engine(const std::string& path) const {
        return settings_.url.below("v1/" + settings_.mount + "/" + path);
    }

    /// Making a key that is there changes nothing.
    Task<Result<void>> make_key(std::string name, std::string type) {
        auto answer = co_await post("keys/" + name, write_vault_request({{"type", type}}));
        if (!answer) co_return std::unexpected{answer.error()};
        if (!is_success(*answer)) co_return not_understood(*answer, "make");
        co_return Result<void>{};
    }

    Task<Result<Response>> post(std::string path, std::string body) {
        http_client::Request request{.method = "POST",
                                     .url = engine(path),
                                     .headers = {{"content-type", "application/json"}},
                                     .body = std::move(body),
                                     .repeatable = !path.ends_with("/rotate")};
        co_return co_await send(std::move(request));
    }

    /// A token that cannot be renewed says so, and lives as long as it lives.
    Task<void> renew() {
        const domain::Instant now = clock_.now();
        if (now < domain::from_unix_ms(renew_next_)) co_return;
        renew_next_ = domain::to_unix_ms(now + renewal_every);
        http_client::Request request{.method = "POST",
                                     .url = settings_.url.below("v1/auth/token/renew-self"),
                                     .headers = {{"content-type", "application/json"}},
                                     .body = "{}",
                                     .repeatable = true};
        [[maybe_unused]] const auto heard_by_the_dependency = co_await send(std::move(request));
    }

    Task<Result<Response>> send(http_client::Request request) {
        if (const auto wait = dependency_->ask()) co_return is_away(wait);
        request.headers.emplace("accept", "application/json");
        request.headers.emplace("x-vault-request", "true");
        request.headers.emplace("x-vault-token", settings_.token);
        if (!settings_.name_space.empty()) request.headers.emplace("x-vault-namespace", settings_.name_space);
        const domain::Instant began = clock_.now();
        Answer answer = co_await client_->send(std::move(request), http_client::deadline_in(deadline));
        const bool works = shows_a_working_vault(answer);
        dependency_->tell(works, result_of(answer), began);
        if (answer && answer->status == forbidden) telemetry_.log(Severity::error, "keys.not_allowed");
        if (!works) co_return is_away();
        co_return std::move(*answer);
    }

    std::unexpected<Error> not_understood(const Response& answer, std::string operation) {
        telemetry_.log(Severity::error, "keys.refused",
                       {{"operation", std::move(operation)}, {"status", std::to_string(answer.status)}});
        return is_away();
    }

    const VaultSettings settings_;
    const std::unique_ptr<http_client::HttpClient> client_;
    const std::shared_ptr<http_client::Dependency> dependency_;
    const application::Clock& clock_;
    application::Telemetry& telemetry_;
    std::atomic<std::int64_t> renew_next_ = 0;  ///< when, in milliseconds
};

}  // namespace

std::unique_ptr<KeyEncryption> make_vault_keys(VaultSettings settings,
                                               std::unique_ptr<http_client::HttpClient> client,
                                               std::shared_ptr<http_client::Dependency> dependency,
                                               const application::Clock& clock,
                                               application::Telemetry& telemetry) {
    return std::make_unique<VaultKeys>(std::move(settings), std::move(client), std::move(dependency), clock,
                                       telemetry);
}

}  // namespace vcare::keys
