// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>

#include "unit/adapters/store/database_fixture.hpp"

namespace vcare::store {
namespace {

namespace asio = boost::asio;

/// A write that puts a kept answer under its own key, and then does what the test says.
class TestJob final : public Job {
  public:
    using Then = std::function<bool(SqliteConnection&)>;
    explicit TestJob(
        std::string key, Then then = [](SqliteConnection&) { return true; })
        : Job(of(here())), key_(std::move(key)), then_(std::move(then)) {}

    Work<bool> run(Connection* connection) override {
        connection->execute(Sql::insert_kept_answer, this_clinic(), "caller", key_, "f", 200, "", "", "", "",
                            nine_o_clock);
        co_return then_(dynamic_cast<SqliteConnection&>(*connection));
    }
    void fail(Failure failure, std::optional<Sql>) override { failure_ = failure; }
    void committed() override { ++commits_; }

    [[nodiscard]] Failure failure() const { return failure_; }
    [[nodiscard]] int commits() const { return commits_; }

  private:
    std::string key_;
    Then then_;
    Failure failure_ = Failure::none;
    int commits_ = 0;
};

Work<std::set<std::string>> read_keys(Connection* connection) {
    std::set<std::string> keys;
    for (const char* key : {"a", "b", "c", "d"}) {
        Rows rows = co_await connection->query(Sql::find_kept_answer, this_clinic(), "caller", key);
        if (rows.next()) keys.insert(key);
    }
    co_return keys;
}

std::set<std::string> keys_in(SqliteConnection& connection) {
    return read_keys(&connection).run_through();
}

TEST(Batch, undoes_one_failing_unit_alone) {
    const auto connection = a_connection();
    TestJob first{"a"};
    TestJob duplicate{"a"};
    TestJob regretful{"b", [](SqliteConnection&) { return false; }};
    TestJob last{"c"};
    const std::vector<Job*> jobs = {&first, &duplicate, &regretful, &last};

    EXPECT_EQ(run_batch(*connection, jobs), BatchEnd::fine);

    EXPECT_EQ(keys_in(*connection), (std::set<std::string>{"a", "c"}));
    EXPECT_EQ(first.commits(), 1);
    EXPECT_EQ(duplicate.failure(), Failure::unique);
    EXPECT_EQ(duplicate.commits(), 0);
    EXPECT_EQ(regretful.failure(), Failure::none);
    EXPECT_EQ(regretful.commits(), 0);
    EXPECT_EQ(last.commits(), 1);
}

TEST(Batch, tells_everybody_when_the_whole_transaction_is_lost) {
    const auto connection = a_connection();
    TestJob first{"a"};
    TestJob poison{"b", [](SqliteConnection& c) {
                       c.run_script("ROLLBACK");  // as SQLite does by itself on some failures
                       return true;
                   }};
    TestJob last{"c"};
    const std::vector<Job*> jobs = {&first, &poison, &last};

    (void)run_batch(*connection, jobs);

    EXPECT_EQ(keys_in(*connection), std::set<std::string>{});
    for (const TestJob* job : {&first, &poison, &last}) {
        EXPECT_NE(job->failure(), Failure::none);
        EXPECT_EQ(job->commits(), 0);
    }
    TestJob next{"d"};
    Job* only = &next;
    EXPECT_EQ(run_batch(*connection, std::span{&only, 1}), BatchEnd::fine);
    EXPECT_EQ(keys_in(*connection), std::set<std::string>{"d"});
}

TEST(Batch, loses_nothing_but_itself_when_the_disk_is_full) {
    const support::TempFolder folder;
    const auto connection = a_connection((folder.path() / "vcare.db").string());
    TestJob before{"a"};
    Job* job = &before;
    ASSERT_EQ(run_batch(*connection, std::span{&job, 1}), BatchEnd::fine);
    connection->run_script("PRAGMA max_page_count = 1");  // no less than it has: it cannot grow
    const std::string much(1 << 20, 'x');
    TestJob small{"b"};
    TestJob big{"c", [&](SqliteConnection& c) {
                    c.execute(Sql::insert_kept_answer, this_clinic(), "caller", "d", "f", 200, "", "", much,
                              "", nine_o_clock);
                    return true;
                }};
    const std::vector<Job*> jobs = {&small, &big};

    EXPECT_EQ(run_batch(*connection, jobs), BatchEnd::fine);

    EXPECT_EQ(small.failure(), Failure::full);
    EXPECT_EQ(big.failure(), Failure::full);
    EXPECT_EQ(to_error(Failure::full).code, ErrorCode::store_unavailable);
    EXPECT_TRUE(to_error(Failure::full).retry_after.has_value());
    EXPECT_EQ(keys_in(*connection), std::set<std::string>{"a"});

    connection->run_script("PRAGMA max_page_count = 1000000");
    EXPECT_EQ(run_batch(*connection, jobs), BatchEnd::fine);
    EXPECT_EQ(keys_in(*connection), (std::set<std::string>{"a", "b", "c", "d"}));
}

class StoreUnderFaults : public FileStoreTest {
  protected:
    Result<CommitOutcome> try_commit(std::uint64_t number) {
        Session session = a_new_session(number);
        return await(store().units().commit(here(), unit_of(session)));
    }
    static void expect_unavailable(const Result<CommitOutcome>& outcome) {
        ASSERT_FALSE(outcome.has_value());
        EXPECT_EQ(outcome.error().code, ErrorCode::store_unavailable);
        EXPECT_TRUE(outcome.error().retry_after.has_value());
    }
};

/// Lets no file of this process grow beyond `bytes` while it lives; writes fail as on a full disk.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
};

TEST_F(StoreUnderFaults, answers_unavailable_while_nothing_can_be_written_and_recovers) {
    const Session before = make_session(1);
    load(before.data().id);
    {
        const FileSizeLimit limit{4096};
        expect_unavailable(try_commit(2));
        expect_unavailable(try_commit(3));
        EXPECT_EQ(load(before.data().id).version, 1U) << "reading goes on";
    }

    EXPECT_EQ(try_commit(3).value(), CommitOutcome::done);

    EXPECT_EQ(count("SELECT COUNT(*) FROM sessions"), 2);
    EXPECT_EQ(count("SELECT COUNT(DISTINCT session_id) FROM outbox"), 2);
    EXPECT_EQ(count("SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

TEST_F(StoreUnderFaults, honours_a_file_that_was_made_read_only_and_recovers) {
    make_session(1);
    ASSERT_EQ(chmod(path().c_str(), 0444), 0);
    expect_unavailable(try_commit(2));
    EXPECT_EQ(load(an_id<SessionId>(100)).version, 1U) << "reading goes on";

    ASSERT_EQ(chmod(path().c_str(), 0644), 0);

    EXPECT_EQ(try_commit(2).value(), CommitOutcome::done);
}

TEST_F(StoreUnderFaults, answers_unavailable_while_the_file_is_away) {
    make_session(1);
    const std::string away = path() + ".away";
    std::filesystem::rename(path(), away);
    expect_unavailable(try_commit(2));
    EXPECT_FALSE(std::filesystem::exists(path())) << "no empty store takes its place";

    std::filesystem::rename(away, path());

    EXPECT_EQ(try_commit(2).value(), CommitOutcome::done);
}

TEST_F(StoreUnderFaults, waits_for_another_process_that_writes) {
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    std::atomic<bool> is_done = false;
    // On a loop of its own: the read below must end without the write.
    std::jthread writer{[&] {
        Session session = a_new_session(1);
        EXPECT_EQ(tests::await(store().units().commit(here(), unit_of(session))), CommitOutcome::done);
        is_done = true;
    }};

    EXPECT_FALSE(must(await(store().sessions().find_session(here(), an_id<SessionId>(100)))).has_value());
    EXPECT_FALSE(is_done);
    sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    writer.join();

    EXPECT_TRUE(is_done);
    sqlite3_close(other);
}

TEST_F(StoreUnderFaults, answers_unavailable_once_it_is_closed) {
    store().close();

    expect_unavailable(try_commit(1));
    EXPECT_FALSE(await(store().sessions().find_session(here(), an_id<SessionId>(1))).has_value());
    store().close();
}

/// Starts the task on the loop; what it throws fails the test.
void spawn(asio::io_context& io, Task<void> task) {
    asio::co_spawn(io, std::move(task), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
}

Task<void> commit_one(Store* store, UnitOfWork unit, std::vector<Result<CommitOutcome>>* outcomes) {
    outcomes->push_back(co_await store->units().commit(here(), std::move(unit)));
}

TEST_F(StoreUnderFaults, answers_many_writers_at_once_each_with_its_own_outcome) {
    asio::io_context io;
    std::vector<Result<CommitOutcome>> outcomes;
    for (std::uint64_t number = 1; number <= 200; ++number) {
        // The hundredth is made twice.
        Session session = a_new_session(number == 200 ? 100 : number);
        spawn(io, commit_one(store_.get(), unit_of(session), &outcomes));
    }

    io.run();

    const auto count_of = [&](CommitOutcome outcome) {
        return std::ranges::count_if(outcomes, [&](const auto& got) { return got.value() == outcome; });
    };
    EXPECT_EQ(outcomes.size(), 200U);
    EXPECT_EQ(count_of(CommitOutcome::done), 199);
    EXPECT_EQ(count_of(CommitOutcome::stale), 1);
    EXPECT_EQ(count("SELECT COUNT(*) FROM sessions"), 199);
}

TEST_F(StoreUnderFaults, refuses_more_work_than_its_queue_holds) {
    reopen({.queue_limit = 4});
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    asio::io_context io;
    std::vector<Result<CommitOutcome>> outcomes;
    for (std::uint64_t number = 1; number <= 40; ++number) {
        Session session = a_new_session(number);
        spawn(io, commit_one(store_.get(), unit_of(session), &outcomes));
    }

    // At least 40 less the queue less the first batch are refused while the writer is held up.
    while (outcomes.size() < 30) io.run_one();
    for (const auto& outcome : outcomes) expect_unavailable(outcome);
    sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    io.run();

    EXPECT_EQ(outcomes.size(), 40U);
    EXPECT_GE(count("SELECT COUNT(*) FROM sessions"), 4);
    sqlite3_close(other);
}

Task<void> note_thread(Store* store, std::thread::id* seen) {
    (void)co_await store->sessions().find_session(here(), an_id<SessionId>(1));
    *seen = std::this_thread::get_id();
}

TEST_F(StoreUnderFaults, comes_back_on_the_callers_own_loop) {
    asio::io_context io;
    std::thread::id seen;
    spawn(io, note_thread(store_.get(), &seen));

    io.run();

    EXPECT_EQ(seen, std::this_thread::get_id());
}

TEST_F(StoreUnderFaults, copies_itself_while_it_is_written_to) {
    make_session(1);
    std::atomic<bool> stop = false;
    std::thread writer{[&] {
        for (std::uint64_t number = 2; !stop; ++number) EXPECT_TRUE(try_commit(number).has_value());
    }};
    const std::string copy = (folder_.path() / "copy.db").string();

    const auto copied = store().backup_to(copy);
    stop = true;
    writer.join();

    ASSERT_TRUE(copied.has_value());
    const auto from_copy = open_sqlite_store({.path = copy});
    EXPECT_TRUE(must(await(from_copy->sessions().find_session(here(), an_id<SessionId>(100)))).has_value());
    EXPECT_FALSE(store().backup_to("/nowhere/at/all.db").has_value());
}

class SchemaTest : public FileStoreTest {
  protected:
    SchemaTest() { close(); }
    std::string refusal(StoreOptions options = {}) {
        options.path = path();
        try {
            (void)open_sqlite_store(std::move(options));
        } catch (const std::runtime_error& refused) {
            return refused.what();
        }
        return {};
    }
};

TEST_F(SchemaTest, runs_each_migration_once) {
    EXPECT_EQ(migrate_sqlite_store(path()), 0);
    std::filesystem::remove(path());

    EXPECT_EQ(migrate_sqlite_store(path()), schema_number());
    EXPECT_EQ(migrate_sqlite_store(path()), 0);
    EXPECT_EQ(count("SELECT COUNT(*) FROM schema_migrations"), schema_number());
}

TEST_F(SchemaTest, is_held_so_that_what_was_answered_survives_a_power_cut) {
    const auto ask = [](const SqliteConnection& connection, const char* sql) {
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(connection.handle(), sql, -1, &statement, nullptr), SQLITE_OK);
        EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW) << sql;
        std::string answer{reinterpret_cast<const char*>(sqlite3_column_text(statement, 0))};
        sqlite3_finalize(statement);
        return answer;
    };
    for (const auto access : {SqliteConnection::Access::write, SqliteConnection::Access::read}) {
        std::string why;
        const auto connection = SqliteConnection::open(path(), access, why);
        ASSERT_TRUE(connection) << why;
        EXPECT_EQ(ask(*connection, "PRAGMA journal_mode"), "wal");
        EXPECT_EQ(ask(*connection, "PRAGMA synchronous"), "2") << "FULL, see sqlite.org/pragma.html";
        EXPECT_EQ(ask(*connection, "PRAGMA foreign_keys"), "1");
        EXPECT_EQ(ask(*connection,
                      "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND"
                      " name NOT LIKE 'sqlite%' AND strict = 0"),
                  "0");
        EXPECT_NE(ask(*connection, "SELECT count(*) FROM pragma_table_list WHERE strict = 1"), "0");
    }
}

TEST_F(SchemaTest, refuses_a_schema_that_is_newer_than_the_program) {
    tamper("INSERT INTO schema_migrations VALUES (9999, 'from the future')");

    EXPECT_NE(refusal().find("newer"), std::string::npos) << refusal();
    EXPECT_THROW(migrate_sqlite_store(path()), std::runtime_error);
}

TEST_F(SchemaTest, refuses_an_older_schema_where_it_may_not_migrate) {
    std::filesystem::remove(path());
    EXPECT_NE(refusal({.migrate = false}), "");
    EXPECT_FALSE(std::filesystem::exists(path()));

    std::FILE* empty = std::fopen(path().c_str(), "w");
    std::fclose(empty);
    EXPECT_NE(refusal({.migrate = false}).find("vcare migrate"), std::string::npos);
    EXPECT_EQ(refusal({.migrate = true}), "");
    EXPECT_EQ(refusal({.migrate = false}), "");
}

TEST_F(SchemaTest, keeps_its_files_to_their_owner) {
    std::filesystem::remove(path());
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;

    reopen();
    make_session(1);
    const std::string copy = (folder_.path() / "copy.db").string();
    ASSERT_TRUE(store().backup_to(copy).has_value());

    for (const std::string& file : {path(), path() + "-wal", path() + "-shm", copy})
        EXPECT_EQ(std::filesystem::status(file).permissions() & others, std::filesystem::perms::none) << file;
}

TEST_F(SchemaTest, refuses_a_file_that_is_no_database_or_cannot_be_written) {
    std::filesystem::remove(path());
    std::filesystem::create_directory(path());
    EXPECT_NE(refusal(), "");
    std::filesystem::remove(path());
    std::FILE* file = std::fopen(path().c_str(), "w");
    std::fputs(
        "this is a text, and long enough to be looked at as a database header would be: 100 bytes and more",
        file);
    std::fclose(file);

    EXPECT_NE(refusal(), "");
    EXPECT_EQ(refusal().find('\n'), std::string::npos) << "one line for the operator";
}

}  // namespace
}  // namespace vcare::store
