// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace vcare::store {

/// What a `postgresql://` URL says, as the client library reads it: several hosts too, and what stands in
/// its parameters.
struct PostgresUrl {
    /// Names, addresses and folders of sockets; one that is empty is the library's own default.
    std::vector<std::string> hosts = {};
    std::string ssl_mode = {};  ///< empty: the library's default, which goes without TLS where there is none
    bool has_password = false;
};
/// Nothing when the library does not understand it.
[[nodiscard]] std::optional<PostgresUrl> parse_postgres_url(const std::string& url);

}  // namespace vcare::store
