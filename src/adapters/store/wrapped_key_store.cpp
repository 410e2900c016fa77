// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using application::KeyPurpose;
using application::WrappedKey;
using domain::TenantScope;
using WrappedKeys = std::vector<WrappedKey>;
using FoundInstant = std::optional<domain::Instant>;

Work<Result<WrappedKeys>> read_keys(Connection* connection, domain::TenantId tenant) {
    WrappedKeys keys;
    Rows rows = co_await connection->query(Sql::list_tenant_keys, tenant);
    while (rows.next()) {
        keys.push_back({.purpose = rows.word<KeyPurpose>(0),
                        .version = static_cast<unsigned>(rows.integer(1)),
                        .wrapped = rows.string(2),
                        .created_at = rows.instant(3)});
    }
    co_return keys;
}

Work<Result<bool>> insert_key(Connection* connection, domain::TenantId tenant, WrappedKey key) {
    co_return co_await connection->count_changed(Sql::insert_tenant_key, tenant, key.purpose, key.version,
                                                 key.wrapped, key.created_at) == 1;
}

Work<Result<bool>> replace_key(Connection* connection, domain::TenantId tenant, WrappedKey before,
                               std::string wrapped) {
    co_return co_await connection->count_changed(Sql::replace_tenant_key, tenant, before.purpose,
                                                 before.version, before.wrapped, wrapped) == 1;
}

Work<Result<FoundInstant>> read_last_link(Connection* connection, domain::TenantId tenant, unsigned version) {
    Rows rows = co_await connection->query(Sql::last_link_of_key, tenant, version);
    co_return rows.next() ? rows.optional_instant(0) : std::nullopt;
}

class SqlWrappedKeyStore final : public application::WrappedKeyStore {
  public:
    explicit SqlWrappedKeyStore(Database* database) : database_(database) {}

    Task<Result<WrappedKeys>> keys_of(TenantScope scope) override {
        auto work = [&](Connection* c) { return read_keys(c, scope.tenant()); };
        co_return co_await read<WrappedKeys>(database_, of(scope), work);
    }

    Task<Result<bool>> add(TenantScope scope, WrappedKey key) override {
        auto work = [&](Connection* c) { return insert_key(c, scope.tenant(), key); };
        co_return co_await write<bool>(database_, of(scope), work);
    }

    Task<Result<bool>> replace(TenantScope scope, WrappedKey before, std::string wrapped) override {
        auto work = [&](Connection* c) { return replace_key(c, scope.tenant(), before, wrapped); };
        co_return co_await write<bool>(database_, of(scope), work);
    }

    Task<Result<void>> forget(TenantScope scope, KeyPurpose purpose, unsigned version) override {
        auto work = [&](Connection* c) -> Result<void> {
            c->execute(Sql::forget_tenant_key, scope.tenant(), purpose, version);
            return {};
        };
        co_return co_await write<void>(database_, of(scope), work);
    }

    Task<Result<FoundInstant>> last_link_expires_at(TenantScope scope, unsigned version) override {
        auto work = [&](Connection* c) { return read_last_link(c, scope.tenant(), version); };
        co_return co_await read<FoundInstant>(database_, of(scope), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::WrappedKeyStore> make_wrapped_key_store(Database* database) {
    return std::make_unique<SqlWrappedKeyStore>(database);
}

}  // namespace vcare::store
