// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vcare::bench {

struct Request {
    std::string_view method = "GET";
    std::string path;
    std::string authorization = {};
    std::string body = {};
};

struct Response {
    int status = 0;
    std::string body;
};

/// A connection to 127.0.0.1 that waits for each answer. Throws std::runtime_error when it breaks.
class HttpClient {
  public:
    explicit HttpClient(std::uint16_t port);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    [[nodiscard]] Response send(const Request& request);
    /// The same, for an answer that must have this status.
    [[nodiscard]] std::string send(const Request& request, int status);

  private:
    std::size_t read_more();
    int socket_;
    std::string unread_;
};

/// Connected, without Nagle's delay. Throws std::runtime_error.
[[nodiscard]] int connect_to(std::uint16_t port);
[[nodiscard]] std::string to_wire(const Request& request);
void write_all(int socket, std::string_view bytes);

}  // namespace vcare::bench
