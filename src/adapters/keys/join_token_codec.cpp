// SPDX-License-Identifier: Apache-2.0
#include "adapters/keys/join_token_codec.hpp"

#include <charconv>

#include <boost/json.hpp>

namespace vcare::keys {
namespace {

namespace json = boost::json;

std::optional<json::object> parse_object(std::string_view text) {
    boost::system::error_code error;
    json::parse_options strict;
    strict.max_depth = 2;
    json::value value = json::parse({text.data(), text.size()}, error, {}, strict);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

std::string_view text_at(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_string()) return {};
    const json::string& text = value->get_string();
    return {text.data(), text.size()};
}

std::optional<domain::Instant> time_at(const json::object& object, std::string_view name) {
    constexpr std::int64_t year_9999 = 253'402'300'799;
    const json::value* const value = object.if_contains({name.data(), name.size()});
    const std::int64_t* const seconds = value == nullptr ? nullptr : value->if_int64();
    if (seconds == nullptr || *seconds < 0 || *seconds > year_9999) return std::nullopt;
    return domain::Instant{domain::seconds{*seconds}};
}

std::int64_t to_unix_seconds(domain::Instant at) {
    return std::chrono::floor<domain::seconds>(at).time_since_epoch().count();
}

}  // namespace

std::string write_join_token_header(unsigned key_version) {
    return json::serialize(
        json::object{{"alg", "HS256"}, {"kid", std::to_string(key_version)}, {"typ", "JWT"}});
}

std::optional<unsigned> parse_join_token_header(std::string_view text) {
    const auto header = parse_object(text);
    if (!header || header->size() != 3) return std::nullopt;
    const std::string_view kid = text_at(*header, "kid");
    unsigned version = 0;
    const auto [stop, error] = std::from_chars(kid.data(), kid.data() + kid.size(), version);
    const bool is_version = error == std::errc{} && stop == kid.data() + kid.size() && version > 0;
    const bool is_ours = text_at(*header, "alg") == "HS256" && text_at(*header, "typ") == "JWT";
    if (!is_version || !is_ours) return std::nullopt;
    return version;
}

std::string write_join_token_claims(const application::JoinTokenClaims& claims) {
    return json::serialize(json::object{{"iss", claims.issuer},
                                        {"tenantId", claims.tenant.text()},
                                        {"sessionId", claims.session.text()},
                                        {"participantId", claims.participant.text()},
                                        {"role", std::string{domain::to_wire(claims.role)}},
                                        {"jti", claims.jti},
                                        {"iat", to_unix_seconds(claims.issued_at)},
                                        {"nbf", to_unix_seconds(claims.window.valid_from)},
                                        {"exp", to_unix_seconds(claims.window.expires_at)}});
}

std::optional<application::JoinTokenClaims> parse_join_token_claims(std::string_view text) {
    const auto claims = parse_object(text);
    if (!claims) return std::nullopt;
    auto tenant = domain::TenantId::parse(text_at(*claims, "tenantId"));
    auto session = domain::SessionId::parse(text_at(*claims, "sessionId"));
    auto participant = domain::ParticipantId::parse(text_at(*claims, "participantId"));
    const auto role = domain::parse_wire<domain::Role>(text_at(*claims, "role"));
    const auto issuer = text_at(*claims, "iss");
    const auto jti = text_at(*claims, "jti");
    const auto issued_at = time_at(*claims, "iat");
    const auto valid_from = time_at(*claims, "nbf");
    const auto expires_at = time_at(*claims, "exp");
    const bool ids_are_right = tenant && session && participant && role && !issuer.empty() && !jti.empty();
    const bool times_are_right = issued_at && valid_from && expires_at;
    if (!ids_are_right || !times_are_right) return std::nullopt;
    return application::JoinTokenClaims{.issuer = std::string{issuer},
                                        .tenant = std::move(*tenant),
                                        .session = std::move(*session),
                                        .participant = std::move(*participant),
                                        .role = *role,
                                        .jti = std::string{jti},
                                        .issued_at = *issued_at,
                                        .window = {.valid_from = *valid_from, .expires_at = *expires_at}};
}

}  // namespace vcare::keys
