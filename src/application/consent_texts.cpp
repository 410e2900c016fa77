// SPDX-License-Identifier: Apache-2.0
#include "application/consent_texts.hpp"

#include "application/built_in_texts.hpp"

namespace vcare::application {

Result<domain::ConsentText> text_to_ask_with(const Services& services, const domain::TenantConfig& config,
                                             domain::ConsentType type, std::string_view language) {
    if (auto own = domain::consent_text_for(config, type, language)) return *std::move(own);
    const std::string word{domain::to_wire(type)};
    if (!services.policy.may_ask_with_built_in_texts)
        return refuse(ErrorCode::consent_required,
                      "The clinic has set no text for the " + word +
                          " consent, so nobody can be asked for it: its configuration needs one in"
                          " consentTexts, of type " +
                          word + ".");
    const domain::TenantConfig built_in{.consent_texts = built_in_consent_texts()};
    auto text = domain::consent_text_for(built_in, type, language);
    if (text) return *std::move(text);
    return domain::ConsentText{.type = type, .language = std::string{language}, .version = "1"};
}

}  // namespace vcare::application
