// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <boost/json/value.hpp>

#include "support/certificates.hpp"
#include "support/http_client.hpp"
#include "support/process.hpp"

namespace vcare::support {

struct FhirServerOptions {
    std::string token = {};  ///< a bearer that it asks for; empty: none
    std::optional<Certificate> certificate = {};
    bool keeps = false;  ///< on disk, so that a kill forgets nothing
};

/// A real FHIR R4 server on 127.0.0.1 (tests/fhir/server.mjs), its resources in memory: a kill forgets them,
/// unless it keeps them.
class FhirServer {
  public:
    /// Does not start it yet.
    explicit FhirServer(FhirServerOptions options = {});

    /// Comes back when it answers; throws std::runtime_error when it does not.
    void start();
    void kill() { process_.kill(); }
    void pause() const;  ///< it stands still: SIGSTOP
    void go_on() const;  ///< SIGCONT

    /// The base of its resources.
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Passes a request on to it, and its answer back. Plain HTTP only.
    [[nodiscard]] HttpResponse pass_on(const HttpRequest& request) const;
    /// The Encounters of a session. Plain HTTP only.
    [[nodiscard]] std::vector<boost::json::value> encounters_of(const std::string& session) const;

  private:
    FhirServerOptions options_;
    TempFolder folder_;
    std::uint16_t port_;
    Process process_;
};

}  // namespace vcare::support
