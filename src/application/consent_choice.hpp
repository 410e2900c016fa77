// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/consent_desk.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// What a page answered to a consent question.
struct ConsentChoice {
    domain::ConsentType type{};
    enum class Decision : std::uint8_t { granted, refused, withdrawn } decision{};
    std::string text_version;
    domain::ConsentCapacity capacity = domain::ConsentCapacity::self;
};
constexpr domain::WireWords<ConsentChoice::Decision, 3> words_of(ConsentChoice::Decision) {
    return {{{ConsentChoice::Decision::granted, "granted"},
             {ConsentChoice::Decision::refused, "refused"},
             {ConsentChoice::Decision::withdrawn, "withdrawn"}}};
}

/// The patient's yes to a question of their page, as its owner is to have it; `consent_required` where there
/// is no text that it could have been asked with.
[[nodiscard]] Result<ConsentDesk::NewConsent> consent_on_page(const Services& services,
                                                              const LoadedSession& loaded,
                                                              ConsentChoice choice);

}  // namespace vcare::application
