// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "adapters/identity/embedded_issuer.hpp"
#include "adapters/keys/key_folder.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"

namespace vcare::program {
namespace {

using domain::Scope;
using domain::StaffRole;

template <class Word>
std::expected<domain::EnumSet<Word>, std::string> parse_words(const std::vector<std::string>& texts) {
    domain::EnumSet<Word> words;
    for (const std::string& text : texts) {
        const auto word = domain::parse_wire<Word>(text);
        if (!word) return std::unexpected{text};
        words.insert(*word);
    }
    return words;
}

std::expected<identity::StaffTokenClaims, std::string> claims_of(const TokenStaffCommand& command) {
    const auto tenant = domain::TenantId::parse(command.tenant);
    const auto user = domain::UserId::parse(command.sub);
    if (!tenant) return std::unexpected{"--tenant is not an id"};
    if (!user) return std::unexpected{"--sub is not an id"};
    const auto roles = parse_words<StaffRole>(command.roles);
    if (!roles) return std::unexpected{"--role does not know " + roles.error()};
    const auto scopes = parse_words<Scope>(command.scopes);
    if (!scopes) return std::unexpected{"--scope does not know " + scopes.error()};
    if (command.ttl.count() < 1) return std::unexpected{"--ttl must be at least 1 second"};

    identity::StaffTokenClaims claims{.user = *user, .tenant = *tenant, .roles = *roles};
    if (!scopes->empty()) claims.scopes = *scopes;
    for (const std::string& text : command.nodes) {
        const auto node = domain::NodeId::parse(text);
        if (!node) return std::unexpected{"--node is not an id: " + text};
        claims.nodes.push_back(*node);
    }
    claims.name = command.name;
    claims.issued_at = std::chrono::floor<domain::milliseconds>(std::chrono::system_clock::now());
    claims.ttl = command.ttl;
    return claims;
}

}  // namespace

ExitCode run(const TokenStaffCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    if (settings->production) return say(ExitCode::failed, "production has an issuer of its own");
    if (!is_embedded_issuer(*settings))
        return say(ExitCode::failed, "identity.issuer is an OIDC provider, which signs its tokens itself");
    const auto claims = claims_of(command);
    if (!claims) return say(ExitCode::used_wrongly, claims.error());

    const keys::KeyFolder folder{issuer_folder(*settings)};
    const identity::EmbeddedIssuer issuer{folder.signing_key("issuer"), settings->identity.audience};
    const std::string token = issuer.sign(*claims);
    if (command.json) {
        fmt::print("{}\n", encode_token(token, claims->issued_at + claims->ttl));
    } else {
        fmt::print("{}\n", token);
    }
    return ExitCode::done;
}

}  // namespace vcare::program
