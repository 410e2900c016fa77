// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <string>

#include "application/task.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::fhir {

/// Names in lower case.
using FhirHeaders = std::map<std::string, std::string>;

struct FhirRequest {
    std::string method;
    std::string path;  ///< below the server's base, with its query: `Encounter?identifier=…`
    FhirHeaders headers = {};
    std::string body = {};
    /// Five failures open the circuit: a stop of the service waits for no more than those, and they fit into
    /// the lease of a debt (60 s).
    std::chrono::milliseconds within{5'000};
};

struct FhirResponse {
    int status = 0;
    FhirHeaders headers = {};
    std::string body = {};
};

/// Why there is no whole answer: one or two fixed words for operators, such as `timeout` or `reset`.
struct NoAnswer {
    std::string reason;
};

/// Carries one request to the FHIR server of a tenant, within a deadline of its own. Who has to sign in there
/// does so behind this.
class FhirTransport {
  public:
    virtual ~FhirTransport() = default;
    [[nodiscard]] virtual Task<std::expected<FhirResponse, NoAnswer>> send(domain::TenantScope scope,
                                                                           FhirRequest request) = 0;
};

}  // namespace vcare::fhir
