// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/remote_jwks.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/identity/discovery_codec.hpp"

namespace vcare::identity {
namespace {

namespace asio = boost::asio;
using application::Severity;
using http_client::Url;

constexpr domain::milliseconds fetch_limit{3'000};

/// Rings for one caller on their own loop.
using Bell = std::shared_ptr<asio::steady_timer>;

template <class T>
using OrProblem = std::expected<T, std::string_view>;

class RemoteJwks final : public JwksSource {
  public:
    RemoteJwks(RemoteIssuer issuer, std::unique_ptr<http_client::HttpClient> client,
               std::shared_ptr<http_client::Dependency> dependency, const application::Clock& clock,
               application::Telemetry& telemetry)
        : issuer_(std::move(issuer)),
          client_(std::move(client)),
          dependency_(std::move(dependency)),
          clock_(clock),
          telemetry_(telemetry),
          known_(issuer_.pace) {}

    Task<Result<std::optional<crypto::PublicKey>>> find_key(std::string kid) override {
        if (auto key = find_known(kid)) co_return key;
        co_await refresh();
        if (auto key = find_known(kid)) co_return key;
        co_return refusal();
    }

    Task<void> look() override {
        if (!are_old()) co_return;
        co_await refresh();
    }

  private:
    /// Ends a fetch with what it found, also when its coroutine is given up.
    struct Fetch {
        RemoteJwks& source;
        std::optional<KeysById> found = {};

        explicit Fetch(RemoteJwks& source_) : source(source_) {}
        ~Fetch() { source.end_fetch(std::move(found)); }
        Fetch(const Fetch&) = delete;
        Fetch& operator=(const Fetch&) = delete;
    };

    std::optional<crypto::PublicKey> find_known(const std::string& kid) {
        const std::lock_guard lock{mutex_};
        return known_.find(kid, clock_.now());
    }

    bool are_old() {
        const std::lock_guard lock{mutex_};
        return known_.are_old(clock_.now());
    }

    /// There is no such key; or nobody can tell at present.
    Result<std::optional<crypto::PublicKey>> refusal() {
        const std::lock_guard lock{mutex_};
        const domain::Instant now = clock_.now();
        if (known_.is_complete(now)) return std::nullopt;
        const auto wait = std::max(known_.until_next_question(now), domain::milliseconds{1'000});
        return std::unexpected{Error{.code = ErrorCode::key_service_unavailable,
                                     .detail = "The keys of the token's issuer cannot be had right now.",
                                     .retry_after = std::chrono::ceil<domain::seconds>(wait)}};
    }

    /// Fetches the keys, or waits for whoever does; neither while the floor forbids it.
    Task<void> refresh() {
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        const Bell bell = std::make_shared<asio::steady_timer>(executor, fetch_limit);
        switch (take_turn(bell)) {
            case Turn::none:
                co_return;
            case Turn::wait: {
                boost::system::error_code rung;
                co_await bell->async_wait(asio::redirect_error(asio::use_awaitable, rung));
                co_return;
            }
            case Turn::fetch:
                break;
        }
        Fetch fetch{*this};
        fetch.found = co_await fetch_keys();
    }

    enum class Turn : std::uint8_t {
        fetch,
        wait,  ///< somebody else fetches; the bell rings when that has ended
        none,  ///< the issuer was asked a moment ago
    };
    Turn take_turn(const Bell& bell) {
        const std::lock_guard lock{mutex_};
        if (is_fetching_) {
            waiting_.push_back(bell);
            return Turn::wait;
        }
        is_fetching_ = known_.may_ask(clock_.now());
        return is_fetching_ ? Turn::fetch : Turn::none;
    }

    void end_fetch(std::optional<KeysById> found) {
        std::vector<Bell> waiting;
        {
            const std::lock_guard lock{mutex_};
            is_fetching_ = false;
            if (found) {
                known_.learned(std::move(*found), clock_.now());
            } else {
                known_.learned_nothing(clock_.now());
            }
            waiting = std::exchange(waiting_, {});
        }
        for (Bell& bell : waiting) {
            const asio::any_io_executor executor = bell->get_executor();
            asio::post(executor, [bell = std::move(bell)] { bell->cancel(); });
        }
    }

    Task<std::optional<KeysById>> fetch_keys() {
        if (dependency_->ask()) co_return std::nullopt;
        const domain::Instant began = clock_.now();
        auto keys = co_await ask_issuer(http_client::deadline_in(fetch_limit));
        dependency_->tell(keys.has_value(), keys ? "success" : keys.error(), began);
        if (keys) co_return std::move(*keys);
        telemetry_.log(Severity::warning, "identity.keys_not_fetched",
                       {{"issuer", issuer_.issuer}, {"problem", std::string{keys.error()}}});
        co_return std::nullopt;
    }

    Task<OrProblem<KeysById>> ask_issuer(http_client::Deadline deadline) {
        if (issuer_.jwks_url) co_return co_await read_keys(*issuer_.jwks_url, deadline);
        auto found = co_await discover(deadline);
        if (!found) co_return std::unexpected{found.error()};
        co_return co_await read_keys(std::move(*found), deadline);
    }

    Task<OrProblem<Url>> discover(http_client::Deadline deadline) {
        const auto url = discovery_url(issuer_.issuer);
        if (!url) co_return std::unexpected{"the issuer is no URL"};
        const auto body = co_await read(*url, deadline);
        if (!body) co_return std::unexpected{body.error()};
        co_return parse_discovery(*body, issuer_.issuer);
    }

    Task<OrProblem<KeysById>> read_keys(Url url, http_client::Deadline deadline) {
        const auto body = co_await read(std::move(url), deadline);
        if (!body) co_return std::unexpected{body.error()};
        auto keys = parse_jwks(*body);
        if (!keys) co_return std::unexpected{"the keys are no JWK set"};
        if (keys->empty()) co_return std::unexpected{"none of the keys is for RS256 or ES256"};
        co_return std::move(*keys);
    }

    Task<OrProblem<std::string>> read(Url url, http_client::Deadline deadline) {
        http_client::Request request{.url = std::move(url), .headers = {{"accept", "application/json"}}};
        auto answer = co_await client_->send(std::move(request), deadline);
        if (!answer) co_return std::unexpected{word_of(answer.error())};
        const bool is_let_in = answer->status != 401 && answer->status != 403;
        if (!is_let_in) co_return std::unexpected{"not_allowed"};
        if (answer->status == 404) co_return std::unexpected{"not_found"};
        if (answer->status != 200) co_return std::unexpected{"the answer is not 200"};
        co_return std::move(answer->body);
    }

    const RemoteIssuer issuer_;
    const std::unique_ptr<http_client::HttpClient> client_;
    const std::shared_ptr<http_client::Dependency> dependency_;
    const application::Clock& clock_;
    application::Telemetry& telemetry_;
    std::mutex mutex_;  // several loops share what follows; nothing is awaited under it
    KnownKeys known_;
    bool is_fetching_ = false;
    std::vector<Bell> waiting_;
};

}  // namespace

std::shared_ptr<JwksSource> make_remote_jwks(RemoteIssuer issuer,
                                             std::unique_ptr<http_client::HttpClient> client,
                                             std::shared_ptr<http_client::Dependency> dependency,
                                             const application::Clock& clock,
                                             application::Telemetry& telemetry) {
    return std::make_shared<RemoteJwks>(std::move(issuer), std::move(client), std::move(dependency), clock,
                                        telemetry);
}

}  // namespace vcare::identity
