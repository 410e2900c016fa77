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

Connection::Started<Rows> run_list(Connection& c, const TenantId& tenant, const ConsentQuery& query,
                                   const std::string& before) {
    const unsigned limit = query.limit + 1;
    if (query.type)
        return c.query(Sql::list_consents_of_type, tenant, query.patient, before, limit, query.type);
    return c.query(Sql::list_consents, tenant, query.patient, before, limit);
}

Work<Result<Page<ConsentRecord>>> list(Connection* connection, TenantId tenant, ConsentQuery query) {
    std::string before = "~";
    if (query.cursor) {
        auto cursor = parse_cursor(*query.cursor, ConsentTag::prefix);
        if (!cursor) co_return std::unexpected{std::move(cursor.error())};
        before = std::move(cursor->id);
    }
    Page<ConsentRecord> page;
    Rows rows = co_await run_list(*connection, tenant, query, before);
    while (rows.next()) {
        if (page.items.size() == query.limit) {
            page.next_cursor = to_text({.id = page.items.back().id.text()});
            break;
        }
        if (auto record = read_consent(tenant, rows)) page.items.push_back(*std::move(record));
    }
    co_return page;
}

Work<Result<FoundConsent>> find_one(Connection* connection, TenantId tenant, ConsentId id) {
    Rows rows = co_await connection->query(Sql::find_consent, tenant, id);
    co_return rows.next() ? read_consent(tenant, rows) : std::nullopt;
}

Work<Result<FoundConsent>> find_newest(Connection* connection, TenantId tenant, PatientId patient,
                                       ConsentType type) {
    Rows rows = co_await connection->query(Sql::newest_consent, tenant, patient, type);
    co_return rows.next() ? read_consent(tenant, rows) : std::nullopt;
}

Work<Result<bool>> has_debt(Connection* connection, TenantId tenant, PatientId patient, ConsentType type) {
    Rows rows = co_await connection->query(Sql::has_consent_debt, tenant, patient, type);
    co_return rows.next();
}

class SqlConsentStore final : public application::ConsentStore {
  public:
    explicit SqlConsentStore(Database* database) : database_(database) {}

    Task<Result<Page<ConsentRecord>>> list_consents(TenantScope scope, ConsentQuery query) override {
        auto work = [&](Connection* c) { return list(c, scope.tenant(), query); };
        co_return co_await read<Page<ConsentRecord>>(database_, of(scope), work);
    }

    Task<Result<FoundConsent>> find_consent(TenantScope scope, ConsentId id) override {
        auto work = [&](Connection* c) { return find_one(c, scope.tenant(), id); };
        co_return co_await read<FoundConsent>(database_, of(scope), work);
    }

    Task<Result<FoundConsent>> newest_consent(TenantScope scope, PatientId patient,
                                              ConsentType type) override {
        auto work = [&](Connection* c) { return find_newest(c, scope.tenant(), patient, type); };
        co_return co_await read<FoundConsent>(database_, of(scope), work);
    }

    Task<Result<bool>> is_withdrawn_here(TenantScope scope, PatientId patient, ConsentType type) override {
        auto work = [&](Connection* c) { return has_debt(c, scope.tenant(), patient, type); };
        co_return co_await read<bool>(database_, of(scope), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::ConsentStore> make_consent_store(Database* database) {
    return std::make_unique<SqlConsentStore>(database);
}

}  // namespace vcare::store
