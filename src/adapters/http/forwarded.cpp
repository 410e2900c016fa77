// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/forwarded.hpp"

#include <algorithm>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace vcare::http {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

std::optional<ip::address> parse_address(std::string_view text) {
    error_code error;
    const auto address = ip::make_address(std::string{text}, error);
    if (error) return std::nullopt;
    const bool is_mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    return is_mapped ? ip::address{ip::make_address_v4(ip::v4_mapped, address.to_v6())} : address;
}

bool contains(const std::string& network, const ip::address& address) {
    if (network.find('/') == std::string::npos) return parse_address(network) == address;
    error_code error;
    if (address.is_v4()) {
        const auto v4 = ip::make_network_v4(network, error);
        if (error) return false;
        return v4.canonical() == ip::network_v4{address.to_v4(), v4.prefix_length()}.canonical();
    }
    const auto v6 = ip::make_network_v6(network, error);
    if (error) return false;
    return v6.canonical() == ip::network_v6{address.to_v6(), v6.prefix_length()}.canonical();
}

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

}  // namespace

TrustedProxies::TrustedProxies(std::vector<std::string> networks) : networks_(std::move(networks)) {
}

bool TrustedProxies::trusts(std::string_view text) const {
    const auto address = parse_address(text);
    return address &&
           std::ranges::any_of(networks_, [&](const auto& network) { return contains(network, *address); });
}

std::string TrustedProxies::client_of(const Request& request) const {
    auto client = request.remote_address;
    const auto header = request.headers.find("X-Forwarded-For");
    if (networks_.empty() || !header) return client;
    auto chain = *header;
    while (!chain.empty() && trusts(client)) {
        const auto comma = chain.rfind(',');
        const auto last = trimmed(comma == std::string_view::npos ? chain : chain.substr(comma + 1));
        chain = comma == std::string_view::npos ? std::string_view{} : chain.substr(0, comma);
        if (!parse_address(last)) break;
        client = last;
    }
    return client;
}

}  // namespace vcare::http
