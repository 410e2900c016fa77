// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/fhir/access_tokens.hpp"
#include "adapters/fhir/fhir_transport.hpp"
#include "adapters/http_client/http_client.hpp"

namespace vcare::fhir {

/// Carries requests to the FHIR server at `base`, one for all tenants, each within 5 s with its access token.
/// A token that the server does not take is replaced once; its second refusal is the answer. `client`
/// outlives it.
[[nodiscard]] std::unique_ptr<FhirTransport> make_http_fhir_transport(http_client::Url base,
                                                                      std::unique_ptr<AccessTokens> tokens,
                                                                      http_client::HttpClient& client);

}  // namespace vcare::fhir
