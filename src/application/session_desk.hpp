// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "application/ports/session_store.hpp"
#include "application/ports/tenant_store.hpp"
#include "application/unit_builder.hpp"

namespace vcare::application {

/// A session with the configuration that rules it.
struct LoadedSession {
    domain::Session session;
    domain::TenantConfig config;
};

/// What every staff command on a session has in common.
struct StaffCommand {
    domain::SessionId session;
    domain::Scope scope{};
    std::optional<std::uint64_t> version = {};  ///< what the client thinks the session's version is
    std::optional<domain::ParticipantId> participant = {};  ///< of this session, or nothing is there
    bool own_sessions_only = false;                         ///< unless the caller is an admin
    bool starts_something_new = false;                      ///< then the licence is asked for
    std::string action;                                     ///< for the audit log, such as `session.end`
};

/// How often a command is decided again when somebody else was quicker, before it is refused.
inline constexpr int max_tries = 8;

/// One try at a command: its answer, or nothing when somebody else was quicker and all is to be decided
/// again.
template <class Answer>
using Try = std::function<Task<Result<std::optional<Answer>>>()>;

/// Tries until there is an answer or a refusal; nothing when somebody was quicker `max_tries` times.
template <class Answer>
[[nodiscard]] Task<Result<std::optional<Answer>>> try_until_settled(Try<Answer> try_once) {
    for (int i = 0; i < max_tries; ++i) {
        auto tried = co_await try_once();
        const bool is_settled = !tried || *tried;
        if (is_settled) co_return tried;
    }
    co_return std::optional<Answer>{};
}

/// The answer of what was tried, or `refusal` when there is none.
template <class Answer>
[[nodiscard]] Result<Answer> settled_or(Result<std::optional<Answer>> tried, std::unexpected<Error> refusal) {
    if (!tried) return std::unexpected{std::move(tried.error())};
    if (!*tried) return refusal;
    return std::move(**tried);
}

/// The steps that all commands on a session share, in the order a client may rely on: licence, role and
/// scope, existence, reach, version; then the decision, a plain function; then one unit of work.
class SessionDesk {
  public:
    explicit SessionDesk(const Services& services) : services_(services) {}

    /// `session_not_found` for an unknown and for a foreign id alike.
    [[nodiscard]] Task<Result<LoadedSession>> load(domain::TenantScope scope, domain::SessionId id);

    /// Everything up to the decision. Refuses in the order above.
    [[nodiscard]] Task<Result<LoadedSession>> open(StaffContext context, StaffCommand command);

    /// Decides with no await between load and decision, commits, and tries again when it was stale.
    using Decide = std::function<Result<void>(LoadedSession&, UnitBuilder&)>;
    [[nodiscard]] Task<Result<domain::SessionData>> change(StaffContext context, StaffCommand command,
                                                           Decide decide,
                                                           KeepAnswer<domain::SessionData> keep = {});

    /// The same for a participant's own command: no scope, no reach, no licence.
    [[nodiscard]] Task<Result<domain::SessionData>> change(VisitContext context, std::string action,
                                                           Decide decide);

    /// The same for a worker.
    [[nodiscard]] Task<Result<domain::SessionData>> change(domain::TenantScope scope, domain::SessionId id,
                                                           domain::Occasion occasion, Decide decide);

    /// Writes the unit, and counts transitions. `stale` means: load and decide again.
    [[nodiscard]] Task<Result<CommitOutcome>> commit(domain::TenantScope scope, UnitOfWork unit);

    /// The last step of a try: writes the unit. False when it was stale; `refuse_to_repeat` when its key was
    /// answered meanwhile.
    [[nodiscard]] Task<Result<bool>> settle(domain::TenantScope scope, UnitOfWork unit);

    /// Refuses as `module_not_licensed` when the facility, or without one the tenant, has no licence.
    [[nodiscard]] Task<Result<void>> require_licence(domain::TenantScope scope,
                                                     std::optional<domain::NodeId> node);

  private:
    /// What a change has to know of whoever asks for it.
    struct Asked {
        domain::TenantScope scope;
        std::function<Task<Result<LoadedSession>>()> load;
        RequestContext request = {};
        std::string actor;
        std::optional<domain::Instant> at = {};  ///< absent: when it is decided
        std::string action = {};                 ///< for the audit log; empty: no entry
    };
    /// The session, for whoever may have it looked up.
    Task<Result<LoadedSession>> load_for(StaffContext context, StaffCommand command);
    Task<Result<domain::SessionData>> change_as(Asked asked, Decide decide,
                                                KeepAnswer<domain::SessionData> keep);
    /// Puts the version it found into `version`, for a refusal that has to name it.
    Task<Result<std::optional<domain::SessionData>>> try_change(Asked asked, Decide decide,
                                                                KeepAnswer<domain::SessionData> keep,
                                                                std::uint64_t* version);
    Services services_;
};

/// For a try that lost: the refusal a client gets when trying again did not help either.
[[nodiscard]] std::unexpected<Error> refuse_stale(std::uint64_t current_version);

/// For a unit whose idempotency key another replica answered meanwhile: asked again, the kept answer is
/// there.
[[nodiscard]] std::unexpected<Error> refuse_to_repeat();

/// 503 with Retry-After.
[[nodiscard]] std::unexpected<Error> refuse_unavailable(ErrorCode code);

/// A client's version against the session's: nothing given fits, anything else must be equal.
[[nodiscard]] Result<void> check_version(const domain::SessionData& session,
                                         std::optional<std::uint64_t> given);

/// The same for a command that ends in `leads_to`: a repeat of what is done already is fine with any version
/// that was ever the session's.
[[nodiscard]] Result<void> check_version_of_repeat(const domain::SessionData& session,
                                                   domain::SessionStatus leads_to, std::uint64_t version);

}  // namespace vcare::application
