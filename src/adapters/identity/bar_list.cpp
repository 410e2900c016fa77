// SPDX-License-Identifier: Apache-2.0
#include "adapters/identity/bar_list.hpp"

#include <algorithm>
#include <mutex>

namespace vcare::identity {
namespace {

/// No id has a line break.
std::string key_of(const domain::TenantId& tenant, const domain::UserId& user) {
    return tenant.text() + "\n" + user.text();
}

}  // namespace

bool BarList::add(const domain::BarredUser& barred) {
    const std::unique_lock lock{mutex_};
    auto& bars = by_user_[key_of(barred.tenant, barred.user)];
    const auto known = std::ranges::find(bars, barred.session, &domain::BarredUser::session);
    if (known == bars.end()) {
        bars.push_back(barred);
        return true;
    }
    if (known->barred_at >= barred.barred_at) return false;
    known->barred_at = barred.barred_at;
    return true;
}

bool BarList::covers(const domain::TenantId& tenant, const domain::UserId& user,
                     const domain::SignIn& bearer) const {
    const std::shared_lock lock{mutex_};
    if (by_user_.empty()) return false;  // as it nearly always is, at every request
    const auto found = by_user_.find(key_of(tenant, user));
    return found != by_user_.end() && std::ranges::any_of(found->second, [&](const auto& barred) {
               return domain::is_void(bearer, barred);
           });
}

void BarList::forget(domain::Instant barred_before) {
    const std::unique_lock lock{mutex_};
    for (auto& [user, bars] : by_user_)
        std::erase_if(bars, [&](const auto& barred) { return barred.barred_at < barred_before; });
    std::erase_if(by_user_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace vcare::identity
