// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/caching_tenant_store.hpp"

#include <mutex>
#include <unordered_map>

namespace vcare::store {
namespace {

using namespace domain;
using application::TenantRecord;
using FoundTenant = std::optional<TenantRecord>;

/// What is known for a while by some text that names it. Shared by all loops; the lock is held for one
/// look-up.
template <class Value>
class Remembered {
  public:
    std::optional<Value> find(const std::string& name, Instant now) {
        const std::lock_guard lock{mutex_};
        const auto known = entries_.find(name);
        if (known == entries_.end() || now >= known->second.until) return std::nullopt;
        return known->second.value;
    }
    void keep(const std::string& name, const Value& value, Instant now) {
        const std::lock_guard lock{mutex_};
        if (entries_.size() >= tenants_remembered_max) entries_.clear();
        entries_.insert_or_assign(name, Entry{value, now + tenant_remembered_for});
    }

  private:
    struct Entry {
        Value value;
        Instant until;
    };
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
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

    Task<Result<std::optional<bool>>> find_facility_licence(TenantScope scope, NodeId node) override {
        const std::string name = scope.tenant().text() + "/" + node.text();  // no id has a slash
        if (auto known = facility_licences_.find(name, clock_.now())) co_return *known;
        auto found = co_await inner_.find_facility_licence(std::move(scope), std::move(node));
        if (found) facility_licences_.keep(name, *found, clock_.now());
        co_return found;
    }

  private:
    application::TenantStore& inner_;
    const application::Clock& clock_;
    Remembered<TenantRecord> by_id_;
    Remembered<TenantRecord> by_short_key_;
    Remembered<std::optional<bool>> facility_licences_;  ///< also of those that nothing is said of
};

}  // namespace

std::unique_ptr<application::TenantStore> make_caching_tenant_store(application::TenantStore& inner,
                                                                    const application::Clock& clock) {
    return std::make_unique<CachingTenantStore>(inner, clock);
}

}  // namespace vcare::store
