// SPDX-License-Identifier: Apache-2.0
#include "support/fhir_server.hpp"

#include <stdexcept>

#include "support/demo_fixture.hpp"

namespace vcare::support {
namespace {

std::vector<std::string> arguments_of(const FhirServerOptions& options, const TempFolder& folder) {
    std::vector<std::string> arguments;
    if (!options.token.empty()) arguments.insert(arguments.end(), {"--token", options.token});
    if (options.keeps)
        arguments.insert(arguments.end(), {"--keep", (folder.path() / "resources.ndjson").string()});
    return arguments;
}

}  // namespace

FhirServer::FhirServer(FhirServerOptions options)
    : token_(options.token),
      server_({.script = "tests/fhir/server.mjs",
               .arguments = arguments_of(options, folder_),
               .packages = "tests/fhir",
               .certificate = std::move(options.certificate)}) {
}

HttpResponse FhirServer::pass_on(const HttpRequest& request) const {
    return server_.client().send(request);
}

std::vector<boost::json::value> FhirServer::encounters_of(const std::string& session) const {
    const HttpResponse found =
        pass_on({"GET", "/fhir/R4/Encounter?identifier=urn:vcare:virtual-session%7C" + session,
                 token_.empty() ? Headers{} : bearer(token_)});
    if (found.status != 200) throw std::runtime_error{"no answer to a search: " + found.body};
    std::vector<boost::json::value> encounters;
    const boost::json::value bundle = found.json();
    if (const auto* entries = bundle.as_object().if_contains("entry")) {
        for (const auto& entry : entries->as_array()) encounters.push_back(entry.at("resource"));
    }
    return encounters;
}

}  // namespace vcare::support
