// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>

#include "adapters/fhir/access_tokens.hpp"
#include "adapters/fhir/smart_codec.hpp"
#include "domain/ids.hpp"

namespace vcare::fhir {
namespace {

using application::Severity;

/// So much of its life is left alone, as the server's clock may be ahead and a request takes its time; of a
/// short life a half.
constexpr domain::seconds margin{30};

class SmartTokens final : public AccessTokens {
  public:
    SmartTokens(SmartClient smart, http_client::HttpClient& client, const application::Clock& clock,
                application::Randomness& randomness, application::Telemetry& telemetry)
        : smart_(std::move(smart)),
          client_(client),
          clock_(clock),
          randomness_(randomness),
          telemetry_(telemetry) {}

    Task<std::expected<std::string, NoAnswer>> current(http_client::Deadline deadline) override {
        if (auto kept = find_kept()) co_return std::move(*kept);
        http_client::Request request{
            .method = "POST",
            .url = smart_.token_url,
            .headers = {{"content-type", "application/x-www-form-urlencoded"},
                        {"accept", "application/json"}},
            .body = write_token_request(smart_, write_client_assertion(smart_, fresh_id(), clock_.now()))};
        const auto answer = co_await client_.send(std::move(request), deadline);
        if (!answer) co_return std::unexpected{no_token(word_of(answer.error()), word_of(answer.error()))};
        auto issued = answer->status == 200 ? parse_token_answer(answer->body) : std::nullopt;
        if (!issued)
            co_return std::unexpected{no_token(std::to_string(answer->status), reason_of(answer->status))};
        keep(*issued);
        co_return std::move(issued->token);
    }

    bool forget(const std::string& token) override {
        const std::lock_guard lock{mutex_};
        if (token_ == token) token_.clear();
        return true;
    }

  private:
    std::optional<std::string> find_kept() {
        const std::lock_guard lock{mutex_};
        const bool is_good = !token_.empty() && clock_.now() < good_until_;
        return is_good ? std::optional{token_} : std::nullopt;
    }

    void keep(const IssuedToken& issued) {
        const std::lock_guard lock{mutex_};
        token_ = issued.token;
        good_until_ = clock_.now() + std::max<domain::milliseconds>(issued.lasts - margin, issued.lasts / 2);
    }

    /// 400 is how a token endpoint refuses a client (RFC 6749, section 5.2).
    static std::string_view reason_of(int status) {
        if (status == 400 || status == 401 || status == 403) return "not_allowed";
        return status == 404 ? "not_found" : "no access token";
    }

    NoAnswer no_token(std::string_view what, std::string_view reason) {
        telemetry_.log(Severity::error, "fhir.no_access_token", {{"problem", std::string{what}}});
        return {std::string{reason}};
    }

    std::string fresh_id() {
        domain::UlidEntropy entropy{};
        randomness_.fill(entropy);
        return domain::make_ulid(clock_.now(), entropy);
    }

    const SmartClient smart_;
    http_client::HttpClient& client_;
    const application::Clock& clock_;
    application::Randomness& randomness_;
    application::Telemetry& telemetry_;
    std::mutex mutex_;  // nothing is awaited under it
    std::string token_;
    domain::Instant good_until_{};
};

}  // namespace

std::unique_ptr<AccessTokens> make_smart_tokens(SmartClient smart, http_client::HttpClient& client,
                                                const application::Clock& clock,
                                                application::Randomness& randomness,
                                                application::Telemetry& telemetry) {
    return std::make_unique<SmartTokens>(std::move(smart), client, clock, randomness, telemetry);
}

}  // namespace vcare::fhir
