// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/request_reader.hpp"

#include <cstring>
#include <limits>

#include <boost/beast/http/basic_parser.hpp>

#include "adapters/http/raw_head.hpp"

namespace vcare::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

constexpr std::string_view head_end = "\r\n\r\n";

/// `http://host/path` is what a proxy would be asked; the path is all that matters here (RFC 9112, 3.2.2).
std::string_view origin_form(std::string_view target) {
    const auto scheme_end = target.find("://");
    if (target.starts_with('/') || scheme_end == std::string_view::npos) return target;
    const auto path = target.find('/', scheme_end + 3);
    return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
}

}  // namespace

/// Beast's parser, writing straight into a Request.
class RequestReader::Parser final : public beast_http::basic_parser<true> {
  public:
    Parser() {
        // The head's size and the body's are this reader's business; the operation says how long a body
        // may be only once the head is known.
        header_limit(std::numeric_limits<std::uint32_t>::max());
        body_limit(boost::none);
        eager(true);
    }
    Request request;
    std::size_t max_body = 0;
    std::size_t fields = 0;

  private:
    void on_request_impl(beast_http::verb, string_view method, string_view target, int version,
                         error_code& ec) override {
        const std::string_view path = origin_form({target.data(), target.size()});
        if (!path.starts_with('/')) {
            ec = beast_http::error::bad_target;
            return;
        }
        version_ = version;
        const auto question = path.find('?');
        request.method.assign(method.data(), method.size());
        request.path = path.substr(0, question);
        if (question != std::string_view::npos) request.query = path.substr(question + 1);
    }
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(beast_http::field, string_view name, string_view value, error_code&) override {
        if (is_head_done_) return;  // a trailer must not pass for a header
        ++fields;
        request.headers.add({name.data(), name.size()}, {value.data(), value.size()});
    }
    void on_header_impl(error_code&) override {
        is_head_done_ = true;
        request.keeps_alive = keep_alive() && version_ == 11;
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view bytes, error_code& ec) override { return take(bytes, ec); }
    void on_chunk_header_impl(std::uint64_t size, string_view, error_code& ec) override {
        if (size > max_body - request.body.size()) ec = beast_http::error::body_limit;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& ec) override {
        return take(bytes, ec);
    }
    void on_finish_impl(error_code&) override {}

    std::size_t take(string_view bytes, error_code& ec) {
        if (bytes.size() > max_body - request.body.size()) {
            ec = beast_http::error::body_limit;
            return 0;
        }
        request.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    int version_ = 0;
    bool is_head_done_ = false;
};

RequestReader::RequestReader(const Limits& limits) : limits_(limits) {
}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::prepare(std::size_t size) {
    if (buffer_.size() < filled_ + size) buffer_.resize(filled_ + size);
    return std::span{buffer_}.subspan(filled_, size);
}

void RequestReader::commit(std::size_t size) {
    filled_ += size;
}

const Request& RequestReader::head() const {
    return parser_->request;
}

bool RequestReader::expects_continue() const {
    const auto expect = parser_->request.headers.find("Expect");
    return expect && equal_ignoring_case(*expect, "100-continue") && !parser_->is_done();
}

bool RequestReader::has_body() const {
    return parser_->chunked() || parser_->content_length().value_or(0) > 0;
}

bool RequestReader::is_between_requests() const {
    return state_ == State::head && filled_ == 0;
}

RequestReader::Step RequestReader::refuse(domain::ErrorCode code, std::string_view detail) {
    state_ = State::refused;
    refusal_ = {.code = code, .detail = std::string{detail}};
    return Step::refused;
}

RequestReader::Step RequestReader::advance() {
    switch (state_) {
        case State::head:
            return advance_head();
        case State::deciding:
            return Step::have_head;
        case State::body:
            return advance_body();
        case State::whole:
            return Step::have_request;
        case State::refused:
            return Step::refused;
    }
    return Step::refused;
}

RequestReader::Step RequestReader::advance_head() {
    const std::string_view bytes{buffer_.data(), filled_};
    for (auto at = bytes.find('\n', scanned_); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
        if (at == 0 || bytes[at - 1] != '\r')
            return refuse(domain::ErrorCode::validation_error, "A line ends with a bare LF.");
    }
    const auto end = bytes.find(head_end, scanned_ < 3 ? 0 : scanned_ - 3);
    const auto size = end == std::string_view::npos ? filled_ : end + head_end.size();
    if (size > limits_.max_head_bytes) return refuse(domain::ErrorCode::headers_too_large, "");
    scanned_ = filled_;
    if (end == std::string_view::npos) return Step::need_bytes;

    if (const auto fault = fault_in_head(bytes.substr(0, size)))
        return refuse(domain::ErrorCode::validation_error, *fault);
    parser_ = std::make_unique<Parser>();
    error_code ec;
    parser_->put(boost::asio::const_buffer{bytes.data(), size}, ec);
    if (ec || !parser_->is_header_done())
        return refuse(domain::ErrorCode::validation_error, "The request is not HTTP.");
    if (parser_->fields > limits_.max_header_fields) return refuse(domain::ErrorCode::headers_too_large, "");
    std::memmove(buffer_.data(), buffer_.data() + size, filled_ - size);
    filled_ -= size;
    scanned_ = 0;
    state_ = State::deciding;
    return Step::have_head;
}

void RequestReader::allow_body(std::size_t max_bytes) {
    parser_->max_body = max_bytes;
    const auto length = parser_->content_length();
    const bool is_too_long = length && *length > max_bytes;
    if (is_too_long) {
        (void)refuse(domain::ErrorCode::payload_too_large, "");
        return;
    }
    state_ = State::body;
}

RequestReader::Step RequestReader::advance_body() {
    std::size_t used = 0;
    while (!parser_->is_done() && used < filled_) {
        error_code ec;
        const auto taken = parser_->put(boost::asio::const_buffer{buffer_.data() + used, filled_ - used}, ec);
        used += taken;
        if (ec == beast_http::error::body_limit) return refuse(domain::ErrorCode::payload_too_large, "");
        const bool waits_for_more = ec == beast_http::error::need_more || (!ec && taken == 0);
        if (waits_for_more) break;
        if (ec) return refuse(domain::ErrorCode::validation_error, "The body is not well framed.");
    }
    std::memmove(buffer_.data(), buffer_.data() + used, filled_ - used);
    filled_ -= used;
    if (parser_->is_done()) {
        state_ = State::whole;
        return Step::have_request;
    }
    // What is left is the beginning of a chunk's header or of a trailer, which are short.
    if (filled_ > limits_.max_head_bytes) return refuse(domain::ErrorCode::headers_too_large, "");
    return Step::need_bytes;
}

Request RequestReader::take_request() {
    auto request = std::move(parser_->request);
    parser_.reset();
    state_ = State::head;
    return request;
}

}  // namespace vcare::http
