// SPDX-License-Identifier: Apache-2.0
#include "application/add_participant.hpp"

#include <algorithm>

#include "application/ports/video_backend.hpp"

namespace vcare::application {

using domain::Scope;

AddParticipant::AddParticipant(const Services& services)
    : services_(services), desk_(services), ids_(services.clock, services.randomness) {
}

Task<Result<AddParticipant::Added>> AddParticipant::operator()(StaffContext context, Command command,
                                                               KeepAnswer<Added> keep) {
    const auto id = ids_.next<domain::ParticipantId>();
    const unsigned backend_carries = services_.video.max_participants();
    StaffCommand staff{.session = command.session,
                       .scope = Scope::session_create,
                       .version = command.version,
                       .starts_something_new = true,
                       .action = "participant.add"};
    auto decide = [command, id, backend_carries, keep](LoadedSession& loaded,
                                                       UnitBuilder& unit) -> Result<void> {
        domain::NewParticipant person{.id = id,
                                      .role = command.role,
                                      .user_id = command.user,
                                      .display_name = command.display_name,
                                      .contact = command.contact,
                                      .language = command.language};
        if (command.linked_to == "patient") {
            person.linked_to = loaded.session.patient().id;
        } else if (command.linked_to) {
            person.linked_to = domain::ParticipantId::parse(*command.linked_to);
            if (!person.linked_to)
                return domain::refuse_field("/linkedTo", "must be `patient` or the id of a participant");
        }
        const unsigned most = std::min(loaded.config.max_participants, backend_carries);
        if (const auto added = loaded.session.add_participant(std::move(person), most, unit.occasion());
            !added)
            return added;
        unit.keep(keep, Added{loaded.session.data(), id});
        return {};
    };
    auto done = co_await desk_.change(std::move(context), std::move(staff), std::move(decide));
    if (!done) co_return std::unexpected{done.error()};
    co_return Added{std::move(*done), id};
}

}  // namespace vcare::application
