// SPDX-License-Identifier: Apache-2.0
#include "application/send_signal.hpp"

#include "application/visit_commands.hpp"

namespace vcare::application {

SendSignal::SendSignal(const Services& services) : services_(services), desk_(services) {
}

Task<Result<void>> SendSignal::operator()(VisitContext context, Command command, KeepAnswer<Done> keep) {
    auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    if (!find_in_the_visit(*loaded, context.participant)) co_return refuse_before_admission();
    const bool is_peer = command.to != context.participant && find_in_the_visit(*loaded, command.to);
    if (!is_peer) co_return refuse(ErrorCode::participant_not_found);
    const auto entered = co_await reach_for_media(&desk_, context, *std::move(loaded));
    if (!entered) co_return std::unexpected{entered.error()};
    // First kept, then sent: a repeat finds its answer, and a peer never gets one signal twice.
    if (keep.key) {
        const auto kept = co_await keep_alone(services_, context, std::move(keep), Done{});
        if (!kept) co_return std::unexpected{kept.error()};
    }
    services_.live.send({.tenant = context.scope.tenant(),
                         .session = context.session,
                         .from = context.participant,
                         .to = std::move(command.to),
                         .kind = std::move(command.kind),
                         .payload = std::move(command.payload)});
    co_return Result<void>{};
}

}  // namespace vcare::application
