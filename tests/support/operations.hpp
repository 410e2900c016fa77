// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/http/contract/operations.hpp"
#include "support/http_client.hpp"

namespace vcare::support {

/// What stands in the `{…}` of a path, by name.
using PathValues = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] std::string fill_in(std::string_view path, const PathValues& values);

/// Whether the answer to this operation is a stream that does not end by itself.
[[nodiscard]] bool is_stream(const http::contract::Operation& operation);

/// Sends the operation with an empty JSON object where a body may be; for a stream reads what refused it,
/// or its head.
[[nodiscard]] HttpResponse ask(HttpClient& client, const http::contract::Operation& operation,
                               const std::string& path, Headers headers, std::string body = "{}");

}  // namespace vcare::support
