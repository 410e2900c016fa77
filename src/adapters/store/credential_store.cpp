// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/rows.hpp"
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::KeptAnswerRecord;
using application::VisitCredentialRecord;

using FoundToken = std::optional<JoinTokenRecord>;
using FoundCredential = std::optional<VisitCredentialRecord>;
using FoundAnswer = std::optional<KeptAnswerRecord>;

FoundToken read_one_token(Rows rows) {
    return rows.next() ? read_token(rows) : std::nullopt;
}

FoundCredential read_one_credential(Rows rows) {
    if (!rows.next()) return std::nullopt;
    auto session = rows.optional_id<SessionId>(0);
    auto participant = rows.optional_id<ParticipantId>(1);
    if (!session || !participant) return std::nullopt;
    return VisitCredentialRecord{.session = *std::move(session),
                                 .participant = *std::move(participant),
                                 .secret_hash = rows.string(2),
                                 .issued_at = rows.instant(3),
                                 .voided_at = rows.optional_instant(4)};
}

class SqliteCredentialStore final : public application::CredentialStore {
  public:
    explicit SqliteCredentialStore(Database* database) : database_(database) {}

    Task<Result<FoundToken>> find_token(TenantScope scope, std::string jti) override {
        auto work = [&](Connection& connection) -> Result<FoundToken> {
            return read_one_token(connection.query(Sql::find_token, scope.tenant(), jti));
        };
        co_return co_await read<FoundToken>(database_, work);
    }

    Task<Result<FoundToken>> find_token_by_code(TenantScope scope, std::string code_hash) override {
        auto work = [&](Connection& connection) -> Result<FoundToken> {
            return read_one_token(connection.query(Sql::find_token_by_code, scope.tenant(), code_hash));
        };
        co_return co_await read<FoundToken>(database_, work);
    }

    Task<Result<FoundToken>> newest_token(TenantScope scope, ParticipantId participant) override {
        auto work = [&](Connection& connection) -> Result<FoundToken> {
            return read_one_token(connection.query(Sql::newest_token, scope.tenant(), participant));
        };
        co_return co_await read<FoundToken>(database_, work);
    }

    Task<Result<FoundCredential>> find_credential(TenantScope scope, ParticipantId participant,
                                                  std::string secret_hash) override {
        auto work = [&](Connection& connection) -> Result<FoundCredential> {
            return read_one_credential(
                connection.query(Sql::find_credential, scope.tenant(), participant, secret_hash));
        };
        co_return co_await read<FoundCredential>(database_, work);
    }

    Task<Result<FoundAnswer>> find_kept_answer(TenantScope scope, std::string caller,
                                               std::string key) override {
        auto work = [&](Connection& connection) -> Result<FoundAnswer> {
            Rows rows = connection.query(Sql::find_kept_answer, scope.tenant(), caller, key);
            if (!rows.next()) return std::nullopt;
            return KeptAnswerRecord{.key = {.caller = caller, .key = key, .fingerprint = rows.string(0)},
                                    .answer = {.status = static_cast<int>(rows.integer(1)),
                                               .location = rows.string(2),
                                               .etag = rows.string(3),
                                               .body = rows.string(4),
                                               .secret_of = rows.string(5)},
                                    .at = rows.instant(6)};
        };
        co_return co_await read<FoundAnswer>(database_, work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::CredentialStore> make_credential_store(Database* database) {
    return std::make_unique<SqliteCredentialStore>(database);
}

}  // namespace vcare::store
