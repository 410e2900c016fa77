// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http/server.hpp"
#include "adapters/telemetry/telemetry.hpp"
#include "main/settings.hpp"

namespace vcare::program {

/// How people are told of their visits.
[[nodiscard]] application::Notifying notifying(const Settings& settings);

/// What clinics may do here.
[[nodiscard]] application::ClinicPolicy clinic_policy(const Settings& settings);

/// The settings in the words of the adapters.
[[nodiscard]] http::RateLimits rate_limits(const Settings& settings);
[[nodiscard]] http::ServerOptions server_options(const Settings& settings, const std::string& replica);
[[nodiscard]] telemetry::TelemetrySettings telemetry_settings(const Settings& settings);

}  // namespace vcare::program
