// SPDX-License-Identifier: Apache-2.0
#include "support/node_server.hpp"

#include <csignal>
#include <stdexcept>

#include "support/free_port.hpp"

namespace vcare::support {
namespace {

/// Packages are installed, and some read 90 MB of definitions: a busy machine takes minutes.
constexpr seconds start_limit{300};

}  // namespace

NodeServer::NodeServer(NodeServerOptions options) : options_(std::move(options)), port_(free_port()) {
}

void NodeServer::start() {
    if (!options_.packages.empty()) {
        const Finished installed = run({"/usr/bin/env", "node", "tools/npm/install.mjs", options_.packages});
        if (installed.exit_code != 0)
            throw std::runtime_error{options_.script + " cannot be started: " + installed.error};
    }
    std::vector<std::string> command = {"/usr/bin/env", "node", options_.script, std::to_string(port_)};
    command.insert(command.end(), options_.arguments.begin(), options_.arguments.end());
    if (options_.certificate) {
        write_text(folder() / "certificate.pem", options_.certificate->chain);
        write_text(folder() / "key.pem", options_.certificate->key);
        command.insert(command.end(),
                       {"--certificate", folder() / "certificate.pem", "--key", folder() / "key.pem"});
    }
    const auto errors = folder() / "errors";
    process_ =
        Process::start(command, {.environment = {{"NODE_NO_WARNINGS", "1"}}, .standard_error = errors});
    const auto deadline = std::chrono::steady_clock::now() + start_limit;
    // Some warn of their memory first, which is what a test wants.
    for (auto line = process_.read_line(start_limit); line != "ready";
         line = process_.read_line(start_limit)) {
        if (!line || std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error{options_.script + " is not ready: " + read_text(errors)};
    }
}

void NodeServer::pause() const {
    process_.signal(SIGSTOP);
}
void NodeServer::go_on() const {
    process_.signal(SIGCONT);
}

std::string NodeServer::origin(const std::string& host) const {
    return (options_.certificate ? "https://" + host : "http://127.0.0.1") + ":" + std::to_string(port_);
}

HttpClient NodeServer::client(milliseconds patience) const {
    // A free port of a test comes with the next one.
    return HttpClient{static_cast<std::uint16_t>(options_.certificate ? port_ + 1 : port_), patience};
}

}  // namespace vcare::support
