// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/certificates.hpp"
#include "support/http_client.hpp"
#include "support/process.hpp"

namespace vcare::support {

struct NodeServerOptions {
    std::string script;                           ///< such as `tests/oidc/server.mjs`
    std::vector<std::string> arguments = {};      ///< behind its port
    std::string packages = {};                    ///< folder whose packages it needs; empty: none
    std::optional<Certificate> certificate = {};  ///< speaks TLS with it
};

/// An outside service that a script plays on 127.0.0.1: `node SCRIPT PORT …`, which prints `ready` once it
/// answers. With `--certificate FILE --key FILE` it speaks TLS there, and plainly on the next port, for the
/// test itself.
class NodeServer {
  public:
    /// Does not start it yet.
    explicit NodeServer(NodeServerOptions options);

    /// Comes back when it answers; throws std::runtime_error when it does not.
    void start();
    void kill() { process_.kill(); }
    void pause() const;  ///< it stands still: SIGSTOP
    void go_on() const;  ///< SIGCONT
    /// Speaks TLS with this from its next start on.
    void take(const Certificate& certificate) { options_.certificate = certificate; }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// `http://127.0.0.1:PORT`, or `https://` and the host as its certificate has it.
    [[nodiscard]] std::string origin(const std::string& host = "127.0.0.1") const;
    /// A plain one, for what the test itself asks.
    [[nodiscard]] HttpClient client(milliseconds patience = seconds{60}) const;
    /// A folder that goes with the server.
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    NodeServerOptions options_;
    TempFolder folder_;
    std::uint16_t port_;
    Process process_;
};

}  // namespace vcare::support
