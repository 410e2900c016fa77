// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "adapters/http/message.hpp"

namespace vcare::http {

struct PageOptions {
    bool is_https = false;  ///< then browsers are told to stay with it
};

/// The embedded file of a path (`/v/`, `/provider`, scripts, styles); nothing when there is none. In the
/// best encoding the client takes, 304 when it has it already.
[[nodiscard]] std::optional<Response> find_page(const Request& request, const PageOptions& options);

/// The same for a file by its own name.
[[nodiscard]] std::optional<Response> find_file(std::string_view name, const Request& request,
                                                const PageOptions& options);

}  // namespace vcare::http
