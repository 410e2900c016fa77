// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http_client/http_client.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::http_client {

/// Sends through `inner`, and makes each call that has a cause a piece of its work
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client). `telemetry` outlives it.
[[nodiscard]] std::unique_ptr<HttpClient> make_traced_http_client(std::unique_ptr<HttpClient> inner,
                                                                  application::Telemetry& telemetry);

}  // namespace vcare::http_client
