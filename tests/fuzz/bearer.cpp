// SPDX-License-Identifier: Apache-2.0
// Bearers and key sets: nobody is let in whose token our key did not sign.
#include "adapters/crypto/compact_jws.hpp"
#include "adapters/identity/token_codec.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vcare;
    const std::string_view text = fuzz::text_of(data, size);

    if (const auto jws = crypto::parse_compact_jws(text)) {
        fuzz::require(text.starts_with(jws->signing_input), "what is signed is what was sent");
        (void)identity::parse_token_header(jws->header);
        (void)identity::parse_token_claims(jws->payload, {});
        (void)identity::peek_issuer(jws->payload);
    }
    (void)identity::parse_token_header(text);
    (void)identity::peek_issuer(text);
    (void)identity::parse_jwks(text);
    if (const auto claims = identity::parse_token_claims(text, {.tenant = "/act/tenant"}))
        fuzz::require(claims->expires_at != domain::Instant{}, "claims that are read say when they end");
    return 0;
}
