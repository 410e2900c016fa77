// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/video_backend.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// Hands an admitted participant what the media needs; on the embedded backend that is what makes them
/// `active`. `access_denied` before admission.
class EnterVideo {
  public:
    explicit EnterVideo(const Services& services);
    struct Peer {
        domain::ParticipantId id;
        domain::Role role{};
    };
    struct Access {
        std::string backend;
        std::vector<IceServer> ice_servers;
        std::vector<Peer> peers;
    };
    [[nodiscard]] Task<Result<Access>> operator()(VisitContext context);

  private:
    Services services_;
    SessionDesk desk_;
};

}  // namespace vcare::application
