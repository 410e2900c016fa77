// SPDX-License-Identifier: Apache-2.0
#include "application/join_as_staff.hpp"

#include "application/ports/clock.hpp"

namespace vcare::application {
namespace {

using domain::Participant;
using domain::Role;

}  // namespace

JoinAsStaff::JoinAsStaff(const Services& services)
    : services_(services), desk_(services), entrance_(services) {
}

Task<Result<Joined>> JoinAsStaff::operator()(StaffContext context, Command command, KeepAnswer<Joined> keep) {
    auto once = [this, context, command, keep] { return try_once(context, command, keep); };
    auto tried = co_await try_until_settled<Joined>(std::move(once));
    co_return settled_or(std::move(tried), refuse_unavailable(ErrorCode::store_unavailable));
}

Task<Result<std::optional<Joined>>> JoinAsStaff::try_once(StaffContext context, Command command,
                                                          KeepAnswer<Joined> keep) {
    if (const auto may = domain::require(context.caller, domain::Scope::session_read); !may)
        co_return std::unexpected{may.error()};
    auto loaded = co_await desk_.load(context.scope, command.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    domain::Session& session = loaded->session;
    const Participant* seat = session.find(command.participant);
    if (!seat) co_return refuse(ErrorCode::participant_not_found);
    const bool is_own = seat->user_id == context.caller.user && seat->role != Role::patient;
    const bool is_free_seat = seat->role == Role::provider && !seat->user_id;
    const bool is_clinical = domain::require(context.caller, domain::Scope::session_admit).has_value();
    if (!is_own && !(is_free_seat && is_clinical))
        co_return refuse(ErrorCode::access_denied, "This seat is somebody else's.");
    if (is_free_seat) {
        if (const auto taken = session.take_seat(seat->id, context.caller.user); !taken)
            co_return std::unexpected{taken.error()};
    }
    UnitBuilder unit{services_, context.request, {services_.clock.now(), context.caller.user.text()}};
    Entrance::Newcomer newcomer{.scope = context.scope, .participant = command.participant, .key = keep.key};
    auto joined = co_await entrance_.come_in(std::move(newcomer), &*loaded, &unit);
    if (!joined) co_return std::unexpected{joined.error()};
    unit.keep(keep, *joined);
    const auto is_done = co_await desk_.settle(context.scope, unit.take());
    if (!is_done) co_return std::unexpected{is_done.error()};
    co_return *is_done ? std::optional{std::move(*joined)} : std::nullopt;
}

}  // namespace vcare::application
