// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include "support/node_server.hpp"

namespace vcare::support {

struct FhirServerOptions {
    std::string token = {};                       ///< a bearer that it asks for; empty: none
    std::optional<Certificate> certificate = {};  ///< speaks TLS with it
    bool keeps = false;                           ///< on disk, so that a kill forgets nothing
};

/// A real FHIR R4 server on 127.0.0.1 (tests/fhir/server.mjs), its resources in memory: a kill forgets them,
/// unless it keeps them.
class FhirServer {
  public:
    /// Does not start it yet.
    explicit FhirServer(FhirServerOptions options = {});

    /// Comes back when it answers; throws std::runtime_error when it does not.
    void start() { server_.start(); }
    void kill() { server_.kill(); }
    void pause() const { server_.pause(); }  ///< it stands still: SIGSTOP
    void go_on() const { server_.go_on(); }  ///< SIGCONT

    /// The base of its resources.
    [[nodiscard]] std::string url() const { return server_.origin() + "/fhir/R4"; }
    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    /// Passes a request on to it, and its answer back.
    [[nodiscard]] HttpResponse pass_on(const HttpRequest& request) const;
    /// The Encounters of a session.
    [[nodiscard]] std::vector<boost::json::value> encounters_of(const std::string& session) const;

  private:
    TempFolder folder_;
    std::string token_;
    NodeServer server_;
};

}  // namespace vcare::support
