// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/sqlite_database.hpp"

namespace vcare::store {
namespace {

class InlineDatabase final : public Database {
  public:
    explicit InlineDatabase(std::unique_ptr<SqliteConnection> connection)
        : connection_(std::move(connection)) {}

    Task<void> perform_read(Job* job) override {
        if (connection_) {
            (void)run_read(*connection_, *job);
        } else {
            job->fail(Failure::closed);
        }
        co_return;
    }

    Task<void> perform_write(Job* job) override {
        if (connection_) {
            (void)run_batch(*connection_, std::span{&job, 1});
        } else {
            job->fail(Failure::closed);
        }
        co_return;
    }

    Result<void> backup_to(std::string) override {
        return std::unexpected{
            Error{.code = ErrorCode::internal_error, .detail = "A store in memory has nothing to copy."}};
    }

    void close() override { connection_.reset(); }

  private:
    std::unique_ptr<SqliteConnection> connection_;
};

}  // namespace

std::unique_ptr<Database> make_inline_database(std::unique_ptr<SqliteConnection> connection) {
    return std::make_unique<InlineDatabase>(std::move(connection));
}

}  // namespace vcare::store
