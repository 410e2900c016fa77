// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/vault_codec.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/crypto/encoding.hpp"

namespace vcare::keys {
namespace {

namespace json = boost::json;

std::optional<json::value> member_of_data(std::string_view answer, std::string_view member) {
    boost::system::error_code problem;
    const json::value parsed = json::parse({answer.data(), answer.size()}, problem);
    if (problem || !parsed.is_object()) return std::nullopt;
    const json::value* const data = parsed.get_object().if_contains("data");
    if (data == nullptr || !data->is_object()) return std::nullopt;
    const json::value* const found = data->get_object().if_contains({member.data(), member.size()});
    return found == nullptr ? std::nullopt : std::optional{*found};
}

}  // namespace

std::string write_vault_request(const std::vector<std::pair<std::string_view, std::string_view>>& members) {
    json::object request;
    for (const auto& [name, value] : members)
        request[{name.data(), name.size()}] = json::string{value.data(), value.size()};
    return json::serialize(request);
}

std::optional<std::string> parse_vault_text(std::string_view answer, std::string_view member) {
    const auto found = member_of_data(answer, member);
    if (!found || !found->is_string()) return std::nullopt;
    return std::string{found->get_string().data(), found->get_string().size()};
}

std::optional<bool> parse_vault_flag(std::string_view answer, std::string_view member) {
    const auto found = member_of_data(answer, member);
    return found && found->is_bool() ? std::optional{found->get_bool()} : std::nullopt;
}

std::optional<std::string> parse_base64(std::string text) {
    if (text.size() % 4 != 0) return std::nullopt;
    while (!text.empty() && text.back() == '=') text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return crypto::parse_base64url(text);
}

}  // namespace vcare::keys
