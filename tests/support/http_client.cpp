// SPDX-License-Identifier: Apache-2.0
#include "support/http_client.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "support/contract_watch.hpp"

namespace vcare::support {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool has_header(const Headers& headers, std::string_view name) {
    return std::ranges::any_of(headers,
                               [&](const auto& header) { return same_ignoring_case(header.first, name); });
}

milliseconds left_until(Clock::time_point deadline) {
    return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(deadline - Clock::now()));
}

boost::json::value parse_or_null(std::string_view text) {
    boost::system::error_code problem;
    boost::json::value parsed = boost::json::parse(text, problem);
    return problem ? boost::json::value{} : parsed;
}

}  // namespace

std::string HttpResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (same_ignoring_case(key, name)) return value;
    }
    return {};
}

boost::json::value HttpResponse::json() const {
    return parse_or_null(body);
}

std::string HttpResponse::at(std::string_view pointer) const {
    return support::at(json(), pointer);
}

std::string HttpResponse::code() const {
    const std::string code = at("/code");
    return code.empty() ? at("/issue/0/details/coding/0/code") : code;
}

std::string at(const boost::json::value& value, std::string_view pointer) {
    boost::system::error_code problem;
    const boost::json::value* found = value.find_pointer(pointer, problem);
    if (found == nullptr || found->is_null()) return {};
    if (const auto* text = found->if_string()) return std::string{*text};
    return boost::json::serialize(*found);
}

RawSocket::RawSocket(std::uint16_t port) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
    const int yes = 1;
    if (is_open()) ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

RawSocket::~RawSocket() {
    close();
}

RawSocket::RawSocket(RawSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), timed_out_(other.timed_out_) {
}

RawSocket& RawSocket::operator=(RawSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(timed_out_, other.timed_out_);
    return *this;
}

void RawSocket::close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void RawSocket::half_close() {
    ::shutdown(descriptor_, SHUT_WR);
}

bool RawSocket::closed_by_peer() const {
    char next = 0;
    return ::recv(descriptor_, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool RawSocket::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::optional<std::string> RawSocket::read_some(milliseconds within) {
    timed_out_ = false;
    pollfd waiting{descriptor_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(within.count())) <= 0) {
        timed_out_ = true;
        return std::nullopt;
    }
    char buffer[16384];
    const auto count = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (count <= 0) return std::nullopt;
    return std::string{buffer, static_cast<std::size_t>(count)};
}

std::string RawSocket::read_until_close(milliseconds within) {
    const auto deadline = Clock::now() + within;
    std::string all;
    while (auto some = read_some(left_until(deadline))) all += *some;
    return all;
}

void ResponseParser::feed(std::string_view bytes) {
    raw_ += bytes;
    if (!has_head_) parse_head();
    if (has_head_) decode_body();
}

bool ResponseParser::is_complete() const {
    if (!has_head_) return false;
    if (no_body_) return true;
    if (chunked_) return last_chunk_;
    return expected_ ? response_.body.size() >= *expected_ : ended_;
}

void ResponseParser::parse_head() {
    const auto end = raw_.find("\r\n\r\n");
    if (end == std::string::npos) return;
    std::string_view head{raw_.data(), end};
    const auto line_end = std::min(head.find("\r\n"), head.size());
    const std::string_view status = head.substr(std::min<std::size_t>(9, line_end), 3);
    std::from_chars(status.data(), status.data() + status.size(), response_.status);
    head.remove_prefix(std::min(line_end + 2, head.size()));
    while (!head.empty()) {
        const auto stop = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, stop);
        const auto colon = std::min(line.find(':'), line.size());
        std::string_view value = line.substr(std::min(colon + 1, line.size()));
        while (value.starts_with(' ')) value.remove_prefix(1);
        response_.headers.emplace_back(line.substr(0, colon), value);
        head.remove_prefix(std::min(stop + 2, head.size()));
    }
    raw_.erase(0, end + 4);

    if (response_.status == 100) {  // an interim answer: the real one follows
        response_ = {};
        return parse_head();
    }
    has_head_ = true;
    chunked_ = same_ignoring_case(response_.header("Transfer-Encoding"), "chunked");
    no_body_ = no_body_ || response_.status == 204 || response_.status == 304;
    if (const std::string length = response_.header("Content-Length"); !length.empty()) {
        expected_ = std::stoul(length);
    }
}

void ResponseParser::decode_body() {
    if (!chunked_) {
        response_.body += raw_;
        raw_.clear();
        return;
    }
    while (!last_chunk_) {
        const auto line_end = raw_.find("\r\n");
        if (line_end == std::string::npos) return;
        std::size_t size = 0;
        std::from_chars(raw_.data(), raw_.data() + line_end, size, 16);
        if (raw_.size() < line_end + 2 + size + 2) return;
        response_.body.append(raw_, line_end + 2, size);
        raw_.erase(0, line_end + 2 + size + 2);
        last_chunk_ = size == 0;
    }
}

std::string to_wire(const HttpRequest& request) {
    std::string wire = request.method + " " + request.path + " HTTP/1.1\r\n";
    if (!has_header(request.headers, "Host")) wire += "Host: 127.0.0.1\r\n";
    for (const auto& [name, value] : request.headers) wire += name + ": " + value + "\r\n";
    const bool sends_body = !request.body.empty() || (request.method != "GET" && request.method != "HEAD");
    if (sends_body && !has_header(request.headers, "Content-Length")) {
        wire += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    return wire + "\r\n" + request.body;
}

HttpResponse HttpClient::send(const HttpRequest& request) {
    auto response = try_send(request);
    if (!response) throw std::runtime_error{"no answer to " + request.method + " " + request.path};
    return std::move(*response);
}

std::optional<HttpResponse> HttpClient::try_send(const HttpRequest& request) {
    const std::string wire = to_wire(request);
    const auto deadline = Clock::now() + patience_;
    if (socket_ && socket_->closed_by_peer()) socket_.reset();
    if (!socket_) socket_.emplace(port_);
    if (!socket_->is_open()) {
        socket_.reset();
        return std::nullopt;
    }

    ResponseParser parser;
    if (request.method == "HEAD") parser.answers_head();
    const bool sent = socket_->send(wire);
    while (sent && !parser.is_complete()) {
        const auto bytes = socket_->read_some(left_until(deadline));
        if (!bytes) {
            if (!socket_->timed_out() && parser.has_head()) parser.end_of_input();
            break;
        }
        parser.feed(*bytes);
    }
    if (parser.is_complete()) {
        if (same_ignoring_case(parser.response().header("Connection"), "close")) socket_.reset();
        expect_contract(request, parser.response());
        return parser.response();
    }
    socket_.reset();
    return std::nullopt;
}

HttpResponse HttpClient::get(const std::string& path, Headers headers) {
    return send({"GET", path, std::move(headers), {}});
}

HttpResponse HttpClient::post(const std::string& path, const boost::json::object& body, Headers headers) {
    if (!has_header(headers, "Content-Type")) headers.emplace_back("Content-Type", "application/json");
    return send({"POST", path, std::move(headers), boost::json::serialize(body)});
}

HttpResponse HttpClient::put(const std::string& path, const boost::json::object& body, Headers headers) {
    if (!has_header(headers, "Content-Type")) headers.emplace_back("Content-Type", "application/json");
    return send({"PUT", path, std::move(headers), boost::json::serialize(body)});
}

boost::json::value SseFrame::json() const {
    return parse_or_null(data);
}

std::string SseFrame::at(std::string_view pointer) const {
    return support::at(json(), pointer);
}

SseReader::SseReader(std::uint16_t port, HttpRequest request) : socket_(port) {
    request.headers.emplace_back("Accept", "text/event-stream");
    closed_ = !socket_.is_open() || !socket_.send(to_wire(request));
    const auto deadline = Clock::now() + std::chrono::seconds{60};
    while (!closed_ && !parser_.has_head()) {
        const auto bytes = socket_.read_some(left_until(deadline));
        if (bytes) {
            parser_.feed(*bytes);
        } else {
            closed_ = true;
        }
    }
}

std::optional<SseFrame> SseReader::next(milliseconds within) {
    const auto deadline = Clock::now() + within;
    while (true) {
        unread_ += parser_.take_body();
        while (unread_.find("\n\n") != std::string::npos) {
            if (auto frame = take_frame()) return frame;
        }
        if (closed_) return std::nullopt;
        const auto bytes = socket_.read_some(left_until(deadline));
        if (bytes) {
            parser_.feed(*bytes);
        } else if (socket_.timed_out()) {
            return std::nullopt;
        } else {
            closed_ = true;
        }
        closed_ = closed_ || parser_.is_complete();
    }
}

// Nothing for a block that holds only comments or a retry time.
std::optional<SseFrame> SseReader::take_frame() {
    const auto end = unread_.find("\n\n");
    std::string_view block{unread_.data(), end};
    SseFrame frame;
    bool has_data = false;
    while (!block.empty()) {
        const auto stop = std::min(block.find('\n'), block.size());
        const std::string_view line = block.substr(0, stop);
        block.remove_prefix(std::min(stop + 1, block.size()));
        const auto colon = line.find(':');
        if (colon == 0 || colon == std::string_view::npos) continue;
        const std::string_view name = line.substr(0, colon);
        std::string_view value = line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        if (name == "event") frame.event = value;
        if (name == "id") frame.id = value;
        if (name == "data") {
            frame.data += (has_data ? "\n" : "") + std::string{value};
            has_data = true;
        }
    }
    unread_.erase(0, end + 2);
    if (!frame.id.empty()) last_id_ = frame.id;
    if (has_data) expect_event_schema(frame.event, frame.data);
    return has_data ? std::optional{frame} : std::nullopt;
}

SseFrame SseReader::wait_for(std::string_view event, milliseconds within) {
    const auto deadline = Clock::now() + within;
    while (auto frame = next(left_until(deadline))) {
        if (frame->event == event) return *frame;
    }
    throw std::runtime_error{"no frame " + std::string{event} + (closed_ ? ": the stream closed" : " came")};
}

}  // namespace vcare::support
