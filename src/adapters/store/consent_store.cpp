// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/cursor.hpp"
#include "adapters/store/rows.hpp"
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::ConsentQuery;
using application::Page;
using FoundConsent = std::optional<ConsentRecord>;

FoundConsent read_one(const TenantId& tenant, Rows rows) {
    return rows.next() ? read_consent(tenant, rows) : std::nullopt;
}

Rows run_list(Connection& c, const TenantId& tenant, const ConsentQuery& query, const std::string& before) {
    const unsigned limit = query.limit + 1;
    if (query.type)
        return c.query(Sql::list_consents_of_type, tenant, query.patient, before, limit, query.type);
    return c.query(Sql::list_consents, tenant, query.patient, before, limit);
}

Result<Page<ConsentRecord>> list(Connection& connection, const TenantId& tenant, const ConsentQuery& query) {
    std::string before = "~";
    if (query.cursor) {
        auto cursor = parse_cursor(*query.cursor, ConsentTag::prefix);
        if (!cursor) return std::unexpected{std::move(cursor.error())};
        before = std::move(cursor->id);
    }
    Page<ConsentRecord> page;
    Rows rows = run_list(connection, tenant, query, before);
    while (rows.next()) {
        if (page.items.size() == query.limit) {
            page.next_cursor = to_text({.id = page.items.back().id.text()});
            break;
        }
        if (auto record = read_consent(tenant, rows)) page.items.push_back(*std::move(record));
    }
    return page;
}

class SqliteConsentStore final : public application::ConsentStore {
  public:
    explicit SqliteConsentStore(Database* database) : database_(database) {}

    Task<Result<Page<ConsentRecord>>> list_consents(TenantScope scope, ConsentQuery query) override {
        auto work = [&](Connection& connection) { return list(connection, scope.tenant(), query); };
        co_return co_await read<Page<ConsentRecord>>(database_, work);
    }

    Task<Result<FoundConsent>> find_consent(TenantScope scope, ConsentId id) override {
        auto work = [&](Connection& connection) -> Result<FoundConsent> {
            return read_one(scope.tenant(), connection.query(Sql::find_consent, scope.tenant(), id));
        };
        co_return co_await read<FoundConsent>(database_, work);
    }

    Task<Result<FoundConsent>> newest_consent(TenantScope scope, PatientId patient,
                                              ConsentType type) override {
        auto work = [&](Connection& connection) -> Result<FoundConsent> {
            return read_one(scope.tenant(),
                            connection.query(Sql::newest_consent, scope.tenant(), patient, type));
        };
        co_return co_await read<FoundConsent>(database_, work);
    }

    Task<Result<bool>> is_withdrawn_here(TenantScope scope, PatientId patient, ConsentType type) override {
        auto work = [&](Connection& connection) -> Result<bool> {
            Rows debt = connection.query(Sql::has_consent_debt, scope.tenant(), patient, type);
            return debt.next();
        };
        co_return co_await read<bool>(database_, work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::ConsentStore> make_consent_store(Database* database) {
    return std::make_unique<SqliteConsentStore>(database);
}

}  // namespace vcare::store
