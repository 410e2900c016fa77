// SPDX-License-Identifier: Apache-2.0
#include "http_client.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vcare::bench {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::size_t number_at(std::string_view text, std::size_t from) {
    std::size_t number = 0;
    std::from_chars(text.data() + from, text.data() + text.size(), number);
    return number;
}

}  // namespace

int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) fail("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket);
        fail("connect");
    }
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return socket;
}

std::string to_wire(const Request& request) {
    auto text = fmt::format("{} {} HTTP/1.1\r\nHost: bench\r\n", request.method, request.path);
    if (!request.authorization.empty()) text += fmt::format("Authorization: {}\r\n", request.authorization);
    if (!request.body.empty())
        text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", request.body.size());
    return text + "\r\n" + request.body;
}

void write_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (written <= 0) fail("send");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

HttpClient::HttpClient(std::uint16_t port) : socket_(connect_to(port)) {
}

HttpClient::~HttpClient() {
    ::close(socket_);
}

std::size_t HttpClient::read_more() {
    std::array<char, std::size_t{16} * 1024> bytes{};
    const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (count < 0) fail("recv");
    if (count == 0) throw std::runtime_error("the service closed a connection");
    unread_.append(bytes.data(), static_cast<std::size_t>(count));
    return unread_.size();
}

Response HttpClient::send(const Request& request) {
    constexpr std::string_view status_at = "HTTP/1.1 ";
    constexpr std::string_view length_field = "Content-Length: ";
    write_all(socket_, to_wire(request));
    auto end = std::string::npos;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) read_more();
    const std::string_view head{unread_.data(), end + 2};
    const auto status = static_cast<int>(number_at(head, status_at.size()));
    const auto length_at = head.find(length_field);
    const auto length =
        length_at == std::string_view::npos ? 0 : number_at(head, length_at + length_field.size());
    const auto body_at = end + 4;
    while (unread_.size() < body_at + length) read_more();
    Response response{.status = status, .body = unread_.substr(body_at, length)};
    unread_.erase(0, body_at + length);
    return response;
}

std::string HttpClient::send(const Request& request, int status) {
    auto response = send(request);
    if (response.status != status)
        throw std::runtime_error(fmt::format("{} {} was answered {}: {}", request.method, request.path,
                                             response.status, response.body));
    return std::move(response.body);
}

}  // namespace vcare::bench
