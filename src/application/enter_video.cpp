// SPDX-License-Identifier: Apache-2.0
#include "application/enter_video.hpp"

#include "application/visit_commands.hpp"

namespace vcare::application {

EnterVideo::EnterVideo(const Services& services) : services_(services), desk_(services) {
}

Task<Result<EnterVideo::Access>> EnterVideo::operator()(VisitContext context) {
    auto loaded = co_await desk_.load(context.scope, context.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    if (!find_in_the_visit(*loaded, context.participant)) co_return refuse_before_admission();
    std::string media_region = loaded->config.media_region;
    const auto session = co_await reach_for_media(&desk_, context, *std::move(loaded));
    if (!session) co_return std::unexpected{session.error()};
    auto credential = co_await services_.video.credential(context.scope, *session, context.participant,
                                                          std::move(media_region));
    if (!credential) co_return std::unexpected{credential.error()};
    Access access{.backend = session->video_backend, .ice_servers = std::move(credential->ice_servers)};
    for (const domain::Participant& other : session->participants) {
        if (other.id != context.participant && other.is_in_the_visit())
            access.peers.push_back({other.id, other.role});
    }
    co_return access;
}

}  // namespace vcare::application
