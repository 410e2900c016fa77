// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "domain/session.hpp"
#include "domain/tenant_config.hpp"

namespace vcare::application {

/// A session's window in a request: `scheduled_end` defaults to the tenant's duration; `validation_error`
/// at the field when the end is not after the start, the visit is longer than 24 h, or it is over already.
[[nodiscard]] domain::Result<domain::Instant> check_window(domain::Instant start,
                                                           std::optional<domain::Instant> end,
                                                           const domain::TenantConfig& config,
                                                           domain::Instant now);

}  // namespace vcare::application
