// SPDX-License-Identifier: Apache-2.0
#include "support/free_port.hpp"

#include <cstddef>
#include <random>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace vcare::support {
namespace {

constexpr std::uint16_t first = 10'000;
constexpr std::uint16_t last = 32'766;  ///< net.ipv4.ip_local_port_range begins at 32768

bool can_take(std::uint16_t port, int type) {
    const int descriptor = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool is_bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    return is_bound;
}

bool is_free(std::uint16_t port) {
    return can_take(port, SOCK_STREAM) && can_take(port, SOCK_DGRAM);
}

/// No other test program gets this port while this one lives: its server may take seconds to come up, or be
/// stopped and started again, and a client would find a stranger there. The name is a socket's, in no folder;
/// it is never closed, and goes with the process.
bool reserve(std::uint16_t port) {
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw std::runtime_error{"no descriptor left to reserve a port with"};
    const std::string name = "vcare-test-port-" + std::to_string(port);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(&address.sun_path[1], name.size());  // behind a zero: an abstract name, see unix(7)
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (::bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) == 0) return true;
    ::close(descriptor);
    return false;
}

}  // namespace

std::uint16_t free_port() {
    // By chance, so that tests that run at the same time seldom try alike.
    thread_local std::mt19937 chance{std::random_device{}()};
    std::uniform_int_distribution<int> half{first / 2, last / 2};
    for (int attempt = 0; attempt < 1'000; ++attempt) {
        const auto port = static_cast<std::uint16_t>(2 * half(chance));
        if (is_free(port) && is_free(port + 1) && reserve(port)) return port;
    }
    throw std::runtime_error{"no free port"};
}

}  // namespace vcare::support
