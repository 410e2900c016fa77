// SPDX-License-Identifier: Apache-2.0
#include "support/free_port.hpp"

#include <random>
#include <stdexcept>

#include <arpa/inet.h>
#include <sys/socket.h>
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

}  // namespace

std::uint16_t free_port() {
    // By chance, so that tests that run at the same time hardly ever choose alike.
    thread_local std::mt19937 chance{std::random_device{}()};
    std::uniform_int_distribution<int> half{first / 2, last / 2};
    for (int attempt = 0; attempt < 1'000; ++attempt) {
        const auto port = static_cast<std::uint16_t>(2 * half(chance));
        if (is_free(port) && is_free(port + 1)) return port;
    }
    throw std::runtime_error{"no free port"};
}

}  // namespace vcare::support
