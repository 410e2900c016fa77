// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "application/task.hpp"
#include "domain/session.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::application {

struct BackendHealth {
    bool healthy = false;
    std::string reason = {};  ///< for operators, when unhealthy
    domain::Instant checked_at = {};
};

struct Room {
    std::string name;  ///< `[a-z0-9-]`, at least 128 random bits, no PHI, never used again
    std::string url;
};

/// RTCIceServer of WebRTC (https://www.w3.org/TR/webrtc/#dom-rtciceserver).
struct IceServer {
    std::vector<std::string> urls;
    std::string username = {};
    std::string credential = {};
};

/// What one person needs to enter the media of an embedded visit.
struct VideoCredential {
    std::vector<IceServer> ice_servers;
};

/// Where the pictures and the sound go.
class VideoBackend {
  public:
    virtual ~VideoBackend() = default;

    [[nodiscard]] virtual std::string name() const = 0;
    /// How many people one visit can carry; the smaller of this and the tenant's setting counts.
    [[nodiscard]] virtual unsigned max_participants() const = 0;

    /// The regions that media can be held to: what a clinic may name as its `mediaRegion`.
    [[nodiscard]] virtual std::vector<std::string> media_regions() const = 0;

    /// The verdict now on what visits of a clinic with this media region need (empty: with none), at most 2 s
    /// of asking; unhealthy where the region is not known. `video_provider_unavailable` is the caller's to
    /// say.
    [[nodiscard]] virtual Task<BackendHealth> health_in(std::string media_region) = 0;
    /// Healthy when it is so in every region and without one.
    [[nodiscard]] virtual Task<BackendHealth> health() = 0;

    [[nodiscard]] virtual Task<Result<Room>> provision_room(domain::TenantScope scope,
                                                            domain::SessionId session) = 0;
    /// Gives a room back, when the session was not made after all. Repeating it is harmless.
    [[nodiscard]] virtual Task<Result<void>> release_room(domain::TenantScope scope,
                                                          std::string room_name) = 0;

    /// For somebody admitted only; valid until the visit's scheduled end plus one hour. It names no server
    /// outside the clinic's media region.
    [[nodiscard]] virtual Task<Result<VideoCredential>> credential(domain::TenantScope scope,
                                                                   domain::SessionData session,
                                                                   domain::ParticipantId participant,
                                                                   std::string media_region) = 0;
};

}  // namespace vcare::application
