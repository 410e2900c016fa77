// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

namespace vcare::support {

/// What a server shows and what it signs with, PEM both.
struct Certificate {
    std::string chain;
    std::string key;
};

/// An authority that exists for one test.
class Authority {
  public:
    Authority();
    ~Authority();

    /// What a client has to trust.
    [[nodiscard]] const std::string& certificate() const { return pem_; }
    /// For `DNS:localhost,IP:127.0.0.1` and the like, as OpenSSL writes alternative names; valid for so many
    /// days from yesterday on, 0: expired.
    [[nodiscard]] Certificate issue(const std::string& names, int days = 2) const;

  private:
    struct Native;
    std::unique_ptr<Native> native_;
    std::string pem_;
};

}  // namespace vcare::support
