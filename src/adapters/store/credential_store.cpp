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

Work<Result<FoundToken>> find_by(Connection* connection, Sql sql, TenantId tenant, std::string key) {
    Rows rows = co_await connection->query(sql, tenant, key);
    co_return rows.next() ? read_token(rows) : std::nullopt;
}

Work<Result<FoundCredential>> find_secret(Connection* connection, TenantId tenant, ParticipantId participant,
                                          std::string secret_hash) {
    Rows rows = co_await connection->query(Sql::find_credential, tenant, participant, secret_hash);
    if (!rows.next()) co_return std::nullopt;
    auto session = rows.optional_id<SessionId>(0);
    auto holder = rows.optional_id<ParticipantId>(1);
    if (!session || !holder) co_return std::nullopt;
    co_return VisitCredentialRecord{.session = *std::move(session),
                                    .participant = *std::move(holder),
                                    .secret_hash = rows.string(2),
                                    .issued_at = rows.instant(3),
                                    .voided_at = rows.optional_instant(4)};
}

Work<Result<FoundAnswer>> find_answer(Connection* connection, TenantId tenant, std::string caller,
                                      std::string key) {
    Rows rows = co_await connection->query(Sql::find_kept_answer, tenant, caller, key);
    if (!rows.next()) co_return std::nullopt;
    co_return KeptAnswerRecord{
        .key = {.caller = std::move(caller), .key = std::move(key), .fingerprint = rows.string(0)},
        .answer = {.status = static_cast<int>(rows.integer(1)),
                   .location = rows.string(2),
                   .etag = rows.string(3),
                   .body = rows.string(4),
                   .secret_of = rows.string(5)},
        .at = rows.instant(6)};
}

class SqlCredentialStore final : public application::CredentialStore {
  public:
    explicit SqlCredentialStore(Database* database) : database_(database) {}

    Task<Result<FoundToken>> find_token(TenantScope scope, std::string jti) override {
        return find_token_by(Sql::find_token, std::move(scope), std::move(jti));
    }

    Task<Result<FoundToken>> find_token_by_code(TenantScope scope, std::string code_hash) override {
        return find_token_by(Sql::find_token_by_code, std::move(scope), std::move(code_hash));
    }

    Task<Result<FoundToken>> newest_token(TenantScope scope, ParticipantId participant) override {
        return find_token_by(Sql::newest_token, std::move(scope), participant.text());
    }

    Task<Result<FoundCredential>> find_credential(TenantScope scope, ParticipantId participant,
                                                  std::string secret_hash) override {
        auto work = [&](Connection* c) { return find_secret(c, scope.tenant(), participant, secret_hash); };
        co_return co_await read<FoundCredential>(database_, of(scope), work);
    }

    Task<Result<FoundAnswer>> find_kept_answer(TenantScope scope, std::string caller,
                                               std::string key) override {
        auto work = [&](Connection* c) { return find_answer(c, scope.tenant(), caller, key); };
        co_return co_await read<FoundAnswer>(database_, of(scope), work);
    }

  private:
    Task<Result<FoundToken>> find_token_by(Sql sql, TenantScope scope, std::string key) {
        auto work = [&](Connection* c) { return find_by(c, sql, scope.tenant(), key); };
        co_return co_await read<FoundToken>(database_, of(scope), work);
    }

    Database* database_;
};

}  // namespace

std::unique_ptr<application::CredentialStore> make_credential_store(Database* database) {
    return std::make_unique<SqlCredentialStore>(database);
}

}  // namespace vcare::store
