// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "application/ports/clock.hpp"
#include "application/ports/tenant_store.hpp"

namespace vcare::store {

/// Remembers each tenant it was asked for, by id and by short key, so that a request that names a tenant (a
/// wrong join token above all, which costs nothing else) does not wait for the store. Only tenants that exist
/// are remembered: one that is made is found at once. So is what is said of the licence of each facility. A
/// suspension and a licence, whoever writes them, are seen after at most `tenant_remembered_for`. Everything
/// else is passed on.
///
/// Safe to call from any thread; `inner` and `clock` outlive it.
[[nodiscard]] std::unique_ptr<application::TenantStore> make_caching_tenant_store(
    application::TenantStore& inner, const application::Clock& clock);

inline constexpr domain::seconds tenant_remembered_for{5};
inline constexpr std::size_t tenants_remembered_max = 10'000;  ///< and facilities; then all are forgotten

}  // namespace vcare::store
