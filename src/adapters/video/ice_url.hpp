// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vcare::video {

enum class IceTransport { udp, tcp };

/// The parts of a STUN or TURN URL (RFC 7064, RFC 7065).
struct IceUrl {
    std::string scheme;  ///< `stun`, `stuns`, `turn` or `turns`
    std::string host;    ///< without the brackets of an IPv6 address
    std::string port;
    IceTransport transport = IceTransport::udp;

    friend bool operator==(const IceUrl&, const IceUrl&) = default;
};

[[nodiscard]] std::optional<IceUrl> parse_ice_url(std::string_view text);

}  // namespace vcare::video
