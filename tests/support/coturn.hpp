// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "support/process.hpp"

namespace vcare::support {

/// A TURN server of the test's own on the loopback, Debian's coturn; its port is known before it runs.
class Coturn {
  public:
    Coturn();

    void start();
    void kill() { process_.kill(); }

    [[nodiscard]] const std::string& port() const { return port_; }
    [[nodiscard]] std::string url() const { return "turn:127.0.0.1:" + port_; }
    /// Its `static-auth-secret`.
    [[nodiscard]] static std::string secret() { return "turn-secret"; }

  private:
    TempFolder folder_;
    const std::string port_;
    Process process_;
};

}  // namespace vcare::support
