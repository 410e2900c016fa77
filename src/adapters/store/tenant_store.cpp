// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/rows.hpp"
#include "adapters/store/stores.hpp"
#include "adapters/store/unit_writer.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::TenantRecord;
using FoundTenant = std::optional<TenantRecord>;

FoundTenant read_tenant(const Rows& row) {
    auto id = row.optional_id<TenantId>(0);
    if (!id) return std::nullopt;
    return TenantRecord{.id = *std::move(id),
                        .short_key = row.string(1),
                        .suspended = row.flag(2),
                        .created_at = row.instant(3),
                        .licensed = row.flag(4)};
}

Work<Result<FoundTenant>> find_by(Connection* connection, Sql sql, std::string key) {
    Rows rows = co_await connection->query(sql, key);
    co_return rows.next() ? read_tenant(rows) : std::nullopt;
}

Work<Result<std::vector<TenantRecord>>> read_tenants(Connection* connection) {
    std::vector<TenantRecord> tenants;
    Rows rows = co_await connection->query(Sql::list_tenants);
    while (rows.next()) {
        if (auto tenant = read_tenant(rows)) tenants.push_back(*std::move(tenant));
    }
    co_return tenants;
}

Work<Result<TenantRecord>> ensure(Connection* connection, TenantRecord wanted, StoredTenantConfig config) {
    connection->execute(Sql::insert_tenant, wanted.id, wanted.short_key, wanted.suspended, wanted.created_at);
    write_config(*connection, Sql::insert_first_config, config);
    auto tenant = co_await find_by(connection, Sql::find_tenant, wanted.id.text());
    if (!tenant || !*tenant) co_return refuse(ErrorCode::store_unavailable);
    co_return **std::move(tenant);
}

Work<Result<void>> suspend(Connection* connection, TenantId id, bool suspended) {
    const bool is_known = co_await connection->count_changed(Sql::suspend_tenant, id, suspended) == 1;
    if (!is_known) co_return refuse(ErrorCode::not_found);
    co_return Result<void>{};
}

Work<Result<StoredTenantConfig>> find_config(Connection* connection, TenantId tenant) {
    Rows rows = co_await connection->query(Sql::load_config, tenant);
    co_return read_config(tenant, rows);
}

Work<Result<std::optional<bool>>> find_licence(Connection* connection, TenantId tenant, NodeId node) {
    Rows rows = co_await connection->query(Sql::find_facility_licence, tenant, node);
    co_return rows.next() ? std::optional{rows.flag(0)} : std::nullopt;
}

class SqlTenantStore final : public application::TenantStore {
  public:
    explicit SqlTenantStore(Database* database) : database_(database) {}

    Task<Result<FoundTenant>> find_tenant(TenantId id) override {
        auto work = [&](Connection* c) { return find_by(c, Sql::find_tenant, id.text()); };
        co_return co_await read<FoundTenant>(database_, {.tenant = id}, work);
    }

    Task<Result<FoundTenant>> find_tenant_by_short_key(std::string key) override {
        auto work = [&](Connection* c) { return find_by(c, Sql::find_tenant_by_short_key, key); };
        co_return co_await read<FoundTenant>(database_, across_tenants(), work);
    }

    Task<Result<std::vector<TenantRecord>>> list_tenants() override {
        auto work = [](Connection* c) { return read_tenants(c); };
        co_return co_await read<std::vector<TenantRecord>>(database_, across_tenants(), work);
    }

    Task<Result<TenantRecord>> ensure_tenant(TenantRecord wanted, StoredTenantConfig config) override {
        auto work = [&](Connection* c) { return ensure(c, wanted, config); };
        co_return co_await write<TenantRecord>(database_, {.tenant = wanted.id}, work);
    }

    Task<Result<void>> suspend_tenant(TenantId id, bool suspended) override {
        auto work = [&](Connection* c) { return suspend(c, id, suspended); };
        co_return co_await write<void>(database_, {.tenant = id}, work);
    }

    Task<Result<StoredTenantConfig>> load_config(TenantScope scope) override {
        auto work = [&](Connection* c) { return find_config(c, scope.tenant()); };
        co_return co_await read<StoredTenantConfig>(database_, of(scope), work);
    }

    Task<Result<std::optional<bool>>> find_facility_licence(TenantScope scope, NodeId node) override {
        auto work = [&](Connection* c) { return find_licence(c, scope.tenant(), node); };
        co_return co_await read<std::optional<bool>>(database_, of(scope), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::TenantStore> make_tenant_store(Database* database) {
    return std::make_unique<SqlTenantStore>(database);
}

}  // namespace vcare::store
