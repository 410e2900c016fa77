// SPDX-License-Identifier: Apache-2.0
#include "application/give_whereabouts.hpp"

#include <algorithm>

#include "application/ports/clock.hpp"
#include "application/ports/cryptography.hpp"
#include "application/ports/keys.hpp"

namespace vcare::application {

GiveWhereabouts::GiveWhereabouts(const Services& services) : services_(services), desk_(services) {
}

Task<Result<void>> GiveWhereabouts::operator()(VisitContext context, Command command, KeepAnswer<Done> keep) {
    const auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const domain::Participant* who = loaded->session.find(context.participant);
    const bool is_patient = who && who->role == domain::Role::patient;
    if (!is_patient) co_return refuse(ErrorCode::access_denied, "Only the patient says where they are.");
    const auto key = co_await services_.keys.current_key(context.scope, KeyPurpose::phi);
    if (!key) co_return std::unexpected{key.error()};
    WhereaboutsRecord record{
        .participant = context.participant,
        .sealed =
            services_.cryptography.seal(*key, to_sealed_text({command.address, command.callback_number}),
                                        whereabouts_bound_to(context.scope, context.participant)),
        .key_version = key->version,
        .delete_at =
            std::max(loaded->session.data().scheduled_end, services_.clock.now()) + whereabouts_kept};
    auto decide = [record, keep](LoadedSession&, UnitBuilder& unit) -> Result<void> {
        unit.unit().whereabouts.push_back(record);
        unit.keep(keep, Done{});
        return {};
    };
    const auto done = co_await desk_.change(std::move(context), "whereabouts.give", std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Result<void>{};
}

}  // namespace vcare::application
