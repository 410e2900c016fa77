// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using application::EncounterKeeper;
using domain::TenantScope;

class SqliteEncounterKeeper final : public EncounterKeeper {
  public:
    explicit SqliteEncounterKeeper(Database* database) : database_(database) {}

    Task<Result<Kept>> keep(TenantScope scope, std::string identifier, std::string new_id,
                            std::string json) override {
        auto work = [&](Connection& connection) -> Result<Kept> {
            const bool created =
                connection.execute(Sql::insert_kept_encounter, scope.tenant(), identifier, new_id, json) == 1;
            if (created) return Kept{.id = new_id, .created = true};
            Rows rows = connection.query(Sql::find_kept_encounter, scope.tenant(), identifier);
            if (!rows.next()) return domain::refuse(ErrorCode::store_unavailable);
            return Kept{.id = rows.string(0), .created = false};
        };
        co_return co_await write<Kept>(database_, work);
    }

    Task<Result<std::optional<std::string>>> read(TenantScope scope, std::string id) override {
        using Document = std::optional<std::string>;
        auto work = [&](Connection& connection) -> Result<Document> {
            Rows rows = connection.query(Sql::read_kept_encounter, scope.tenant(), id);
            return rows.next() ? Document{rows.string(0)} : std::nullopt;
        };
        co_return co_await store::read<Document>(database_, work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::EncounterKeeper> make_encounter_keeper(Database* database) {
    return std::make_unique<SqliteEncounterKeeper>(database);
}

}  // namespace vcare::store
