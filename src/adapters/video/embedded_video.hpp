// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "application/ports/clock.hpp"
#include "application/ports/randomness.hpp"
#include "application/ports/video_backend.hpp"

namespace vcare::video {

/// The servers that help browsers to reach each other.
struct IceServers {
    std::vector<std::string> stun_urls = {};  ///< `stun:host[:port]` (RFC 7064)
    std::vector<std::string> turn_urls =
        {};  ///< `turn:host[:port][?transport=udp|tcp]`, `turns:…` (RFC 7065)
};

struct EmbeddedVideoSettings {
    std::string room_url_base = {};                   ///< a room's URL is this, a slash and its name
    IceServers servers = {};                          ///< of clinics that name no media region
    std::map<std::string, IceServers> regional = {};  ///< by media region
    std::string turn_secret = {};                     ///< that all TURN servers share with the service
};

/// Throws `std::invalid_argument` with a sentence when a URL is none. The ports outlive it.
[[nodiscard]] std::unique_ptr<application::VideoBackend> make_embedded_video(
    EmbeddedVideoSettings settings, application::Clock& clock, application::Randomness& randomness);

}  // namespace vcare::video
