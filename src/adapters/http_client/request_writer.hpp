// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "adapters/http_client/http_client.hpp"

namespace vcare::http_client {

/// The request as bytes. Nothing when a name or a value in it could be read as more than one line.
[[nodiscard]] std::optional<std::string> write_request(const Request& request);

}  // namespace vcare::http_client
