// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/pkcs11_keys.hpp"

#include "adapters/keys/blocking_calls.hpp"

namespace vcare::keys {
namespace {

constexpr domain::milliseconds deadline{2'000};
constexpr std::size_t waiting_max = 256;

template <class T>
using Asked = std::function<TokenAnswer<T>()>;

std::unexpected<Error> is_away(std::optional<domain::milliseconds> wait = {}) {
    const auto pause = wait ? std::chrono::ceil<domain::seconds>(*wait) : domain::seconds{5};
    return std::unexpected{Error{.code = ErrorCode::key_service_unavailable, .retry_after = pause}};
}

class Pkcs11Keys final : public KeyEncryption {
  public:
    Pkcs11Keys(std::unique_ptr<Pkcs11Token> token, unsigned sessions,
               std::shared_ptr<http_client::Dependency> dependency, const application::Clock& clock,
               application::Telemetry& telemetry)
        : token_(std::move(token)),
          dependency_(std::move(dependency)),
          clock_(clock),
          telemetry_(telemetry),
          calls_(sessions, waiting_max) {}

    Task<Result<std::string>> wrap(std::string name, std::string secret, std::string bound_to) override {
        Asked<std::string> asked = [this, name, secret, bound_to] {
            return token_->wrap(name, secret, bound_to);
        };
        co_return co_await ask(std::move(asked));
    }
    Task<Result<std::string>> unwrap(std::string name, std::string wrapped, std::string bound_to) override {
        Asked<std::string> asked = [this, name, wrapped, bound_to] {
            return token_->unwrap(name, wrapped, bound_to);
        };
        co_return co_await ask(std::move(asked));
    }
    Task<Result<void>> rotate(std::string name) override {
        Asked<void> asked = [this, name] { return token_->rotate(name); };
        co_return co_await ask(std::move(asked));
    }
    Task<Result<std::string>> sign(std::string name, std::string text) override {
        Asked<std::string> asked = [this, name, text] { return token_->sign(name, text); };
        co_return co_await ask(std::move(asked));
    }
    Task<Result<bool>> verify(std::string name, std::string text, std::string signature) override {
        Asked<bool> asked = [this, name, text, signature] { return token_->verify(name, text, signature); };
        co_return co_await ask(std::move(asked));
    }
    Task<void> look() override {
        Asked<void> asked = [this] { return token_->look(); };
        [[maybe_unused]] const auto heard_by_the_dependency = co_await ask(std::move(asked));
    }

  private:
    template <class T>
    Task<Result<T>> ask(Asked<T> asked) {
        if (const auto wait = dependency_->ask()) co_return is_away(wait);
        const domain::Instant began = clock_.now();
        const auto answer = co_await calls_.run<TokenAnswer<T>>(std::move(asked), deadline);
        if (!answer) {
            dependency_->tell(false, "timed_out", began);
            co_return is_away();
        }
        if (*answer) {
            dependency_->tell(true, "success", began);
            if constexpr (std::is_void_v<T>) {
                co_return Result<void>{};
            } else {
                co_return **answer;
            }
        }
        const TokenFailure failure = answer->error();
        const bool is_there = failure == TokenFailure::rejected || failure == TokenFailure::no_such_key;
        dependency_->tell(is_there, word_of(failure), began);
        telemetry_.log(is_there ? application::Severity::error : application::Severity::warning,
                       "keys.refused", {{"result", std::string{word_of(failure)}}});
        co_return is_away();
    }

    const std::unique_ptr<Pkcs11Token> token_;
    const std::shared_ptr<http_client::Dependency> dependency_;
    const application::Clock& clock_;
    application::Telemetry& telemetry_;
    BlockingCalls calls_;  ///< ends first: its threads use the token
};

}  // namespace

std::unique_ptr<KeyEncryption> make_pkcs11_keys(std::unique_ptr<Pkcs11Token> token, unsigned sessions,
                                                std::shared_ptr<http_client::Dependency> dependency,
                                                const application::Clock& clock,
                                                application::Telemetry& telemetry) {
    return std::make_unique<Pkcs11Keys>(std::move(token), sessions, std::move(dependency), clock, telemetry);
}

}  // namespace vcare::keys
