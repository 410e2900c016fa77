// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "application/issue_join_token.hpp"
#include "application/tenant_authority.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"
#include "main/commands/offline.hpp"
#include "main/join_url.hpp"

namespace vcare::program {
namespace {

// Whoever can run this command can read the store anyhow; the audit log says that it was them.
application::StaffContext operator_in(domain::TenantId tenant) {
    domain::Caller caller{.user = *domain::UserId::parse("operator"), .tenant = tenant};
    caller.roles = {domain::StaffRole::admin};
    caller.scopes = {domain::Scope::session_create};
    return {std::move(caller), application::TenantAuthority::of_operator(std::move(tenant)), {}};
}

}  // namespace

ExitCode run(const LinkCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    const auto tenant = domain::TenantId::parse(command.tenant);
    const auto session = domain::SessionId::parse(command.session);
    const auto participant = domain::ParticipantId::parse(command.participant);
    if (!tenant || !session || !participant) {
        return say(ExitCode::used_wrongly,
                   "--tenant, --session (vsn_…) and --participant (vsp_…) must be ids");
    }

    Offline offline{*settings};
    application::IssueJoinToken issue{offline.services()};
    application::IssueJoinToken::Command asked{
        .session = *session, .participant = *participant, .ttl = command.ttl};
    const auto issued = offline.wait(issue(operator_in(*tenant), std::move(asked), {}));
    if (!issued) return say(issued.error());
    const std::string url = join_url(settings->server.public_url, issued->link.code);
    fmt::print("{}\n", command.json ? encode_link(issued->link, url) : url);
    return ExitCode::done;
}

}  // namespace vcare::program
