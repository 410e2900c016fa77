// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "support/node_server.hpp"

namespace vcare::support {

struct OidcProviderOptions {
    /// Everybody with the claims of their access tokens, as JSON: `{"dr-north": {"tenantId": "north", …}}`.
    std::string people = "{}";
    std::string algorithm = "RS256";              ///< or ES256
    std::string path = "";                        ///< of the issuer, such as `/realms/clinic`
    std::string pages = "http://127.0.0.1:1";     ///< origin of the staff pages
    std::optional<Certificate> certificate = {};  ///< speaks TLS with it, as https://localhost:PORT
};

/// A real OpenID provider on 127.0.0.1 (tests/oidc/server.mjs). A stop forgets its keys and everybody's
/// sessions.
class OidcProvider {
  public:
    /// Does not start it yet.
    explicit OidcProvider(OidcProviderOptions options = {});

    /// Comes back when it answers; throws std::runtime_error when it does not.
    void start() { server_.start(); }
    void stop() { server_.kill(); }
    /// Stops it, and starts it again with another certificate.
    void show(const Certificate& certificate);

    [[nodiscard]] std::string issuer() const { return server_.origin("localhost") + path_; }
    /// An access token that it gives to somebody.
    [[nodiscard]] std::string token_of(const std::string& name,
                                       const std::string& scope = "virtual_care:session:read",
                                       const std::string& resource = "urn:vcare") const;
    /// Anything, signed with its key. `header` overrules the usual one.
    [[nodiscard]] std::string sign(const boost::json::object& claims,
                                   const boost::json::object& header = {}) const;
    /// Gives up its key for a new one.
    void rotate() const;
    /// How often its keys were asked for.
    [[nodiscard]] int times_keys_were_asked_for() const;

  private:
    std::string path_;
    NodeServer server_;
};

}  // namespace vcare::support
