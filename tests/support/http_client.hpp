// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace vcare::support {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method = "GET";
    std::string path = "/";
    Headers headers = {};
    std::string body = {};
};

struct HttpResponse {
    int status = 0;
    Headers headers = {};
    std::string body = {};

    /// Its first value, whatever the case of the name; empty when it is not there.
    [[nodiscard]] std::string header(std::string_view name) const;
    /// The body as JSON; null when it is none.
    [[nodiscard]] boost::json::value json() const;
    /// What the body has at a JSON pointer, as text (numbers and booleans too); empty when nothing is there.
    [[nodiscard]] std::string at(std::string_view pointer) const;
    /// The code of a problem, or of an OperationOutcome.
    [[nodiscard]] std::string code() const;
};

/// What `value` has at a JSON pointer, as text; empty when nothing is there.
[[nodiscard]] std::string at(const boost::json::value& value, std::string_view pointer);

/// A plain connection to 127.0.0.1: bytes out, bytes in.
class RawSocket {
  public:
    explicit RawSocket(std::uint16_t port);
    ~RawSocket();
    RawSocket(RawSocket&& other) noexcept;
    RawSocket& operator=(RawSocket&& other) noexcept;

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    /// False when the peer does not take them.
    bool send(std::string_view bytes);
    /// No more will be sent; reading goes on.
    void half_close();
    void close();
    /// What comes next; nothing when the peer closed or the time is over (`timed_out` tells which).
    [[nodiscard]] std::optional<std::string> read_some(std::chrono::milliseconds within);
    [[nodiscard]] bool timed_out() const { return timed_out_; }
    /// True when the peer has closed and nothing is left to read.
    [[nodiscard]] bool closed_by_peer() const;
    /// Everything until the peer closes or the time is over.
    [[nodiscard]] std::string read_until_close(std::chrono::milliseconds within);

  private:
    int descriptor_ = -1;
    bool timed_out_ = false;
};

/// Takes a response apart as its bytes come in: Content-Length, chunked, or until close.
class ResponseParser {
  public:
    void feed(std::string_view bytes);
    void end_of_input() { ended_ = true; }
    [[nodiscard]] bool has_head() const { return has_head_; }
    [[nodiscard]] bool is_complete() const;
    [[nodiscard]] const HttpResponse& response() const { return response_; }
    /// Body bytes that came since the last call, for streams.
    [[nodiscard]] std::string take_body() { return std::exchange(response_.body, {}); }
    void answers_head() { no_body_ = true; }

  private:
    void parse_head();
    void decode_body();

    std::string raw_;
    HttpResponse response_;
    bool has_head_ = false;
    bool chunked_ = false;
    bool no_body_ = false;
    bool last_chunk_ = false;
    bool ended_ = false;
    std::optional<std::size_t> expected_;
};

/// A keep-alive HTTP/1.1 client for one thread. Opens its connection again when the server closed it. Every
/// answer of the API is held against the contract.
class HttpClient {
  public:
    /// Gives an answer up that is not there after `patience`.
    explicit HttpClient(std::uint16_t port, std::chrono::milliseconds patience = std::chrono::seconds{60})
        : port_(port), patience_(patience) {}

    /// The answer; throws std::runtime_error when none comes in time.
    HttpResponse send(const HttpRequest& request);
    /// Nothing when the connection breaks, or the time is over, before the whole answer is there.
    std::optional<HttpResponse> try_send(const HttpRequest& request);

    HttpResponse get(const std::string& path, Headers headers = {});
    /// With a JSON body, and Content-Type unless `headers` has one.
    HttpResponse post(const std::string& path, const boost::json::object& body, Headers headers = {});
    HttpResponse put(const std::string& path, const boost::json::object& body, Headers headers = {});

    [[nodiscard]] std::uint16_t port() const { return port_; }

  private:
    std::uint16_t port_;
    std::chrono::milliseconds patience_;
    std::optional<RawSocket> socket_;
};

/// The request as it goes over the wire; adds Host and, for a body, Content-Length.
[[nodiscard]] std::string to_wire(const HttpRequest& request);

struct SseFrame {
    std::string event;
    std::string data;
    std::string id;
    [[nodiscard]] boost::json::value json() const;
    [[nodiscard]] std::string at(std::string_view pointer) const;
};

/// Reads an event stream. Every event of the service in it is held against its schema.
class SseReader {
  public:
    /// Opens it and waits for the head of the answer.
    SseReader(std::uint16_t port, HttpRequest request);

    [[nodiscard]] const HttpResponse& response() const { return parser_.response(); }
    /// The next frame; nothing when the stream is closed or the time is over.
    [[nodiscard]] std::optional<SseFrame> next(std::chrono::milliseconds within = std::chrono::seconds{60});
    /// The next frame of this event, past others; throws std::runtime_error when it does not come.
    SseFrame wait_for(std::string_view event, std::chrono::milliseconds within = std::chrono::seconds{60});
    [[nodiscard]] bool is_closed() const { return closed_; }
    /// The id to resume after.
    [[nodiscard]] const std::string& last_id() const { return last_id_; }

  private:
    std::optional<SseFrame> take_frame();
    RawSocket socket_;
    ResponseParser parser_;
    std::string unread_;
    std::string last_id_;
    bool closed_ = false;
};

}  // namespace vcare::support
