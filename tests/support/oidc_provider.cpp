// SPDX-License-Identifier: Apache-2.0
#include "support/oidc_provider.hpp"

#include <stdexcept>

namespace vcare::support {

OidcProvider::OidcProvider(OidcProviderOptions options)
    : path_(options.path),
      server_({.script = "tests/oidc/server.mjs",
               .arguments = {"--people", options.people, "--algorithm", options.algorithm, "--path",
                             options.path, "--pages", options.pages},
               .packages = "tests/oidc",
               .certificate = std::move(options.certificate)}) {
}

void OidcProvider::show(const Certificate& certificate) {
    stop();
    server_.take(certificate);
    start();
}

std::string OidcProvider::token_of(const std::string& name, const std::string& scope,
                                   const std::string& resource) const {
    const HttpResponse answer =
        server_.client().send({"POST",
                               path_ + "/token",
                               {{"Content-Type", "application/x-www-form-urlencoded"}},
                               "grant_type=client_credentials&client_id=" + name +
                                   "&client_secret=secret&scope=" + scope + "&resource=" + resource});
    const std::string token = answer.at("/access_token");
    if (token.empty()) throw std::runtime_error{"no token for " + name + ": " + answer.body};
    return token;
}

std::string OidcProvider::sign(const boost::json::object& claims, const boost::json::object& header) const {
    return server_.client().post("/test/sign", {{"header", header}, {"claims", claims}}).at("/token");
}

void OidcProvider::rotate() const {
    server_.client().post("/test/rotate", {});
}

int OidcProvider::times_keys_were_asked_for() const {
    return std::stoi(server_.client().get("/test/asked").at("/keys"));
}

}  // namespace vcare::support
