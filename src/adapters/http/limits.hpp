// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

namespace vcare::http {

/// Every bound of the listener; reaching one has a defined answer, given beside it.
struct Limits {
    std::size_t max_connections = 60'000;                 ///< one more is answered 429 and closed
    std::size_t max_requests_in_flight = 2'000;           ///< of one loop; one more is answered 429
    std::size_t max_head_bytes = std::size_t{16} * 1024;  ///< 431
    std::size_t max_header_fields = 100;                  ///< 431
    std::size_t max_body_bytes =
        std::size_t{256} * 1024;  ///< 413, where the operation does not say otherwise
    std::size_t max_stream_queue_bytes =
        std::size_t{256} * 1024;                 ///< of one live stream; a slower reader is closed
    std::size_t max_stream_backlog = 512;        ///< events one live stream has not looked at; it is closed
    std::chrono::seconds to_send_a_request{20};  ///< 408
    std::chrono::seconds between_requests{75};   ///< closed
    std::chrono::seconds to_take_an_answer{60};  ///< closed
    std::chrono::seconds between_heartbeats{15};
    std::chrono::seconds to_drain{20};  ///< then whatever is left is cut off
};

}  // namespace vcare::http
