// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/database.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::store {

/// Works with `inner`, and makes each transaction that is done for somebody a piece of their work
/// (https://opentelemetry.io/docs/specs/semconv/database/database-spans/). `system` is the name that
/// OpenTelemetry has for the database; `telemetry` outlives it.
[[nodiscard]] std::unique_ptr<Database> make_traced_database(std::unique_ptr<Database> inner,
                                                             std::string_view system,
                                                             application::Telemetry& telemetry);

}  // namespace vcare::store
