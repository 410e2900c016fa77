// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/response_reader.hpp"

#include <algorithm>
#include <limits>

#include <boost/beast/http/basic_parser.hpp>

namespace vcare::http_client {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view beginning = "HTTP/1.";
constexpr unsigned max_interim_answers = 8;

std::string lower_case(std::string_view text) {
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

/// What a lenient parser lets through, and what two parsers in a row could cut at two different places:
/// folded lines, an odd or repeated Transfer-Encoding, a repeated length, both together (RFC 9112, 5.2 and
/// 6.3).
bool is_framed_clearly(std::string_view head) {
    int lengths = 0;
    int encodings = 0;
    bool is_odd = false;
    for (auto at = head.find("\r\n"); at + 2 < head.size();) {
        const auto next = std::min(head.find("\r\n", at + 2), head.size());
        const std::string_view line = head.substr(at + 2, next - at - 2);
        at = next;
        if (line.empty()) break;
        if (line.starts_with(' ') || line.starts_with('\t')) return false;
        const auto colon = std::min(line.find(':'), line.size());
        const std::string name = lower_case(line.substr(0, colon));
        if (name == "content-length") ++lengths;
        if (name != "transfer-encoding") continue;
        ++encodings;
        std::string value = lower_case(line.substr(std::min(colon + 1, line.size())));
        std::erase_if(value, [](char c) { return c == ' ' || c == '\t'; });
        is_odd |= value != "chunked";
    }
    return lengths + encodings <= 1 && !is_odd;
}

}  // namespace

/// Beast's parser, writing straight into a Response.
class ResponseReader::Parser final : public beast_http::basic_parser<false> {
  public:
    explicit Parser(std::size_t max_body) : max_body_(max_body) {
        // The head's size and the body's are the reader's business.
        header_limit(std::numeric_limits<std::uint32_t>::max());
        body_limit(boost::none);
        eager(true);
    }
    Response response;

  private:
    void on_request_impl(beast_http::verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int status, string_view, int, error_code&) override { response.status = status; }
    void on_field_impl(beast_http::field, string_view name, string_view value, error_code&) override {
        if (is_head_done_) return;  // a trailer must not pass for a header
        response.headers.emplace(lower_case({name.data(), name.size()}),
                                 std::string{value.data(), value.size()});
    }
    void on_header_impl(error_code&) override { is_head_done_ = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view bytes, error_code& ec) override { return take(bytes, ec); }
    void on_chunk_header_impl(std::uint64_t size, string_view, error_code& ec) override {
        if (size > max_body_ - response.body.size()) ec = beast_http::error::body_limit;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& ec) override {
        return take(bytes, ec);
    }
    void on_finish_impl(error_code&) override {}

    std::size_t take(string_view bytes, error_code& ec) {
        if (bytes.size() > max_body_ - response.body.size()) {
            ec = beast_http::error::body_limit;
            return 0;
        }
        response.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    const std::size_t max_body_;
    bool is_head_done_ = false;
};

ResponseReader::ResponseReader(Limits limits, bool has_no_body) : limits_(limits), has_no_body_(has_no_body) {
}
ResponseReader::~ResponseReader() = default;

ResponseReader::Step ResponseReader::fail(Failure failure) {
    failure_ = failure;
    return Step::failed;
}

ResponseReader::Step ResponseReader::take(std::string_view bytes) {
    bytes_taken_ += bytes.size();
    unread_ += bytes;
    return parser_ ? read_body() : read_head();
}

ResponseReader::Step ResponseReader::read_head() {
    for (;;) {
        const auto known = std::min(unread_.size(), beginning.size());
        if (!beginning.starts_with(std::string_view{unread_}.substr(0, known)))
            return fail(Failure::not_http);
        const auto end = unread_.find(head_end);
        const auto size = end == std::string::npos ? unread_.size() : end + head_end.size();
        if (size > limits_.max_head_bytes) return fail(Failure::too_large);
        if (end == std::string::npos) return Step::need_bytes;

        const std::string head = unread_.substr(0, size);
        unread_.erase(0, size);
        if (!is_framed_clearly(head)) return fail(Failure::not_http);
        auto parser = std::make_unique<Parser>(limits_.max_body_bytes);
        parser->skip(has_no_body_);
        error_code ec;
        parser->put(boost::asio::const_buffer{head.data(), head.size()}, ec);
        const bool is_read = !ec || ec == beast_http::error::need_more;
        if (!is_read || !parser->is_header_done()) return fail(Failure::not_http);
        const bool is_interim = parser->response.status >= 100 && parser->response.status < 200;
        if (!is_interim) {
            const auto length = parser->content_length();
            const bool is_too_long = !has_no_body_ && length && *length > limits_.max_body_bytes;
            if (is_too_long) return fail(Failure::too_large);
            parser_ = std::move(parser);
            return read_body();
        }
        // Nobody here asks for another protocol.
        const bool is_too_much = ++interim_answers_ > max_interim_answers;
        if (is_too_much || parser->response.status == 101) return fail(Failure::not_http);
    }
}

ResponseReader::Step ResponseReader::read_body() {
    std::size_t used = 0;
    while (!parser_->is_done() && used < unread_.size()) {
        error_code ec;
        const auto taken =
            parser_->put(boost::asio::const_buffer{unread_.data() + used, unread_.size() - used}, ec);
        used += taken;
        if (ec == beast_http::error::body_limit) return fail(Failure::too_large);
        const bool waits_for_more = ec == beast_http::error::need_more || (!ec && taken == 0);
        if (waits_for_more) break;
        if (ec) return fail(Failure::not_http);
    }
    unread_.erase(0, used);
    if (parser_->is_done()) return Step::whole;
    // What is left is the beginning of a chunk's header or of a trailer, which are short.
    if (unread_.size() > limits_.max_head_bytes) return fail(Failure::too_large);
    return Step::need_bytes;
}

ResponseReader::Step ResponseReader::end() {
    if (!parser_) return broke();
    error_code ec;
    parser_->put_eof(ec);
    return !ec && parser_->is_done() ? Step::whole : broke();
}

ResponseReader::Step ResponseReader::broke() {
    return fail(bytes_taken_ == 0 ? Failure::reset : Failure::half_answer);
}

Response ResponseReader::take_response() {
    return std::move(parser_->response);
}

bool ResponseReader::leaves_connection_usable() const {
    return parser_ && parser_->is_done() && parser_->keep_alive() && unread_.empty();
}

}  // namespace vcare::http_client
