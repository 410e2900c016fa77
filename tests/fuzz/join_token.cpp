// SPDX-License-Identifier: Apache-2.0
// The readable parts of a join token: what is read can be written and read again.
#include "adapters/crypto/encoding.hpp"
#include "adapters/keys/join_token_codec.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace vcare;
    const std::string_view text = fuzz::text_of(data, size);

    (void)keys::parse_join_token_header(text);
    if (const auto claims = keys::parse_join_token_claims(text)) {
        const auto again = keys::parse_join_token_claims(keys::write_join_token_claims(*claims));
        fuzz::require(again.has_value(), "claims that were read can be written");
        fuzz::require(keys::write_join_token_claims(*again) == keys::write_join_token_claims(*claims),
                      "claims are written the same way twice");
    }
    return 0;
}
