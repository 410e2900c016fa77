// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using application::EncounterKeeper;
using domain::TenantScope;

struct Document {
    std::string identifier;
    std::string new_id;
    std::string json;
};

Work<Result<EncounterKeeper::Kept>> keep_once(Connection* connection, domain::TenantId tenant,
                                              Document document) {
    const bool created =
        co_await connection->count_changed(Sql::insert_kept_encounter, tenant, document.identifier,
                                           document.new_id, document.json) == 1;
    if (created) co_return EncounterKeeper::Kept{.id = document.new_id, .created = true};
    Rows rows = co_await connection->query(Sql::find_kept_encounter, tenant, document.identifier);
    if (!rows.next()) co_return domain::refuse(ErrorCode::store_unavailable);
    co_return EncounterKeeper::Kept{.id = rows.string(0), .created = false};
}

Work<Result<std::optional<std::string>>> read_document(Connection* connection, domain::TenantId tenant,
                                                       std::string id) {
    Rows rows = co_await connection->query(Sql::read_kept_encounter, tenant, id);
    co_return rows.next() ? std::optional{rows.string(0)} : std::nullopt;
}

class SqlEncounterKeeper final : public EncounterKeeper {
  public:
    explicit SqlEncounterKeeper(Database* database) : database_(database) {}

    Task<Result<Kept>> keep(TenantScope scope, std::string identifier, std::string new_id,
                            std::string json) override {
        const Document document{
            .identifier = std::move(identifier), .new_id = std::move(new_id), .json = std::move(json)};
        auto work = [&](Connection* c) { return keep_once(c, scope.tenant(), document); };
        co_return co_await write<Kept>(database_, of(scope), work);
    }

    Task<Result<std::optional<std::string>>> read(TenantScope scope, std::string id) override {
        auto work = [&](Connection* c) { return read_document(c, scope.tenant(), id); };
        co_return co_await store::read<std::optional<std::string>>(database_, of(scope), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::EncounterKeeper> make_encounter_keeper(Database* database) {
    return std::make_unique<SqlEncounterKeeper>(database);
}

}  // namespace vcare::store
