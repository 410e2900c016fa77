// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "application/ports/clock.hpp"
#include "application/ports/consent_service.hpp"
#include "application/ports/consent_store.hpp"

namespace vcare::consent {

/// Both outlive it.
[[nodiscard]] std::unique_ptr<application::ConsentService> make_embedded_consent_service(
    application::ConsentStore& store, const application::Clock& clock);

}  // namespace vcare::consent
