// SPDX-License-Identifier: Apache-2.0
#include "support/fhir_server.hpp"

#include <csignal>
#include <stdexcept>

#include "support/demo_fixture.hpp"
#include "support/free_port.hpp"

namespace vcare::support {
namespace {

/// Definitions of 90 MB are installed and read: a busy machine takes minutes.
constexpr seconds start_limit{300};

}  // namespace

FhirServer::FhirServer(FhirServerOptions options) : options_(std::move(options)), port_(free_port()) {
    if (!options_.certificate) return;
    write_text(folder_.path() / "certificate.pem", options_.certificate->chain);
    write_text(folder_.path() / "key.pem", options_.certificate->key);
}

void FhirServer::start() {
    const Finished installed = run({"/usr/bin/env", "node", "tools/npm/install.mjs", "tests/fhir"});
    if (installed.exit_code != 0) throw std::runtime_error{"no FHIR server: " + installed.error};
    std::vector<std::string> command = {"/usr/bin/env", "node", "tests/fhir/server.mjs",
                                        std::to_string(port_)};
    if (!options_.token.empty()) command.insert(command.end(), {"--token", options_.token});
    if (options_.certificate) {
        command.insert(command.end(), {"--certificate", folder_.path() / "certificate.pem", "--key",
                                       folder_.path() / "key.pem"});
    }
    if (options_.keeps) command.insert(command.end(), {"--keep", folder_.path() / "resources.ndjson"});
    const auto errors = folder_.path() / "errors";
    process_ = Process::start(command, {.standard_error = errors});
    if (process_.read_line(start_limit) != "ready")
        throw std::runtime_error{"the FHIR server is not ready: " + read_text(errors)};
}

void FhirServer::pause() const {
    process_.signal(SIGSTOP);
}
void FhirServer::go_on() const {
    process_.signal(SIGCONT);
}

std::string FhirServer::url() const {
    return (options_.certificate ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) +
           "/fhir/R4";
}

HttpResponse FhirServer::pass_on(const HttpRequest& request) const {
    return HttpClient{port_}.send(request);
}

std::vector<boost::json::value> FhirServer::encounters_of(const std::string& session) const {
    const HttpResponse found =
        pass_on({"GET", "/fhir/R4/Encounter?identifier=urn:vcare:virtual-session%7C" + session,
                 options_.token.empty() ? Headers{} : bearer(options_.token)});
    if (found.status != 200) throw std::runtime_error{"no answer to a search: " + found.body};
    std::vector<boost::json::value> encounters;
    const boost::json::value bundle = found.json();
    if (const auto* entries = bundle.as_object().if_contains("entry")) {
        for (const auto& entry : entries->as_array()) encounters.push_back(entry.at("resource"));
    }
    return encounters;
}

}  // namespace vcare::support
