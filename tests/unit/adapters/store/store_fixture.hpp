// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <boost/asio/io_context.hpp>

#include "adapters/store/postgres_store.hpp"
#include "adapters/store/sqlite_store.hpp"
#include "application/tenant_authority.hpp"
#include "support/builders/session_builder.hpp"
#include "support/postgres_server.hpp"
#include "support/process.hpp"
#include "unit/adapters/await.hpp"

/// What tests of the store are written with.
namespace vcare::store {

using application::CommitOutcome;
using application::SessionWrite;
using application::UnitOfWork;
using namespace testing;

/// The event loop of these tests: a store on PostgreSQL keeps its connections on it.
inline boost::asio::io_context& loop() {
    static boost::asio::io_context io;
    return io;
}
template <class T>
T await(Task<T> task) {
    return tests::await_on(loop(), std::move(task));
}

inline TenantScope scope_of(const TenantId& tenant) {
    return application::TenantAuthority::of_operator(tenant);
}
inline TenantScope here() {
    return scope_of(this_clinic());
}
inline TenantScope elsewhere() {
    return scope_of(another_clinic());
}

/// Fails the test when the store refused.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error("refused: " + std::string{info_of(result.error().code).wire});
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// A session the way `Session::create` leaves it, with ids that start at `number * 100`.
inline Session a_new_session(std::uint64_t number = 1, const TenantId& tenant = this_clinic(),
                             Instant start = nine_o_clock, const Occasion& occasion = at(nine_o_clock)) {
    SessionData data = a_session().scheduled_for(start, start + minutes{30}).data();
    data.id = an_id<SessionId>(number * 100);
    data.tenant = tenant;
    data.participants.clear();
    std::vector<NewParticipant> people;
    people.push_back({.id = an_id<ParticipantId>(number * 100 + 1),
                      .role = Role::provider,
                      .user_id = a_user("doctor-1"),
                      .display_name = phi("DOCTOR")});
    people.push_back({.id = an_id<ParticipantId>(number * 100 + 2),
                      .role = Role::patient,
                      .user_id = a_user("patient-1"),
                      .display_name = phi("PATIENT"),
                      .contact = {.email = phi("MAIL"), .phone = phi("PHONE")},
                      .language = "fa-AF"});
    auto proof = a_proof_to_create(data.id, tenant);
    return Session::create({.data = std::move(data), .participants = std::move(people)}, std::move(proof), {},
                           occasion)
        .value();
}

inline ParticipantId provider_of(const SessionData& session) {
    return session.participants.at(0).id;
}
inline ParticipantId patient_of(const SessionData& session) {
    return session.participants.at(1).id;
}

/// What the session noted, as a unit that the store takes.
inline UnitOfWork unit_of(Session& session, Instant when = nine_o_clock,
                          std::optional<Instant> due = nine_o_clock + hours{1}) {
    UnitOfWork unit{.at = when};
    SessionChange change = session.take_change();
    static std::uint64_t event_number = 1;
    for (Event& event : change.events)
        unit.outbox.push_back(
            {.id = an_id<EventId>(event_number++), .event = std::move(event), .at = when, .actor = "user-1"});
    change.events.clear();
    unit.sessions.push_back({.after = session.data(), .change = std::move(change), .due = due});
    return unit;
}

inline application::AuditEntry an_audit_entry(std::uint64_t number, Instant when = nine_o_clock) {
    return {.id = an_id<AuditId>(number),
            .at = when,
            .actor = "user-1",
            .action = "session.read",
            .session = an_id<SessionId>(100),
            .trace_id = "0123456789abcdef0123456789abcdef"};
}

/// Runs SQL on an SQLite file, behind the store's back.
inline void run_sqlite(const std::string& path, const std::string& sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    sqlite3_busy_timeout(handle, 5000);
    char* problem = nullptr;
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &problem), SQLITE_OK)
        << (problem ? problem : "");
    sqlite3_free(problem);
    sqlite3_close(handle);
}
inline std::int64_t ask_sqlite(const std::string& path, const std::string& sql) {
    sqlite3* handle = nullptr;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    const std::int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return number;
}

/// The databases that every test of the store runs on.
enum class Backend : std::uint8_t { sqlite, postgres };

inline std::string backend_name(const ::testing::TestParamInfo<Backend>& info) {
    return info.param == Backend::sqlite ? "sqlite" : "postgres";
}
/// Names the databases that a suite of `StoreTest` runs on: both.
#define VCARE_ON_BOTH_STORES(Suite) \
    INSTANTIATE_TEST_SUITE_P(On, Suite, ::testing::Values(Backend::sqlite, Backend::postgres), backend_name)

/// One server for all tests of this program, with a migrated database to copy.
inline support::PostgresServer& postgres() {
    static support::PostgresServer server;
    [[maybe_unused]] static const int migrated = [] {
        server.create_database("migrated");
        const int count = migrate_postgres_store(server.owner_url("migrated"));
        server.let_service_in();
        return count;
    }();
    return server;
}

/// A database of its own in PostgreSQL, gone with the object.
class PostgresDatabaseOfTest {
  public:
    PostgresDatabaseOfTest() { postgres().create_database(name_, "migrated"); }
    ~PostgresDatabaseOfTest() { postgres().drop_database(name_); }
    PostgresDatabaseOfTest(const PostgresDatabaseOfTest&) = delete;
    PostgresDatabaseOfTest& operator=(const PostgresDatabaseOfTest&) = delete;

    [[nodiscard]] std::string url() const { return postgres().service_url(name_); }
    [[nodiscard]] std::string owner_url() const { return postgres().owner_url(name_); }
    std::string run(const std::string& sql) const { return postgres().run(name_, sql); }

  private:
    static std::string next_name() {
        static int number = 0;
        return "test_" + std::to_string(++number);
    }
    const std::string name_ = next_name();
};

/// A store of its own, to be closed, damaged and opened again.
class StoreTest : public ::testing::TestWithParam<Backend> {
  protected:
    StoreTest() {
        if (is_on_postgres()) database_.emplace();
        reopen();
    }

    [[nodiscard]] static bool is_on_postgres() { return GetParam() == Backend::postgres; }

    void reopen(std::function<void()> outbox_written = {}) {
        store_.reset();
        if (is_on_postgres()) {
            store_ = open_postgres_store({.url = database_->url(),
                                          .loops = {loop().get_executor()},
                                          .outbox_written = std::move(outbox_written)});
        } else {
            store_ = open_sqlite_store({.path = path(), .outbox_written = std::move(outbox_written)});
        }
    }

    Store& store() { return *store_; }
    void close() { store_.reset(); }

    CommitOutcome commit(UnitOfWork unit, TenantScope scope = here()) {
        return must(await(store_->units().commit(std::move(scope), std::move(unit))));
    }
    SessionData load(const SessionId& id, TenantScope scope = here()) {
        return must(await(store_->sessions().find_session(std::move(scope), id))).value();
    }
    /// A session in the store, as the domain has it after its making.
    Session make_session(std::uint64_t number = 1) {
        Session session = a_new_session(number);
        EXPECT_EQ(commit(unit_of(session)), CommitOutcome::done);
        return session;
    }

    /// Runs SQL behind the store's back.
    void tamper(const std::string& sql) {
        if (is_on_postgres()) {
            database_->run(sql);
        } else {
            run_sqlite(path(), sql);
        }
    }
    [[nodiscard]] std::int64_t count(const std::string& sql) {
        return is_on_postgres() ? std::stoll(database_->run(sql)) : ask_sqlite(path(), sql);
    }

  private:
    [[nodiscard]] std::string path() const { return (folder_.path() / "vcare.db").string(); }

    support::TempFolder folder_;
    std::optional<PostgresDatabaseOfTest> database_;
    std::unique_ptr<Store> store_;
};

}  // namespace vcare::store
