// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/barred_user.hpp"

namespace vcare::identity {

/// Whose earlier bearers are void. As long as what the identity service says within `domain::bar_life`. Safe
/// to use from any thread.
class BarList {
  public:
    /// Whether it is news: a later word on the same stands.
    bool add(const domain::BarredUser& barred);
    [[nodiscard]] bool covers(const domain::TenantId& tenant, const domain::UserId& user,
                              const domain::SignIn& bearer) const;
    void forget(domain::Instant barred_before);

  private:
    mutable std::shared_mutex mutex_;  // held for a look-up; nothing is awaited under it
    std::unordered_map<std::string, std::vector<domain::BarredUser>> by_user_;
};

}  // namespace vcare::identity
