// SPDX-License-Identifier: Apache-2.0
#include "application/session_desk.hpp"

#include "application/ports/clock.hpp"
#include "application/ports/licensing.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::application {

using domain::Session;
using domain::SessionData;
using domain::TenantScope;

namespace {

/// From one status to another, as the labels of the metric say it.
struct Move {
    std::string_view from;
    std::string_view to;
};

/// Only those of the sessions that come into another status, or into their first one.
std::vector<Move> moves_of(const UnitOfWork& unit) {
    std::vector<Move> moves;
    for (const SessionWrite& write : unit.sessions) {
        const auto before = write.change.status_before;
        if (before != write.after.status)
            moves.push_back(
                {before ? to_wire(*before) : std::string_view{"none"}, to_wire(write.after.status)});
    }
    return moves;
}

}  // namespace

std::unexpected<Error> refuse_stale(std::uint64_t current_version) {
    return std::unexpected{
        Error{.code = ErrorCode::optimistic_lock_conflict, .current_version = current_version}};
}

std::unexpected<Error> refuse_unavailable(ErrorCode code) {
    return std::unexpected{Error{.code = code, .retry_after = domain::seconds{5}}};
}

std::unexpected<Error> refuse_to_repeat() {
    return std::unexpected{Error{.code = ErrorCode::store_unavailable,
                                 .detail = "This Idempotency-Key was answered a moment ago.",
                                 .retry_after = domain::seconds{1}}};
}

Result<void> check_version(const SessionData& session, std::optional<std::uint64_t> given) {
    if (given && *given != session.version) return refuse_stale(session.version);
    return {};
}

Result<void> check_version_of_repeat(const SessionData& session, domain::SessionStatus leads_to,
                                     std::uint64_t version) {
    const bool is_repeat = session.status == leads_to;
    if (is_repeat && version >= 1 && version <= session.version) return {};
    return check_version(session, version);
}

Task<Result<LoadedSession>> SessionDesk::load(TenantScope scope, domain::SessionId id) {
    auto found = co_await services_.sessions.find_with_config(std::move(scope), std::move(id));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refuse(ErrorCode::session_not_found);
    co_return LoadedSession{Session::restore(std::move((*found)->session)), std::move((*found)->config)};
}

Task<Result<void>> SessionDesk::require_licence(TenantScope scope, std::optional<domain::NodeId> node) {
    const auto licensed = co_await services_.licensing.is_licensed(std::move(scope), std::move(node));
    if (!licensed) co_return std::unexpected{licensed.error()};
    if (!*licensed) co_return refuse(ErrorCode::module_not_licensed);
    co_return Result<void>{};
}

Task<Result<LoadedSession>> SessionDesk::load_for(StaffContext context, StaffCommand command) {
    if (const auto may = domain::require(context.caller, command.scope); !may)
        co_return std::unexpected{may.error()};
    co_return co_await load(context.scope, command.session);
}

Task<Result<LoadedSession>> SessionDesk::open(StaffContext context, StaffCommand command) {
    auto loaded = co_await load_for(context, command);
    if (command.starts_something_new) {
        // Refused before everything else, yet only the session says which facility it is about.
        const auto node = loaded ? loaded->session.data().node : std::nullopt;
        const auto licensed = co_await require_licence(context.scope, node);
        if (!licensed) co_return std::unexpected{licensed.error()};
    }
    if (!loaded) co_return std::unexpected{loaded.error()};

    if (command.participant && !loaded->session.find(*command.participant))
        co_return refuse(ErrorCode::participant_not_found);
    const SessionData& session = loaded->session.data();
    const bool may_any = context.caller.has(domain::StaffRole::admin) || !command.own_sessions_only;
    const bool in_reach = domain::reaches(context.caller, session);
    if (!in_reach || (!may_any && !domain::takes_part(context.caller, session)))
        co_return refuse(ErrorCode::access_denied, "This session is out of the caller's reach.");
    if (const auto same = check_version(session, command.version); !same)
        co_return std::unexpected{same.error()};
    co_return std::move(*loaded);
}

Task<Result<SessionData>> SessionDesk::change(StaffContext context, StaffCommand command, Decide decide,
                                              KeepAnswer<SessionData> keep) {
    return change_as({.scope = context.scope,
                      .load = [this, context, command] { return open(context, command); },
                      .request = context.request,
                      .actor = context.caller.user.text(),
                      .action = command.action},
                     std::move(decide), std::move(keep));
}

Task<Result<SessionData>> SessionDesk::change(VisitContext context, std::string action, Decide decide) {
    return change_as({.scope = context.scope,
                      .load = [this, context] { return load(context.scope, context.session); },
                      .request = context.request,
                      .actor = context.participant.text(),
                      .action = std::move(action)},
                     std::move(decide), {});
}

Task<Result<SessionData>> SessionDesk::change(TenantScope scope, domain::SessionId id,
                                              domain::Occasion occasion, Decide decide) {
    return change_as({.scope = scope,
                      .load = [this, scope, id] { return load(scope, id); },
                      .request = {.trace = scope.trace()},
                      .actor = std::move(occasion.actor),
                      .at = occasion.at},
                     std::move(decide), {});
}

Task<Result<SessionData>> SessionDesk::change_as(Asked asked, Decide decide, KeepAnswer<SessionData> keep) {
    std::uint64_t version = 0;
    auto try_once = [this, asked, decide, keep, &version] {
        return try_change(asked, decide, keep, &version);
    };
    auto tried = co_await try_until_settled<SessionData>(std::move(try_once));
    co_return settled_or(std::move(tried), refuse_stale(version));
}

Task<Result<std::optional<SessionData>>> SessionDesk::try_change(Asked asked, Decide decide,
                                                                 KeepAnswer<SessionData> keep,
                                                                 std::uint64_t* version) {
    auto loaded = co_await asked.load();
    if (!loaded) co_return std::unexpected{loaded.error()};
    const domain::Instant at = asked.at.value_or(services_.clock.now());
    UnitBuilder unit{services_, std::move(asked.request), {at, std::move(asked.actor)}};
    if (const auto decided = decide(*loaded, unit); !decided) co_return std::unexpected{decided.error()};

    Session& session = loaded->session;
    *version = session.data().version;
    unit.add(session, loaded->config);
    if (!asked.action.empty()) unit.audit(asked.action, session.data().id, session.data().patient);
    unit.keep(keep, session.data());
    const auto is_done = co_await settle(asked.scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    co_return *is_done ? std::optional{session.data()} : std::nullopt;
}

Task<Result<CommitOutcome>> SessionDesk::commit(TenantScope scope, UnitOfWork unit) {
    const std::vector<Move> moves = moves_of(unit);
    const domain::TenantId tenant = scope.tenant();
    const auto outcome = co_await services_.units.commit(std::move(scope), std::move(unit));
    services_.telemetry.count(Metric::store_transactions,
                              {{"result", !outcome                          ? "failed"
                                          : *outcome == CommitOutcome::done ? "done"
                                                                            : "stale"}});
    if (outcome && *outcome == CommitOutcome::done) {
        for (const auto& [from, to] : moves)
            services_.telemetry.count_of(tenant.text(), Metric::session_transitions,
                                         {{"from", from}, {"to", to}});
    }
    co_return outcome;
}

Task<Result<bool>> SessionDesk::settle(TenantScope scope, UnitOfWork unit) {
    const auto outcome = co_await commit(std::move(scope), std::move(unit));
    if (!outcome) co_return std::unexpected{outcome.error()};
    if (*outcome == CommitOutcome::answered_before) co_return refuse_to_repeat();
    co_return *outcome == CommitOutcome::done;
}

}  // namespace vcare::application
