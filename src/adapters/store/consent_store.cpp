// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/consent_standing.hpp"
#include "adapters/store/cursor.hpp"
#include "adapters/store/rows.hpp"
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::BookingBasis;
using application::ConsentQuery;
using application::ConsentStanding;
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

Work<Result<ConsentStanding>> find_standing(Connection* connection, TenantId tenant, PatientId patient,
                                            ConsentType type) {
    const StandingAsked asked = ask_standing(connection, tenant, patient, type);
    co_return co_await take_standing(asked, std::move(tenant));
}

Work<Result<BookingBasis>> find_basis(Connection* connection, TenantId tenant, PatientId patient) {
    const StandingAsked asked = ask_standing(connection, tenant, patient, ConsentType::telehealth);
    Rows rows = co_await connection->query(Sql::load_config, tenant);
    auto config = read_config(tenant, rows);
    auto standing = co_await take_standing(asked, std::move(tenant));
    if (!config) co_return std::unexpected{config.error()};
    co_return BookingBasis{.config = std::move(config->config), .telehealth = std::move(standing)};
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

    Task<Result<ConsentStanding>> standing(TenantScope scope, PatientId patient, ConsentType type) override {
        auto work = [&](Connection* c) { return find_standing(c, scope.tenant(), patient, type); };
        co_return co_await read<ConsentStanding>(database_, of(scope), work);
    }

    Task<Result<BookingBasis>> booking_basis(TenantScope scope, PatientId patient) override {
        auto work = [&](Connection* c) { return find_basis(c, scope.tenant(), patient); };
        co_return co_await read<BookingBasis>(database_, of(scope), work);
    }

  private:
    Database* database_;
};

}  // namespace

StandingAsked ask_standing(Connection* connection, const TenantId& tenant, const PatientId& patient,
                           ConsentType type) {
    return {.newest = connection->query(Sql::newest_consent, tenant, patient, type),
            .debt = connection->query(Sql::has_consent_debt, tenant, patient, type)};
}

Work<ConsentStanding> take_standing(StandingAsked asked, TenantId tenant) {
    ConsentStanding standing;
    Rows record = co_await asked.newest;
    if (record.next()) standing.newest = read_consent(tenant, record);
    Rows withdrawal = co_await asked.debt;
    standing.is_withdrawn_here = withdrawal.next();
    co_return standing;
}

std::unique_ptr<application::ConsentStore> make_consent_store(Database* database) {
    return std::make_unique<SqlConsentStore>(database);
}

}  // namespace vcare::store
