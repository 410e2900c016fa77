// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/link_authentication.hpp"
#include "application/session_desk.hpp"
#include "application/visit_view.hpp"

namespace vcare::application {

struct LinkPreview {
    domain::LinkState state{};
    domain::Branding branding;
    std::string time_zone;
    std::optional<domain::ParticipantId> participant = {};  ///< with `resume` only
    struct Open {
        domain::Instant valid_from;
        domain::Instant scheduled_start;
        domain::Instant scheduled_end;
        domain::Phi<std::string> provider_name;
        domain::Role role{};
        std::string language;
        bool whereabouts_required = false;  ///< the patient is asked to say where they are
        std::vector<ConsentView> consents;
    };
    std::optional<Open> open = {};  ///< with `open` and `early` only
};

/// What a link's page shows before anything is used up. `live_seat` is the participant whose live cookie
/// came with the request.
class PreviewLink {
  public:
    explicit PreviewLink(const Services& services) : services_(services), desk_(services) {}
    [[nodiscard]] Task<Result<LinkPreview>> operator()(LinkHolder holder,
                                                       std::optional<domain::ParticipantId> live_seat);

  private:
    Services services_;
    SessionDesk desk_;
};

}  // namespace vcare::application
