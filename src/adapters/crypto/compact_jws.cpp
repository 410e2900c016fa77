// SPDX-License-Identifier: Apache-2.0
#include "adapters/crypto/compact_jws.hpp"

#include "adapters/crypto/encoding.hpp"

namespace vcare::crypto {

std::optional<CompactJws> parse_compact_jws(std::string_view token) {
    const auto first_dot = token.find('.');
    if (first_dot == std::string_view::npos) return std::nullopt;
    const auto second_dot = token.find('.', first_dot + 1);
    if (second_dot == std::string_view::npos) return std::nullopt;

    // A third dot is no base64url character, so a fourth part fails with the signature.
    auto header = parse_base64url(token.substr(0, first_dot));
    auto payload = parse_base64url(token.substr(first_dot + 1, second_dot - first_dot - 1));
    auto signature = parse_base64url(token.substr(second_dot + 1));
    if (!header || !payload || !signature) return std::nullopt;
    return CompactJws{.header = std::move(*header),
                      .payload = std::move(*payload),
                      .signature = std::move(*signature),
                      .signing_input = std::string{token.substr(0, second_dot)}};
}

std::string jws_signing_input(std::string_view header, std::string_view payload) {
    return to_base64url(header) + '.' + to_base64url(payload);
}

std::string to_compact_jws(std::string signing_input, std::string_view signature) {
    signing_input += '.';
    signing_input += to_base64url(signature);
    return signing_input;
}

}  // namespace vcare::crypto
