// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "application/ports/telemetry.hpp"
#include "application/ports/unit_of_work.hpp"

namespace vcare::notify {

/// Shows in the log what people would be told, once what it tells of is durable, and passes everything else
/// on to `units`. Both outlive it.
[[nodiscard]] std::unique_ptr<application::UnitOfWorkRunner> make_notification_log(
    application::UnitOfWorkRunner& units, application::Telemetry& telemetry);

}  // namespace vcare::notify
