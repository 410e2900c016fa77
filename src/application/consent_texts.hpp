// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/services.hpp"
#include "application/task.hpp"
#include "domain/tenant_config.hpp"

namespace vcare::application {

/// What stands for the version where there is no text: a withdrawal has to name one, too.
inline constexpr std::string_view no_text = "none";

/// The text that a person is asked to agree to, in their language or in another that there is; it says which.
/// The clinic's own; where it has none of this type, the built-in one, unless this service is in production:
/// then `consent_required`, which says what the clinic has to set. Nobody is asked without a text.
[[nodiscard]] Result<domain::ConsentText> text_to_ask_with(const Services& services,
                                                           const domain::TenantConfig& config,
                                                           domain::ConsentType type,
                                                           std::string_view language);

}  // namespace vcare::application
