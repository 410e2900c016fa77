// SPDX-License-Identifier: Apache-2.0
#include "adapters/http_client/url.hpp"

#include <algorithm>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace vcare::http_client {
namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

bool is_unreserved(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    return letter || digit || std::string_view{"-._~"}.contains(c);
}

/// May stand in a path or a query as it is (RFC 3986, section 3.3 and 3.4).
bool may_stand(char c) {
    return is_unreserved(c) || std::string_view{"!$&'()*+,;=:@/?%"}.contains(c);
}

template <class Keep>
std::string encoded(std::string_view text, Keep keep) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (keep(c)) {
            out += c;
        } else {
            out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
        }
    }
    return out;
}

}  // namespace

std::optional<Url> Url::parse(std::string_view text) {
    const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed) return std::nullopt;
    const bool is_web = parsed->scheme() == "http" || parsed->scheme() == "https";
    const bool names_more = parsed->has_userinfo() || parsed->has_fragment();
    if (!is_web || names_more || parsed->encoded_host().empty()) return std::nullopt;
    const std::string port{parsed->port().data(), parsed->port().size()};
    const bool is_port = parsed->port_number() != 0 && port == std::to_string(parsed->port_number());
    if (parsed->has_port() && !is_port) return std::nullopt;
    // Boost 1.81 takes the start of 127.0.0.1.example for a whole host, and the rest for a path.
    const std::string path{parsed->encoded_path().data(), parsed->encoded_path().size()};
    if (!path.empty() && !path.starts_with('/')) return std::nullopt;

    Url url;
    url.is_secure_ = parsed->scheme() == "https";
    const bool is_v6 = parsed->host_type() == boost::urls::host_type::ipv6;
    url.host_ = is_v6 ? parsed->host_address() : parsed->host();
    std::ranges::transform(url.host_, url.host_.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (!parsed->has_port()) {
        url.port_ = url.is_secure_ ? https_port : http_port;
    } else {
        url.port_ = parsed->port_number();
    }
    url.target_ = path.starts_with('/') ? path : '/' + path;
    if (parsed->has_query())
        url.target_ += '?' + std::string{parsed->encoded_query().data(), parsed->encoded_query().size()};
    return url;
}

Url Url::below(std::string_view path_and_query) const {
    Url url = *this;
    url.target_.resize(std::min(url.target_.find('?'), url.target_.size()));
    if (!url.target_.ends_with('/')) url.target_ += '/';
    url.target_ += encoded(path_and_query, may_stand);
    return url;
}

std::string Url::bracketed_host() const {
    return host_.contains(':') ? '[' + host_ + ']' : host_;
}

std::string Url::authority() const {
    const bool is_usual = port_ == (is_secure_ ? https_port : http_port);
    return is_usual ? bracketed_host() : bracketed_host() + ':' + std::to_string(port_);
}

std::string Url::origin() const {
    return (is_secure_ ? "https://" : "http://") + bracketed_host() + ':' + std::to_string(port_);
}

std::string Url::text() const {
    return (is_secure_ ? "https://" : "http://") + authority() + target_;
}

std::string percent_encoded(std::string_view text) {
    return encoded(text, is_unreserved);
}

}  // namespace vcare::http_client
