// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/http_client/url.hpp"
#include "application/task.hpp"
#include "domain/trace.hpp"

namespace vcare::http_client {

/// Names in lower case.
using Headers = std::map<std::string, std::string>;

struct Request {
    std::string method = "GET";
    Url url;
    Headers headers = {};  ///< without Host and Content-Length, which the client writes
    std::string body = {};
    /// Whether sending it twice does no more than sending it once; GET and HEAD always may. Only then is it
    /// sent again when a connection that was kept open turns out to be dead.
    bool repeatable = false;
    domain::TraceContext cause = {};  ///< goes along as `traceparent`, where there is one
};

struct Response {
    int status = 0;
    Headers headers = {};  ///< of each name the first
    std::string body = {};
};

/// Why there is no whole answer. After `refused`, `tls` and what is wrong with a certificate nothing was
/// asked; after the others the server may have done what it was asked, or not.
enum class Failure : std::uint8_t {
    refused,      ///< nobody takes the connection, the name is unknown, or too many calls are under way
    timed_out,    ///< the deadline passed
    reset,        ///< the connection broke before the first byte of an answer
    half_answer,  ///< it broke in the middle of one
    not_http,     ///< what came, or what was to be sent, is not HTTP/1.1
    too_large,    ///< the answer is longer than the limits allow
    tls,          ///< no secure connection to the server that the URL names
    certificate_unknown_authority,  ///< nobody who is trusted here vouches for the server
    certificate_wrong_host,         ///< it proves to be another than the URL names
    certificate_expired,
};

/// A few fixed words, such as `timed_out`, for labels, health and log lines.
[[nodiscard]] std::string_view word_of(Failure failure);
/// The same of an answer by its status: `success`, `not_allowed` (401, 403), `not_found`, `client_error`,
/// `server_error`.
[[nodiscard]] std::string_view word_of_status(int status);

using Deadline = std::chrono::steady_clock::time_point;

[[nodiscard]] inline Deadline deadline_in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

/// Asks services over HTTP/1.1, plain or over TLS 1.2 and later. Redirects are not followed: the answer is
/// handed back as it came. Connections are kept open and used again, each on its own event loop.
///
/// Safe to call from any loop; must outlive the calls that are awaited.
class HttpClient {
  public:
    virtual ~HttpClient() = default;
    /// The answer, whatever its status, or why there is none, at the deadline at the latest: names, the
    /// connection, the handshake and the last byte of the answer are all within it.
    [[nodiscard]] virtual Task<std::expected<Response, Failure>> send(Request request, Deadline deadline) = 0;
};

struct HttpClientSettings {
    /// PEM file of the authorities that may vouch for a server; empty: those the system trusts.
    std::string ca_file = {};
    std::size_t max_head_bytes = std::size_t{32} * 1024;    ///< of an answer; more is `too_large`
    std::size_t max_body_bytes = std::size_t{1024} * 1024;  ///< of an answer; more is `too_large`
    std::size_t max_calls = 256;          ///< under way to one origin from one loop; one more is `refused`
    std::size_t max_idle = 8;             ///< connections kept for one origin on one loop; one more is closed
    std::chrono::seconds idle_limit{30};  ///< a connection unused for longer is not used again
};

/// Throws `std::system_error` that names the file when it cannot be used.
[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(HttpClientSettings settings = {});

}  // namespace vcare::http_client
