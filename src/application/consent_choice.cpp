// SPDX-License-Identifier: Apache-2.0
#include "application/consent_choice.hpp"

#include "application/consent_texts.hpp"
#include "application/visit_view.hpp"

namespace vcare::application {

Result<ConsentDesk::NewConsent> consent_on_page(const Services& services, const LoadedSession& loaded,
                                                ConsentChoice choice) {
    const domain::SessionData& session = loaded.session.data();
    const std::string language = language_of(session, loaded.session.patient());
    const auto asked = text_to_ask_with(services, loaded.config, choice.type, language);
    if (!asked) return std::unexpected{asked.error()};
    return ConsentDesk::NewConsent{.patient = session.patient,
                                   .type = choice.type,
                                   .granted_by = session.patient.text(),
                                   .capacity = choice.capacity,
                                   .method = domain::ConsentMethod::in_app,
                                   .text_version = std::move(choice.text_version),
                                   .language = asked->language};
}

}  // namespace vcare::application
