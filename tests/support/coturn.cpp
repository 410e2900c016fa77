// SPDX-License-Identifier: Apache-2.0
#include "support/coturn.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

namespace vcare::support {
namespace {

std::string free_udp_port() {
    boost::asio::io_context io;
    using boost::asio::ip::udp;
    const udp::socket taken{io, udp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    return std::to_string(taken.local_endpoint().port());
}

}  // namespace

Coturn::Coturn() : port_(free_udp_port()) {
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
