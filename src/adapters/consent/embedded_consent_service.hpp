// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "application/ports/clock.hpp"
#include "application/ports/consent_service.hpp"

namespace vcare::consent {

/// Decides by what the store of this service keeps. `clock` outlives it.
[[nodiscard]] std::unique_ptr<application::ConsentService> make_embedded_consent_service(
    const application::Clock& clock);

}  // namespace vcare::consent
