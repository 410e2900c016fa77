// SPDX-License-Identifier: Apache-2.0
#include "application/whereabouts.hpp"

#include <charconv>

namespace vcare::application {

std::string to_sealed_text(const Whereabouts& whereabouts) {
    const std::string& number = whereabouts.callback_number.reveal();
    return std::to_string(number.size()) + ":" + number + whereabouts.address.reveal();
}

std::optional<Whereabouts> parse_sealed_text(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos) return std::nullopt;
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + colon, length);
    const bool is_whole = error == std::errc{} && end == text.data() + colon;
    if (!is_whole || length > text.size() - colon - 1) return std::nullopt;
    return Whereabouts{domain::Phi{text.substr(colon + 1 + length)},
                       domain::Phi{text.substr(colon + 1, length)}};
}

std::string whereabouts_bound_to(const domain::TenantScope& scope, const domain::ParticipantId& participant) {
    return scope.tenant().text() + "/whereabouts/" + participant.text();
}

}  // namespace vcare::application
