// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/migrate.hpp"
#include "adapters/store/schema.hpp"
#include "adapters/store/sqlite_database.hpp"
#include "adapters/store/stores.hpp"
#include "unit/adapters/store/store_fixture.hpp"

/// For tests that look below the ports.
namespace vcare::store {

inline std::unique_ptr<SqliteConnection> a_connection(const std::string& path = ":memory:") {
    std::string why;
    auto connection = SqliteConnection::open(path, SqliteConnection::Access::create, why);
    if (!connection) throw std::runtime_error(why);
    migrate(*connection);
    if (connection->has_failed()) throw std::runtime_error(connection->problem());
    return connection;
}

/// A store in a file of its own, to be closed, damaged and opened again.
class FileStoreTest : public ::testing::Test {
  protected:
    FileStoreTest() { reopen(); }

    void reopen(StoreOptions options = {}) {
        store_.reset();
        options.path = path();
        store_ = open_sqlite_store(std::move(options));
    }
    [[nodiscard]] std::string path() const { return (folder_.path() / "vcare.db").string(); }

    Store& store() { return *store_; }
    void close() { store_.reset(); }

    SessionData load(const SessionId& id) {
        return must(await(store_->sessions().find_session(here(), id))).value();
    }
    Session make_session(std::uint64_t number) {
        Session session = a_new_session(number);
        EXPECT_EQ(must(await(store_->units().commit(here(), unit_of(session)))), CommitOutcome::done);
        return session;
    }

    /// Runs SQL behind the store's back.
    void tamper(const std::string& sql) { run_sqlite(path(), sql); }
    [[nodiscard]] std::int64_t count(const std::string& sql) { return ask_sqlite(path(), sql); }

    support::TempFolder folder_;
    std::unique_ptr<Store> store_;
};

}  // namespace vcare::store
