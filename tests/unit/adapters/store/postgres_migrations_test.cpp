// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "adapters/store/schema.hpp"
#include "unit/adapters/store/postgres_fixture.hpp"

namespace vcare::store {
namespace {

using ::testing::HasSubstr;

TEST(PostgresMigrations, run_once_however_many_programs_try) {
    const std::string name = "twice";
    postgres().create_database(name);
    const std::string url = postgres().owner_url(name);
    std::atomic<int> count = 0;

    std::thread other{[&] { count += migrate_postgres_store(url); }};
    count += migrate_postgres_store(url);
    other.join();

    EXPECT_EQ(count, schema_number());
    EXPECT_EQ(migrate_postgres_store(url), 0);
    postgres().drop_database(name);
}

/// A database as an older version of this program left it, with somebody in it who is long about something.
class PostgresUpgrades : public ::testing::Test {
  public:
    ~PostgresUpgrades() override {
        reader_.reset();
        if (upgrade_.joinable()) upgrade_.join();
        postgres().drop_database(name);
    }

  protected:
    explicit PostgresUpgrades(int version = 4) {
        postgres().create_database(name);
        postgres().run(name,
                       to_postgres("CREATE TABLE schema_migrations (number {integer} NOT NULL PRIMARY KEY,"
                                   " name {text} NOT NULL)"));
        for (const Migration& migration : migrations().first(static_cast<std::size_t>(version))) {
            const PostgresSteps steps = to_postgres_steps(migration.text);
            postgres().run(name, fmt::format("{}; INSERT INTO schema_migrations VALUES ({}, '{}')",
                                             steps.in_transaction, migration.number, migration.name));
            for (const OnlineIndex& index : steps.online) postgres().run(name, index.text);
        }
    }
    /// An index that is made online waits for whoever still sees the state before it.
    void begin_to_read() {
        reader_.emplace(postgres().owner_url(name), nullptr);
        ASSERT_EQ(reader_->refused("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT COUNT(*) FROM counters"),
                  "");
    }
    void end_reading() { reader_.reset(); }
    void begin_upgrade() {
        upgrade_ = std::thread{[this] {
            try {
                ran_ = migrate_postgres_store(postgres().owner_url(name));
            } catch (const std::runtime_error& refusal) {
                refusal_ = refusal.what();
            }
            is_over_ = true;
        }};
    }
    void end_upgrade() { upgrade_.join(); }
    /// False when the upgrade was over before.
    bool is_held_up_by_the_reader() {
        const std::string asked =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '" + name +
            "' AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event = 'virtualxid'";
        while (!is_over_ && postgres().run(name, asked) == "0") std::this_thread::yield();
        return !is_over_;
    }
    std::string valid_indexes_of(const std::string& table) {
        return postgres().run(
            name,
            "SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY indexrelid::regclass::text)"
            " FROM pg_index WHERE indisvalid AND indrelid = '" +
                table + "'::regclass");
    }

    const std::string name = "older";
    std::optional<InRole> reader_;
    std::thread upgrade_;
    std::atomic<bool> is_over_ = false;
    int ran_ = 0;
    std::string refusal_;
};

/// As version 4 of the schema knows these tables: what a replica of the version before goes on to send.
std::string writes_of_the_version_before(unsigned number) {
    return fmt::format(
        "INSERT INTO outbox (tenant_id, event_id, type, subject, session_id, data, at, actor, correlation_id,"
        " traceparent) VALUES ('t', 'e{0}', 'x', 's', 's{0}', '{{}}', 1, 'a', 'c', '');"
        "INSERT INTO due_times (tenant_id, session_id, due_at) VALUES ('t', 's{0}', 1);"
        "UPDATE outbox SET position = {0} WHERE tenant_id = 't' AND event_id = 'e{0}';"
        "DELETE FROM due_times WHERE tenant_id = 't' AND session_id = 's{0}'",
        number);
}

TEST_F(PostgresUpgrades, let_the_version_before_write_while_an_index_is_made) {
    postgres().run(
        name,
        "INSERT INTO outbox (tenant_id, event_id, type, subject, session_id, data, at, actor,"
        " correlation_id, traceparent) SELECT 't', 'old' || n, 'x', 's', 's', '{}', 1, 'a', 'c', ''"
        " FROM generate_series(1, 20000) AS n");
    InRole version_before{postgres().owner_url(name), nullptr};
    ASSERT_EQ(version_before.refused("SET lock_timeout = '2s'"), "");
    begin_to_read();

    begin_upgrade();
    EXPECT_TRUE(is_held_up_by_the_reader()) << refusal_;
    for (unsigned i = 1; i <= 50; ++i)
        EXPECT_EQ(version_before.refused(writes_of_the_version_before(i)), "") << i;
    end_reading();
    // And in all that comes after it.
    unsigned last = 50;
    while (!is_over_) EXPECT_EQ(version_before.refused(writes_of_the_version_before(++last)), "") << last;
    end_upgrade();

    EXPECT_EQ(refusal_, "");
    EXPECT_EQ(ran_, schema_number() - 4);
    EXPECT_EQ(postgres().run(name, "SELECT COUNT(*) FROM outbox WHERE position IS NOT NULL"),
              std::to_string(last));
    EXPECT_THAT(valid_indexes_of("outbox"), HasSubstr("outbox_held"));
}

TEST_F(PostgresUpgrades, go_on_where_they_were_killed) {
    begin_to_read();
    begin_upgrade();
    ASSERT_TRUE(is_held_up_by_the_reader()) << refusal_;

    postgres().run(name,
                   "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                   " WHERE query LIKE 'CREATE INDEX CONCURRENTLY%'");
    end_upgrade();

    EXPECT_NE(refusal_, "");
    EXPECT_THAT(valid_indexes_of("outbox"), ::testing::Not(HasSubstr("outbox_waiting")));
    EXPECT_EQ(
        postgres().run(name, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'outbox_waiting'::regclass"),
        "f")
        << "half made";
    end_reading();
    EXPECT_EQ(migrate_postgres_store(postgres().owner_url(name)), schema_number() - 5);
    EXPECT_THAT(valid_indexes_of("outbox"), HasSubstr("outbox_waiting"));
    EXPECT_THAT(valid_indexes_of("sessions"), HasSubstr("sessions_by_appointment"));
}

TEST_F(PostgresUpgrades, make_what_an_upgrade_that_was_killed_at_its_very_end_did_not) {
    ASSERT_EQ(migrate_postgres_store(postgres().owner_url(name)), schema_number() - 4);
    postgres().run(name, "DROP INDEX sessions_by_appointment");
    std::string why;
    try {
        (void)open_postgres_store(options_for(postgres().service_url(name)));
    } catch (const std::runtime_error& refusal) {
        why = refusal.what();
    }
    EXPECT_THAT(why, HasSubstr("sessions_by_appointment is not made yet; run vcare migrate"));

    EXPECT_EQ(migrate_postgres_store(postgres().owner_url(name)), 0);

    EXPECT_THAT(valid_indexes_of("sessions"), HasSubstr("sessions_by_appointment"));
    EXPECT_NO_THROW((void)open_postgres_store(options_for(postgres().service_url(name))));
}

/// What each older version left behind is as good a beginning as any, with its indexes made in whatever way.
class PostgresUpgradesFrom : public PostgresUpgrades, public ::testing::WithParamInterface<int> {
  protected:
    PostgresUpgradesFrom() : PostgresUpgrades(GetParam()) {}
};

TEST_P(PostgresUpgradesFrom, end_at_the_schema_of_this_version) {
    EXPECT_EQ(migrate_postgres_store(postgres().owner_url(name)), schema_number() - GetParam());

    EXPECT_NO_THROW((void)open_postgres_store(options_for(postgres().service_url(name))));
}

INSTANTIATE_TEST_SUITE_P(Versions, PostgresUpgradesFrom, ::testing::Range(1, 12));

TEST(PostgresMigrations, are_asked_for_by_a_store_that_is_older_or_newer) {
    const PostgresDatabaseOfTest database;
    const auto why_not = [&]() -> std::string {
        try {
            (void)open_postgres_store(options_for(database.url()));
        } catch (const std::runtime_error& refusal) {
            return refusal.what();
        }
        return "opened";
    };

    database.run("DELETE FROM schema_migrations WHERE number = (SELECT MAX(number) FROM schema_migrations)");
    EXPECT_THAT(why_not(), HasSubstr("run vcare migrate"));
    database.run("INSERT INTO schema_migrations VALUES (9999, 'from the future')");
    EXPECT_THAT(why_not(), HasSubstr("newer than this program"));
}

}  // namespace
}  // namespace vcare::store
