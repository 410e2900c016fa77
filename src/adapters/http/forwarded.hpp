// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/message.hpp"

namespace vcare::http {

/// Which proxies are believed when they say whom they speak for: addresses, or networks such as `10.0.0.0/8`.
class TrustedProxies {
  public:
    explicit TrustedProxies(std::vector<std::string> networks);

    /// The client's address: the peer's own, or what the trusted proxies in front say in `X-Forwarded-For`,
    /// read from its end and no further than the first address that is not trusted.
    [[nodiscard]] std::string client_of(const Request& request) const;

  private:
    [[nodiscard]] bool trusts(std::string_view address) const;
    std::vector<std::string> networks_;
};

}  // namespace vcare::http
