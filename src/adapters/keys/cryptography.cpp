// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/cryptography.hpp"

#include "adapters/crypto/aead.hpp"
#include "adapters/crypto/compact_jws.hpp"
#include "adapters/crypto/digest.hpp"
#include "adapters/crypto/encoding.hpp"
#include "adapters/keys/join_token_codec.hpp"

namespace vcare::keys {
namespace {

using application::JoinTokenClaims;
using application::TenantKey;
using application::UnverifiedToken;

/// Ours have about 500 characters; what is longer is not looked into.
constexpr std::size_t token_characters_max = 2048;

class OpensslCryptography final : public application::Cryptography {
  public:
    std::string sha256_hex(std::string_view bytes) const override {
        return crypto::to_hex(crypto::sha256(bytes));
    }

    std::string hmac_sha256_base64url(std::string_view key, std::string_view text) const override {
        return crypto::to_base64url(crypto::hmac_sha256(key, text));
    }

    std::string base64url(std::string_view bytes) const override { return crypto::to_base64url(bytes); }

    std::string sign_join_token(const TenantKey& key, const JoinTokenClaims& claims) const override {
        std::string signing_input =
            crypto::jws_signing_input(write_join_token_header(key.version), write_join_token_claims(claims));
        const std::string signature = crypto::hmac_sha256(key.bytes, signing_input);
        return crypto::to_compact_jws(std::move(signing_input), signature);
    }

    std::optional<UnverifiedToken> peek_join_token(std::string_view token) const override {
        const auto parts = take_apart(token);
        if (!parts) return std::nullopt;
        const auto version = parse_join_token_header(parts->header);
        auto claims = parse_join_token_claims(parts->payload);
        if (!version || !claims) return std::nullopt;
        return UnverifiedToken{.tenant = std::move(claims->tenant), .key_version = *version};
    }

    std::optional<JoinTokenClaims> verify_join_token(const TenantKey& key,
                                                     std::string_view token) const override {
        const auto parts = take_apart(token);
        if (!parts) return std::nullopt;
        const std::string expected = crypto::hmac_sha256(key.bytes, parts->signing_input);
        if (!crypto::equal_in_constant_time(expected, parts->signature)) return std::nullopt;
        if (parse_join_token_header(parts->header) != key.version) return std::nullopt;
        return parse_join_token_claims(parts->payload);
    }

    std::string seal(const TenantKey& key, std::string_view plaintext,
                     std::string_view bound_to) const override {
        return crypto::seal_aes256_gcm(key.bytes, plaintext, bound_to);
    }

    std::optional<std::string> open(const TenantKey& key, std::string_view sealed,
                                    std::string_view bound_to) const override {
        return crypto::open_aes256_gcm(key.bytes, sealed, bound_to);
    }

  private:
    static std::optional<crypto::CompactJws> take_apart(std::string_view token) {
        if (token.size() > token_characters_max) return std::nullopt;
        return crypto::parse_compact_jws(token);
    }
};

}  // namespace

std::unique_ptr<application::Cryptography> make_cryptography() {
    return std::make_unique<OpensslCryptography>();
}

}  // namespace vcare::keys
