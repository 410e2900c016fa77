// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "adapters/http_client/http_client.hpp"

namespace vcare::http_client {

/// A connection to the first address of the host that takes one: `refused` when none does, `timed_out` at
/// the deadline. Each address gets its share of the time, so that one that swallows everything does not hide
/// the next. `host` is a name or an address.
[[nodiscard]] Task<std::expected<boost::asio::ip::tcp::socket, Failure>> connect(std::string host,
                                                                                 std::uint16_t port,
                                                                                 Deadline deadline);

}  // namespace vcare::http_client
