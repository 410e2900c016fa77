// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/access_tokens.hpp"

namespace vcare::fhir {
namespace {

class FixedToken final : public AccessTokens {
  public:
    explicit FixedToken(std::string token) : token_(std::move(token)) {}

    Task<std::expected<std::string, NoAnswer>> current(http_client::Deadline) override { co_return token_; }
    bool forget(const std::string&) override { return false; }

  private:
    const std::string token_;
};

}  // namespace

std::unique_ptr<AccessTokens> make_fixed_token(std::string token) {
    return std::make_unique<FixedToken>(std::move(token));
}

}  // namespace vcare::fhir
