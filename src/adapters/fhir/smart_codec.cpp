// SPDX-License-Identifier: Apache-2.0
#include "adapters/fhir/smart_codec.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "adapters/crypto/compact_jws.hpp"
#include "adapters/http_client/url.hpp"

namespace vcare::fhir {
namespace {

namespace json = boost::json;

/// The profile allows five minutes; clocks differ.
constexpr domain::seconds assertion_lasts{240};
constexpr domain::seconds usual_life{300};

std::optional<std::string> text_at(const json::object& from, std::string_view name) {
    const json::value* const member = from.if_contains({name.data(), name.size()});
    if (member == nullptr || !member->is_string()) return std::nullopt;
    return std::string{member->get_string().data(), member->get_string().size()};
}

bool is_bearer(std::string word) {
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return std::tolower(c); });
    return word == "bearer";
}

}  // namespace

std::string write_client_assertion(const SmartClient& client, std::string_view once, domain::Instant now) {
    const json::object header{{"alg", "RS384"}, {"kid", client.key_id}, {"typ", "JWT"}};
    const auto issued = domain::to_unix_ms(now) / 1000;
    const json::object claims{{"iss", client.client_id},
                              {"sub", client.client_id},
                              {"aud", client.token_url.text()},
                              {"jti", json::string_view{once.data(), once.size()}},
                              {"iat", issued},
                              {"exp", issued + assertion_lasts.count()}};
    std::string input = crypto::jws_signing_input(json::serialize(header), json::serialize(claims));
    const std::string signature = client.key.sign(input);
    return crypto::to_compact_jws(std::move(input), signature);
}

std::string write_token_request(const SmartClient& client, std::string_view assertion) {
    using http_client::percent_encoded;
    return "grant_type=client_credentials&scope=" + percent_encoded(client.scope) +
           "&client_assertion_type=" +
           percent_encoded("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") +
           "&client_assertion=" + percent_encoded(assertion);
}

std::optional<IssuedToken> parse_token_answer(std::string_view body) {
    boost::system::error_code problem;
    const json::value parsed = json::parse({body.data(), body.size()}, problem);
    if (problem || !parsed.is_object()) return std::nullopt;
    const json::object& from = parsed.get_object();
    auto token = text_at(from, "access_token");
    const auto type = text_at(from, "token_type");
    if (!token || token->empty() || !type || !is_bearer(*type)) return std::nullopt;

    IssuedToken issued{.token = std::move(*token), .lasts = usual_life};
    const json::value* const lasts = from.if_contains("expires_in");
    if (lasts != nullptr && lasts->is_int64() && lasts->get_int64() > 0)
        issued.lasts = std::min(domain::seconds{lasts->get_int64()}, domain::seconds{24 * 60 * 60});
    return issued;
}

}  // namespace vcare::fhir
