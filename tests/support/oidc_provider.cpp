// SPDX-License-Identifier: Apache-2.0
#include "support/oidc_provider.hpp"

#include <stdexcept>

#include "support/free_port.hpp"

namespace vcare::support {
namespace {

/// Packages are installed first: a busy machine takes a while.
constexpr seconds start_limit{120};

}  // namespace

OidcProvider::OidcProvider(OidcProviderOptions options) : options_(std::move(options)), port_(free_port()) {
}

void OidcProvider::start() {
    const Finished installed = run({"/usr/bin/env", "node", "tools/npm/install.mjs", "tests/oidc"});
    if (installed.exit_code != 0) throw std::runtime_error{"no OpenID provider: " + installed.error};
    const auto errors = folder_.path() / "errors";
    process_ =
        Process::start({"/usr/bin/env", "node", "tests/oidc/server.mjs", std::to_string(port_), "--people",
                        options_.people, "--algorithm", options_.algorithm, "--path", options_.path},
                       {.environment = {{"NODE_NO_WARNINGS", "1"}}, .standard_error = errors});
    const auto deadline = std::chrono::steady_clock::now() + start_limit;
    // It warns of its memory first, which is what a test wants.
    for (auto line = process_.read_line(start_limit); line != "ready";
         line = process_.read_line(start_limit)) {
        if (!line || std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error{"the OpenID provider is not ready: " + read_text(errors)};
    }
}

std::string OidcProvider::issuer() const {
    return "http://127.0.0.1:" + std::to_string(port_) + options_.path;
}

std::string OidcProvider::token_of(const std::string& name, const std::string& scope,
                                   const std::string& resource) const {
    const HttpResponse answer =
        HttpClient{port_}.send({"POST",
                                options_.path + "/token",
                                {{"Content-Type", "application/x-www-form-urlencoded"}},
                                "grant_type=client_credentials&client_id=" + name +
                                    "&client_secret=secret&scope=" + scope + "&resource=" + resource});
    const std::string token = answer.at("/access_token");
    if (token.empty()) throw std::runtime_error{"no token for " + name + ": " + answer.body};
    return token;
}

std::string OidcProvider::sign(const boost::json::object& claims, const boost::json::object& header) const {
    return HttpClient{port_}.post("/test/sign", {{"header", header}, {"claims", claims}}).at("/token");
}

void OidcProvider::rotate() const {
    HttpClient{port_}.post("/test/rotate", {});
}

int OidcProvider::times_keys_were_asked_for() const {
    return std::stoi(HttpClient{port_}.get("/test/asked").at("/keys"));
}

}  // namespace vcare::support
