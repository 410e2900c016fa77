// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/token_codec.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include <boost/json.hpp>

#include "adapters/crypto/encoding.hpp"

namespace vcare::identity {
namespace {

namespace json = boost::json;

constexpr std::size_t kid_characters_max = 256;
constexpr std::size_t list_items_max = 200;
constexpr std::size_t depth_max = 8;

json::string_view to_json(std::string_view text) {
    return {text.data(), text.size()};
}

std::string_view text_of(const json::value& value) {
    return {value.get_string().data(), value.get_string().size()};
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::optional<json::object> parse_object(std::string_view text) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = depth_max;
    json::value value = json::parse(to_json(text), error, {}, options);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

/// One reference token of a JSON pointer (RFC 6901, section 4).
std::string unescaped(std::string_view token) {
    std::string name;
    for (std::size_t i = 0; i < token.size(); ++i) {
        const bool is_escaped = token[i] == '~' && i + 1 < token.size();
        if (is_escaped) ++i;
        name += !is_escaped ? token[i] : token[i] == '1' ? '/' : '~';
    }
    return name;
}

/// A member by its name, or by a pointer when the name starts with `/`.
const json::value* find(const json::object& object, std::string_view name) {
    if (!name.starts_with('/')) return object.if_contains(to_json(name));
    const json::value* found = nullptr;
    const json::object* inside = &object;
    while (!name.empty()) {
        name.remove_prefix(1);
        const auto end = std::min(name.find('/'), name.size());
        if (inside == nullptr) return nullptr;
        found = inside->if_contains(unescaped(name.substr(0, end)));
        if (found == nullptr) return nullptr;
        inside = found->if_object();
        name.remove_prefix(end);
    }
    return found;
}

std::string text_at(const json::object& object, std::string_view name) {
    const json::value* const value = find(object, name);
    return value != nullptr && value->is_string() ? std::string{text_of(*value)} : std::string{};
}

/// Absent: an empty list. Nothing when it is no list of strings, or an overlong one.
std::optional<std::vector<std::string>> texts_at(const json::object& object, std::string_view name) {
    const json::value* const value = find(object, name);
    if (value == nullptr) return std::vector<std::string>{};
    const bool is_list = value->is_array() && value->get_array().size() <= list_items_max;
    if (!is_list || !std::ranges::all_of(value->get_array(), &json::value::is_string)) return std::nullopt;
    std::vector<std::string> texts;
    for (const json::value& item : value->get_array()) texts.emplace_back(text_of(item));
    return texts;
}

/// One string or a list of them (RFC 7519, section 4.1.3). Nothing when it is neither.
std::optional<std::vector<std::string>> one_or_more_at(const json::object& object, std::string_view name) {
    if (std::string one = text_at(object, name); !one.empty()) return std::vector{std::move(one)};
    return texts_at(object, name);
}

/// What all the places say; nothing when one of them has something else.
std::optional<std::vector<std::string>> roles_at(const json::object& claims,
                                                 const std::vector<std::string>& places) {
    std::vector<std::string> roles;
    for (const std::string& place : places) {
        auto more = one_or_more_at(claims, place);
        if (!more) return std::nullopt;
        std::ranges::move(*more, std::back_inserter(roles));
    }
    return roles;
}

/// Words between spaces (RFC 6749, section 3.3), or a list of them, as some issuers have it.
std::string scope_at(const json::object& claims, std::string_view name) {
    std::string scope;
    for (const std::string& word : one_or_more_at(claims, name).value_or(std::vector<std::string>{}))
        scope += (scope.empty() ? "" : " ") + word;
    return scope;
}

/// ID tokens and logout tokens may have the same header, issuer, key and even audience as access tokens.
/// Keycloak says what each of its tokens is in a claim `typ`; its access tokens may have a nonce.
bool is_of_another_kind(const json::object& claims) {
    std::string kind = text_at(claims, "typ");
    std::ranges::transform(kind, kind.begin(), to_lower);
    if (!kind.empty()) return kind != "bearer" && kind != "at+jwt";
    return std::ranges::any_of(std::array{"nonce", "at_hash", "c_hash", "s_hash", "events"},
                               [&](const char* name) { return claims.contains(name); });
}

/// NumericDate: seconds, possibly with a fraction (RFC 7519, section 2).
std::optional<domain::Instant> time_of(const json::value& value) {
    constexpr double year_9999 = 253'402'300'799;
    if (!value.is_number()) return std::nullopt;
    const auto seconds = value.to_number<double>();
    if (!std::isfinite(seconds) || seconds < 0 || seconds > year_9999) return std::nullopt;
    return domain::from_unix_ms(static_cast<std::int64_t>(seconds * 1000));
}

/// OpenID Connect Front-Channel Logout, section 3; `session_state` in Keycloak up to 24.
std::string session_at(const json::object& claims) {
    std::string session = text_at(claims, "sid");
    return session.empty() ? text_at(claims, "session_state") : session;
}

bool is_type_of_access_tokens(const json::value& value) {
    if (!value.is_string()) return false;
    std::string type{text_of(value)};
    std::ranges::transform(type, type.begin(), to_lower);
    return type == "jwt" || type == "at+jwt" || type == "application/at+jwt";
}

std::optional<crypto::PublicKey> parse_jwk(const json::object& jwk) {
    const auto bytes_at = [&](std::string_view name) {
        return crypto::parse_base64url(text_at(jwk, name)).value_or(std::string{});
    };
    const bool is_for_signatures = !jwk.contains("use") || text_at(jwk, "use") == "sig";
    const std::string type = text_at(jwk, "kty");
    const std::string algorithm = text_at(jwk, "alg");
    if (!is_for_signatures) return std::nullopt;
    if (type == "EC" && text_at(jwk, "crv") == "P-256" && (algorithm.empty() || algorithm == "ES256"))
        return crypto::PublicKey::of_p256(bytes_at("x"), bytes_at("y"));
    if (type == "RSA" && (algorithm.empty() || algorithm == "RS256"))
        return crypto::PublicKey::of_rsa(bytes_at("n"), bytes_at("e"));
    return std::nullopt;
}

std::int64_t to_unix_seconds(domain::Instant at) {
    return std::chrono::floor<domain::seconds>(at).time_since_epoch().count();
}

}  // namespace

std::expected<TokenHeader, Reason> parse_token_header(std::string_view text) {
    const auto header = parse_object(text);
    if (!header) return std::unexpected{"The token's header is no JSON object."};

    TokenHeader parsed{.kid = text_at(*header, "kid")};
    const std::string algorithm = text_at(*header, "alg");
    if (algorithm == "ES256") {
        parsed.algorithm = crypto::SignatureAlgorithm::es256;
    } else if (algorithm == "RS256") {
        parsed.algorithm = crypto::SignatureAlgorithm::rs256;
    } else {
        return std::unexpected{"The token is not signed with RS256 or ES256."};
    }
    const json::value* const type = header->if_contains("typ");
    if (type != nullptr && !is_type_of_access_tokens(*type))
        return std::unexpected{"The token's type is not that of an access token."};
    if (header->contains("crit")) return std::unexpected{"The token wants extensions to be understood."};
    if (parsed.kid.empty() || parsed.kid.size() > kid_characters_max)
        return std::unexpected{"The token does not name its key."};
    return parsed;
}

std::optional<std::string> peek_issuer(std::string_view text) {
    const auto claims = parse_object(text);
    if (!claims) return std::nullopt;
    return text_at(*claims, "iss");
}

std::expected<TokenClaims, Reason> parse_token_claims(std::string_view text, const ClaimNames& names) {
    const auto claims = parse_object(text);
    if (!claims) return std::unexpected{"The token's claims are no JSON object."};

    const json::value* const exp = claims->if_contains("exp");
    const auto expires_at = exp != nullptr ? time_of(*exp) : std::nullopt;
    if (!expires_at) return std::unexpected{"The token does not say when it expires."};

    const json::value* const iat = claims->if_contains("iat");
    const auto issued_at = iat != nullptr ? time_of(*iat) : std::nullopt;
    if (iat != nullptr && !issued_at)
        return std::unexpected{"The token does not say rightly when it was issued."};

    const json::value* const nbf = claims->if_contains("nbf");
    const auto not_before = nbf != nullptr ? time_of(*nbf) : std::nullopt;
    if (nbf != nullptr && !not_before)
        return std::unexpected{"The token does not say rightly from when it is valid."};

    if (is_of_another_kind(*claims)) return std::unexpected{"This is no access token."};

    auto roles = roles_at(*claims, names.roles);
    auto nodes = texts_at(*claims, names.nodes);
    if (!roles || !nodes) return std::unexpected{"The token's roles or facilities are no list of words."};

    return TokenClaims{.audiences = one_or_more_at(*claims, "aud").value_or(std::vector<std::string>{}),
                       .subject = text_at(*claims, names.subject),
                       .tenant = text_at(*claims, names.tenant),
                       .roles = std::move(*roles),
                       .scope = scope_at(*claims, names.scope),
                       .nodes = std::move(*nodes),
                       .name = text_at(*claims, names.name),
                       .client = text_at(*claims, "azp"),
                       .session = session_at(*claims),
                       .expires_at = *expires_at,
                       .issued_at = issued_at,
                       .not_before = not_before};
}

std::optional<KeysById> parse_jwks(std::string_view text) {
    const auto set = parse_object(text);
    const json::value* const list = set ? set->if_contains("keys") : nullptr;
    if (list == nullptr || !list->is_array()) return std::nullopt;
    KeysById keys;
    for (const json::value& item : list->get_array()) {
        if (!item.is_object()) continue;
        std::string kid = text_at(item.get_object(), "kid");
        auto key = parse_jwk(item.get_object());
        if (key && !kid.empty()) keys.emplace(std::move(kid), std::move(*key));
    }
    return keys;
}

std::string write_jwks(const crypto::Es256Key::Point& point, std::string_view kid) {
    const json::object key{{"kty", "EC"},
                           {"crv", "P-256"},
                           {"x", crypto::to_base64url(point.x)},
                           {"y", crypto::to_base64url(point.y)},
                           {"use", "sig"},
                           {"alg", "ES256"},
                           {"kid", to_json(kid)}};
    return json::serialize(json::object{{"keys", json::array{key}}});
}

std::string write_thumbprint_input(const crypto::Es256Key::Point& point) {
    return json::serialize(json::object{{"crv", "P-256"},
                                        {"kty", "EC"},
                                        {"x", crypto::to_base64url(point.x)},
                                        {"y", crypto::to_base64url(point.y)}});
}

std::string write_token_header(std::string_view kid) {
    return json::serialize(json::object{{"alg", "ES256"}, {"kid", to_json(kid)}, {"typ", "at+jwt"}});
}

std::string write_token_claims(const IssuedClaims& claims) {
    json::object object{{"iss", claims.issuer},
                        {"aud", claims.audience},
                        {"sub", claims.subject},
                        {"tenantId", claims.tenant},
                        {"roles", json::value_from(claims.roles)},
                        {"scope", claims.scope},
                        {"jti", claims.token_id},
                        {"iat", to_unix_seconds(claims.issued_at)},
                        {"nbf", to_unix_seconds(claims.issued_at)},
                        {"exp", to_unix_seconds(claims.expires_at)}};
    if (!claims.nodes.empty()) object["nodeIds"] = json::value_from(claims.nodes);
    if (!claims.name.empty()) object["name"] = claims.name;
    return json::serialize(object);
}

}  // namespace vcare::identity
