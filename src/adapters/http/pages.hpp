// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/http/message.hpp"

namespace vcare::http {

struct PageOptions {
    bool is_https = false;                ///< then browsers are told to stay with it
    std::string_view issuer_origin = {};  ///< where staff sign in, which their page may ask; empty: nowhere
    std::span<const std::string> logo_hosts = {};  ///< where clinics' logos may come from, beside this origin
};

/// The Content-Security-Policy of a page by its own name, such as `/provider/index.html`.
[[nodiscard]] std::string policy_of_page(std::string_view name, const PageOptions& options);

/// The embedded file of a path (`/v/`, `/provider`, scripts, styles); nothing when there is none. In the
/// best encoding the client takes, 304 when it has it already.
[[nodiscard]] std::optional<Response> find_page(const Request& request, const PageOptions& options);

/// The same for a file by its own name.
[[nodiscard]] std::optional<Response> find_file(std::string_view name, const Request& request,
                                                const PageOptions& options);

}  // namespace vcare::http
