// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/tenant_config_codec.hpp"
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
                        .created_at = row.instant(3)};
}

FoundTenant read_one_tenant(Rows rows) {
    return rows.next() ? read_tenant(rows) : std::nullopt;
}

class SqliteTenantStore final : public application::TenantStore {
  public:
    explicit SqliteTenantStore(Database* database) : database_(database) {}

    Task<Result<FoundTenant>> find_tenant(TenantId id) override {
        auto work = [&](Connection& connection) -> Result<FoundTenant> {
            return read_one_tenant(connection.query(Sql::find_tenant, id));
        };
        co_return co_await read<FoundTenant>(database_, work);
    }

    Task<Result<FoundTenant>> find_tenant_by_short_key(std::string key) override {
        auto work = [&](Connection& connection) -> Result<FoundTenant> {
            return read_one_tenant(connection.query(Sql::find_tenant_by_short_key, key));
        };
        co_return co_await read<FoundTenant>(database_, work);
    }

    Task<Result<std::vector<TenantRecord>>> list_tenants() override {
        auto work = [](Connection& connection) -> Result<std::vector<TenantRecord>> {
            std::vector<TenantRecord> tenants;
            Rows rows = connection.query(Sql::list_tenants);
            while (rows.next()) {
                if (auto tenant = read_tenant(rows)) tenants.push_back(*std::move(tenant));
            }
            return tenants;
        };
        co_return co_await read<std::vector<TenantRecord>>(database_, work);
    }

    Task<Result<TenantRecord>> ensure_tenant(TenantRecord wanted, StoredTenantConfig config) override {
        auto work = [&](Connection& connection) -> Result<TenantRecord> {
            connection.execute(Sql::insert_tenant, wanted.id, wanted.short_key, wanted.suspended,
                               wanted.created_at);
            write_config(connection, Sql::insert_first_config, config);
            auto tenant = read_one_tenant(connection.query(Sql::find_tenant, wanted.id));
            if (!tenant) return refuse(ErrorCode::store_unavailable);
            return *std::move(tenant);
        };
        co_return co_await write<TenantRecord>(database_, work);
    }

    Task<Result<void>> suspend_tenant(TenantId id, bool suspended) override {
        auto work = [&](Connection& connection) -> Result<void> {
            const bool is_known = connection.execute(Sql::suspend_tenant, id, suspended) == 1;
            if (!is_known) return refuse(ErrorCode::not_found);
            return {};
        };
        co_return co_await write<void>(database_, work);
    }

    Task<Result<StoredTenantConfig>> load_config(TenantScope scope) override {
        auto work = [&](Connection& connection) -> Result<StoredTenantConfig> {
            Rows rows = connection.query(Sql::load_config, scope.tenant());
            if (!rows.next()) return refuse(ErrorCode::not_found);
            auto id = rows.optional_id<TenantConfigId>(0);
            auto config = json::decode_tenant_config(rows.text(1));
            if (!id || !config) {
                rows.note_corrupt();
                return refuse(ErrorCode::internal_error);
            }
            return StoredTenantConfig{.id = *std::move(id),
                                      .tenant = scope.tenant(),
                                      .config = *std::move(config),
                                      .version = static_cast<std::uint64_t>(rows.integer(2)),
                                      .updated_at = rows.instant(3)};
        };
        co_return co_await read<StoredTenantConfig>(database_, work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::TenantStore> make_tenant_store(Database* database) {
    return std::make_unique<SqliteTenantStore>(database);
}

}  // namespace vcare::store
