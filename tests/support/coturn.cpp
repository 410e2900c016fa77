// SPDX-License-Identifier: Apache-2.0
#include "support/coturn.hpp"

#include "support/free_port.hpp"

namespace vcare::support {

Coturn::Coturn() : port_(std::to_string(free_port())) {
}

void Coturn::start() {
    const std::string folder = folder_.path().string();
    process_ = Process::start({"/usr/bin/env", "turnserver", "-n", "--listening-ip=127.0.0.1",
                               "--relay-ip=127.0.0.1", "--listening-port=" + port_, "--use-auth-secret",
                               "--static-auth-secret=" + secret(), "--realm=vcare", "--allow-loopback-peers",
                               "--no-cli", "--no-tls", "--no-dtls", "--log-file=" + folder + "/log",
                               "--pidfile=" + folder + "/pid", "--userdb=" + folder + "/users"});
}

}  // namespace vcare::support
