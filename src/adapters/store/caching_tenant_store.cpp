// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/caching_tenant_store.hpp"

#include <mutex>
#include <unordered_map>

namespace vcare::store {
namespace {

using namespace domain;
using application::TenantRecord;
using FoundTenant = std::optional<TenantRecord>;

/// Tenants by some text that names them. Shared by all loops; the lock is held for one look-up.
class RememberedTenants {
  public:
    FoundTenant find(const std::string& name, Instant now) {
        const std::lock_guard lock{mutex_};
        const auto known = tenants_.find(name);
        if (known == tenants_.end() || now >= known->second.until) return std::nullopt;
        return known->second.record;
    }
    void keep(const std::string& name, const TenantRecord& record, Instant now) {
        const std::lock_guard lock{mutex_};
        if (tenants_.size() >= tenants_remembered_max) tenants_.clear();
        tenants_.insert_or_assign(name, Remembered{record, now + tenant_remembered_for});
    }

  private:
    struct Remembered {
        TenantRecord record;
        Instant until;
    };
    std::mutex mutex_;
    std::unordered_map<std::string, Remembered> tenants_;
};

class CachingTenantStore final : public application::TenantStore {
  public:
    CachingTenantStore(application::TenantStore& inner, const application::Clock& clock)
        : inner_(inner), clock_(clock) {}

    Task<Result<FoundTenant>> find_tenant(TenantId id) override {
        if (auto known = by_id_.find(id.text(), clock_.now())) co_return known;
        const std::string name = id.text();
        auto found = co_await inner_.find_tenant(std::move(id));
        if (found && *found) by_id_.keep(name, **found, clock_.now());
        co_return found;
    }

    Task<Result<FoundTenant>> find_tenant_by_short_key(std::string key) override {
        if (auto known = by_short_key_.find(key, clock_.now())) co_return known;
        auto found = co_await inner_.find_tenant_by_short_key(key);
        if (found && *found) by_short_key_.keep(key, **found, clock_.now());
        co_return found;
    }

    Task<Result<std::vector<TenantRecord>>> list_tenants() override { return inner_.list_tenants(); }

    Task<Result<TenantRecord>> ensure_tenant(TenantRecord wanted, StoredTenantConfig config) override {
        return inner_.ensure_tenant(std::move(wanted), std::move(config));
    }

    Task<Result<void>> suspend_tenant(TenantId id, bool suspended) override {
        return inner_.suspend_tenant(std::move(id), suspended);
    }

    Task<Result<StoredTenantConfig>> load_config(TenantScope scope) override {
        return inner_.load_config(std::move(scope));
    }

  private:
    application::TenantStore& inner_;
    const application::Clock& clock_;
    RememberedTenants by_id_;
    RememberedTenants by_short_key_;
};

}  // namespace

std::unique_ptr<application::TenantStore> make_caching_tenant_store(application::TenantStore& inner,
                                                                    const application::Clock& clock) {
    return std::make_unique<CachingTenantStore>(inner, clock);
}

}  // namespace vcare::store
