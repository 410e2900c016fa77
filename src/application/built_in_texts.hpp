// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "domain/tenant_config.hpp"

namespace vcare::application {

/// The consent texts a tenant without its own asks with, in every language the pages have. For trying the
/// service: in production a tenant must have set its own.
[[nodiscard]] std::vector<domain::ConsentText> built_in_consent_texts();

}  // namespace vcare::application
