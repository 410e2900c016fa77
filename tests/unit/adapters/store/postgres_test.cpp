// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <semaphore>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <libpq-fe.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "adapters/store/postgres_database.hpp"
#include "adapters/store/postgres_dialect.hpp"
#include "adapters/store/schema.hpp"
#include "unit/adapters/store/postgres_fixture.hpp"

/// What only PostgreSQL has: roles, row-level security, a pool, a server that goes and comes back.
namespace vcare::store {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

class PostgresWalls : public ::testing::Test {
  protected:
    PostgresWalls() : store_(open_postgres_store(options_for(database_.url()))) {
        for (const TenantId& tenant : {this_clinic(), another_clinic()}) {
            Session session = a_new_session(tenant == this_clinic() ? 1 : 2, tenant);
            UnitOfWork unit = unit_of(session);
            unit.audit.push_back(an_audit_entry(tenant == this_clinic() ? 1 : 2));
            must(await(store_->units().commit(scope_of(tenant), std::move(unit))));
        }
    }

    PostgresDatabaseOfTest database_;
    std::unique_ptr<Store> store_;
};

class PostgresPlans : public PostgresWalls {
  protected:
    /// How many rows of a table the store looked at in its life, which ends here: the server counts what a
    /// connection did when that is closed.
    int looked_at(std::string_view table) {
        store_.reset();
        while (database_.run("SELECT COUNT(*) FROM pg_stat_activity WHERE usename = 'service'"
                             " AND datname = current_database()") != "0")
            std::this_thread::yield();
        return std::stoi(database_.run(fmt::format(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = '{}'", table)));
    }
};

// The server was told about the queue while that was long, and about the log while that was short.
TEST_F(PostgresPlans, seal_what_is_new_and_do_not_walk_what_is_sealed) {
    must(await(store_->queues().seal_audit(10)));
    const std::string copies =
        "INSERT INTO audit_entries (tenant_id, audit_id, at, actor, action, outcome, remote_address, trace_id)"
        " SELECT e.tenant_id, 'aud_' || lpad(n::text, 26, '0'), at, actor, action, outcome, remote_address,"
        " trace_id FROM (SELECT * FROM audit_entries ORDER BY audit_id LIMIT 1) AS e,"
        " generate_series({}, {}) AS n";
    database_.run(fmt::format(fmt::runtime(copies), 1000, 1500));
    database_.run("INSERT INTO audit_unsealed SELECT tenant_id, audit_id FROM audit_entries");
    database_.run("ANALYZE audit_entries, audit_unsealed");
    database_.run("DELETE FROM audit_unsealed");
    database_.run(fmt::format(fmt::runtime(copies), 2000, 9000));
    const int copied = looked_at("audit_entries");
    store_ = open_postgres_store(options_for(database_.url()));
    Session session = a_new_session(3);
    UnitOfWork unit = unit_of(session);
    unit.audit.push_back(an_audit_entry(9000));
    must(await(store_->units().commit(scope_of(this_clinic()), std::move(unit))));

    EXPECT_EQ(must(await(store_->queues().seal_audit(10))).entries, 1U);

    EXPECT_LT(looked_at("audit_entries") - copied, 100);
}

/// Events of sessions that each have one, written as a clinic's commits write them.
class PostgresOutbox : public PostgresPlans {
  protected:
    static constexpr unsigned batch = 500;
    void write_events(unsigned count) {
        database_.run(fmt::format(
            "INSERT INTO outbox (tenant_id, event_id, type, subject, session_id, data, at, actor,"
            " correlation_id, traceparent) SELECT tenant_id, left(event_id, 4) || lpad(n::text, 10, '0') ||"
            " right(event_id, 16), type, subject, left(session_id, 4) || lpad(n::text, 10, '0') ||"
            " right(session_id, 16), data, at, actor, correlation_id, traceparent"
            " FROM (SELECT * FROM outbox ORDER BY sequence LIMIT 1) AS one, generate_series({}, {}) AS n",
            written_ + 1, written_ + count));
        written_ += count;
    }
    /// As a replica does it that runs both workers; answers how many the broker took.
    std::size_t take_to_the_broker(unsigned limit) {
        must(await(store_->queues().number_events(0, limit, std::nullopt)));
        std::vector<application::RelayedEvent> relayed;
        for (auto& event :
             must(await(store_->queues().claim_events(nine_o_clock, nine_o_clock + seconds{15}, limit))))
            relayed.push_back({.event = std::move(event), .result = application::RelayResult::acknowledged});
        const std::size_t count = relayed.size();
        must(await(store_->queues().settle_events(std::move(relayed), nine_o_clock)));
        return count;
    }
    /// As a clinic's day begins: what is written is taken at once.
    void keep_short() {
        for (int i = 0; i < 10; ++i) {
            write_events(1);
            (void)take_to_the_broker(batch);
        }
    }

  private:
    unsigned written_ = 0;
};

// The server still believes what it learned about the queue when that was empty, and keeps the plans it made
// then: it is told about a table from time to time only, and a backlog is longer at once.
TEST_F(PostgresOutbox, costs_what_is_taken_of_it_however_long_it_is) {
    keep_short();
    write_events(20'000);

    EXPECT_EQ(take_to_the_broker(batch), batch);

    EXPECT_LT(looked_at("outbox"), 8 * static_cast<int>(batch));
    EXPECT_EQ(database_.run("SELECT COUNT(*) FROM outbox WHERE position IS NULL"), "19500");
}

TEST_F(PostgresOutbox, costs_no_more_when_the_server_was_told_about_it_while_it_was_empty) {
    keep_short();
    database_.run("ANALYZE outbox");
    write_events(20'000);

    EXPECT_EQ(take_to_the_broker(batch), batch);
    EXPECT_EQ(take_to_the_broker(batch), batch) << "with others numbered and not taken yet";

    EXPECT_LT(looked_at("outbox"), 16 * static_cast<int>(batch));
}

std::vector<std::string> tables_of_tenants(const PostgresDatabaseOfTest& database) {
    std::vector<std::string> names;
    std::string list = database.run(
        "SELECT string_agg(table_name, ',') FROM information_schema.columns"
        " WHERE column_name = 'tenant_id' AND table_schema = 'public'");
    for (std::size_t end = 0; end != std::string::npos; list.erase(0, end + 1)) {
        end = list.find(',');
        names.push_back(list.substr(0, end));
        if (end == std::string::npos) break;
    }
    return names;
}

TEST_F(PostgresWalls, stand_around_every_table_that_has_a_tenant) {
    EXPECT_EQ(database_.run("SELECT COALESCE(string_agg(c.relname, ','), '') FROM pg_class c"
                            " JOIN information_schema.columns k ON k.table_name = c.relname"
                            " WHERE k.column_name = 'tenant_id' AND c.relkind = 'r'"
                            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"),
              "");
    EXPECT_GT(tables_of_tenants(database_).size(), 20U);
}

TEST_F(PostgresWalls, show_nothing_to_a_statement_that_forgets_the_tenant) {
    InRole app{database_.url(), app_role};

    for (const std::string& table : tables_of_tenants(database_))
        EXPECT_EQ(app.ask("SELECT COUNT(*) FROM " + table), "0") << table;
    EXPECT_EQ(database_.run("SELECT COUNT(*) FROM sessions"), "2") << "they are there";
}

TEST_F(PostgresWalls, show_one_tenant_its_own_rows_whatever_the_statement_asks_for) {
    InRole app{database_.url(), app_role};

    app.ask("SELECT set_config('app.tenant_id', '" + this_clinic().text() + "', false)");

    EXPECT_EQ(app.ask("SELECT COUNT(*) FROM sessions"), "1");
    EXPECT_EQ(app.ask("SELECT COUNT(*) FROM sessions WHERE tenant_id = '" + another_clinic().text() + "'"),
              "0");
    EXPECT_EQ(app.refused("UPDATE sessions SET room_name = 'x'"), "");
    EXPECT_EQ(database_.run("SELECT COUNT(*) FROM sessions WHERE room_name = 'x'"), "1");
}

TEST_F(PostgresWalls, let_no_row_be_written_into_another_tenant) {
    InRole app{database_.url(), app_role};
    app.ask("SELECT set_config('app.tenant_id', '" + this_clinic().text() + "', false)");

    EXPECT_THAT(app.refused("INSERT INTO due_times VALUES ('" + another_clinic().text() + "', 's', 1)"),
                HasSubstr("row-level security"));
}

TEST_F(PostgresWalls, keep_workers_from_whatever_a_person_typed) {
    InRole worker{database_.url(), worker_role};

    for (const std::string table : {"sessions", "participants", "feedback", "transitions", "device_checks"})
        EXPECT_THAT(worker.refused("SELECT * FROM " + table), HasSubstr("permission denied")) << table;
    EXPECT_THAT(worker.refused("SELECT body FROM kept_answers"), HasSubstr("permission denied"));
    EXPECT_THAT(worker.refused("SELECT sealed FROM whereabouts"), HasSubstr("permission denied"));
    EXPECT_EQ(worker.ask("SELECT COUNT(DISTINCT tenant_id) FROM outbox"), "2") << "queues are open to them";
}

TEST_F(PostgresWalls, let_nobody_change_what_was_audited) {
    for (const char* role : {app_role, worker_role}) {
        InRole service{database_.url(), role};
        EXPECT_THAT(service.refused("UPDATE audit_entries SET actor = 'x'"), HasSubstr("permission denied"));
        EXPECT_THAT(service.refused("UPDATE audit_chain SET sequence = 1"), HasSubstr("permission denied"));
        EXPECT_THAT(service.refused("DELETE FROM audit_floors"), HasSubstr("permission denied"));
    }
    InRole worker{database_.url(), worker_role};
    EXPECT_THAT(worker.refused("DELETE FROM audit_entries"), HasSubstr("permission denied"));
    EXPECT_THAT(worker.refused("DELETE FROM audit_chain"), HasSubstr("permission denied"));
    EXPECT_THAT(worker.refused("SELECT * FROM audit_floors"), HasSubstr("permission denied"));
}

TEST_F(PostgresWalls, keep_what_was_audited_above_the_floor) {
    for (const TenantId& tenant : {this_clinic(), another_clinic()})
        must(await(store_->audit().append_reads(scope_of(tenant), {an_audit_entry(11), an_audit_entry(12)})));
    must(await(store_->queues().seal_audit(100)));
    InRole app{database_.url(), app_role};
    app.ask("SELECT set_config('app.tenant_id', '" + this_clinic().text() + "', false)");
    const auto rows = [&] {
        return database_.run(
            "SELECT (SELECT COUNT(*) FROM audit_entries) || ' ' ||"
            " (SELECT COUNT(*) FROM audit_chain)");
    };
    ASSERT_EQ(rows(), "6 6");

    EXPECT_EQ(app.refused("DELETE FROM audit_entries; DELETE FROM audit_chain"), "");
    EXPECT_EQ(rows(), "6 6") << "none of it is met";
    EXPECT_EQ(app.refused("INSERT INTO audit_floors VALUES ('" + this_clinic().text() +
                          "', 2, 'hash', 1, 'aud', 'signature')"),
              "");
    EXPECT_EQ(app.refused("DELETE FROM audit_entries; DELETE FROM audit_chain"), "");
    EXPECT_EQ(rows(), "4 4") << "what is above it stays, and all of another tenant";
}

TEST_F(PostgresWalls, keep_the_timeline_of_a_visit_until_it_is_over) {
    InRole app{database_.url(), app_role};
    app.ask("SELECT set_config('app.tenant_id', '" + this_clinic().text() + "', false)");
    const std::string ours =
        "SELECT COUNT(*) FROM transitions WHERE tenant_id = '" + this_clinic().text() + "'";
    const std::string lines = database_.run(ours);
    ASSERT_NE(lines, "0");

    EXPECT_EQ(app.refused("DELETE FROM transitions"), "");
    EXPECT_EQ(database_.run(ours), lines) << "none of it is met";
    database_.run("UPDATE sessions SET status = 'cancelled'");
    EXPECT_EQ(app.refused("DELETE FROM transitions"), "");
    EXPECT_EQ(database_.run(ours), "0");
    EXPECT_NE(database_.run("SELECT COUNT(*) FROM transitions"), "0") << "another tenant's stays";
    EXPECT_THAT(app.refused("UPDATE transitions SET detail = 'x'"), HasSubstr("permission denied"));
}

TEST_F(PostgresWalls, must_hold_the_role_that_the_service_works_in) {
    postgres().run("postgres", "ALTER ROLE vcare_app BYPASSRLS");

    EXPECT_THROW((void)open_postgres_store(options_for(database_.url())), std::runtime_error);

    postgres().run("postgres", "ALTER ROLE vcare_app NOBYPASSRLS");
    EXPECT_NO_THROW((void)open_postgres_store(options_for(database_.url())));
}

bool changes_rows(std::string_view text) {
    return text.starts_with("INSERT") || text.starts_with("UPDATE") || text.starts_with("DELETE");
}

TEST(PostgresDialect, understands_every_statement) {
    const PostgresDatabaseOfTest database;
    InRole owner{postgres().owner_url("migrated"), nullptr};
    for (std::size_t i = 0; i < statement_count; ++i) {
        const auto sql = static_cast<Sql>(i);
        const std::string text = text_of(sql, false);
        const bool is_sqlites_own = text.starts_with("SAVEPOINT") || text.starts_with("RELEASE") ||
                                    text.starts_with("ROLLBACK") || text.starts_with("BEGIN") ||
                                    text == "COMMIT";
        if (is_sqlites_own) continue;
        const std::string name{statement_of(sql).name};
        EXPECT_EQ(owner.refused("PREPARE a AS " + text + "; DEALLOCATE a"), "") << name;
        const bool may_be_a_condition = changes_rows(text) && text.find("RETURNING") == std::string::npos;
        if (!may_be_a_condition) continue;
        EXPECT_EQ(owner.refused("PREPARE b AS " + text_of(sql, true) + "; DEALLOCATE b"), "") << name;
    }
}

TEST(PostgresDialect, spells_every_word_in_braces) {
    for (const Migration& migration : migrations())
        EXPECT_EQ(to_postgres(migration.text).find('{'), std::string::npos) << migration.name;
}

TEST(PostgresDialect, knows_what_an_error_means) {
    const std::vector<std::pair<std::string, Failure>> meanings = {{"23505", Failure::unique},
                                                                   {"23503", Failure::foreign_key},
                                                                   {"22012", Failure::unchanged},
                                                                   {"40001", Failure::busy},
                                                                   {"40P01", Failure::busy},
                                                                   {"55P03", Failure::busy},
                                                                   {"53100", Failure::full},
                                                                   {"53300", Failure::busy},
                                                                   {"42501", Failure::corrupt_row},
                                                                   {"22021", Failure::corrupt_row},
                                                                   {"25006", Failure::broken},
                                                                   {"57P01", Failure::broken},
                                                                   {"", Failure::broken}};
    for (const auto& [state, failure] : meanings) EXPECT_EQ(failure_of_sqlstate(state), failure) << state;
}

TEST(PostgresStore, says_who_cannot_be_reached_without_the_password) {
    try {
        (void)open_postgres_store(options_for("postgresql://service:hunter2@127.0.0.1:1/vcare"));
        FAIL() << "nobody listens there";
    } catch (const std::runtime_error& refusal) {
        EXPECT_THAT(refusal.what(), HasSubstr("127.0.0.1"));
        EXPECT_THAT(refusal.what(), ::testing::Not(HasSubstr("hunter2")));
    }
}

TEST(PostgresStore, waits_for_the_server_once_for_a_read_and_once_for_a_unit) {
    const PostgresDatabaseOfTest database;
    std::vector<std::uint64_t> waits;
    PostgresOptions options = options_for(database.url());
    options.job_done = [&](std::uint64_t round_trips) { waits.push_back(round_trips); };
    const auto store = open_postgres_store(std::move(options));
    Session session = a_new_session();
    UnitOfWork unit = unit_of(session);
    unit.audit.push_back(an_audit_entry(1));
    const StoredTenantConfig config{
        .id = an_id<TenantConfigId>(1), .tenant = this_clinic(), .updated_at = nine_o_clock};
    must(await(store->tenants().ensure_tenant({.id = this_clinic(), .short_key = "abc123"}, config)));
    waits.clear();

    must(await(store->units().commit(here(), std::move(unit))));
    must(await(store->sessions().find_session(here(), session.data().id)));
    must(await(store->sessions().find_with_config(here(), session.data().id)));
    must(await(store->consents().standing(here(), the_patient_id(), ConsentType::telehealth)));
    must(await(store->consents().booking_basis(here(), the_patient_id())));
    must(await(store->presence().admission_basis(here(), session.data().id, the_patient_id(), nine_o_clock)));

    EXPECT_EQ(waits, (std::vector<std::uint64_t>{1, 1, 1, 1, 1, 1}));
}

/// A write that changes two sessions' due times, one after the other.
class TwoRows final : public Job {
  public:
    TwoRows() : Job(of(here())) {}
    Work<bool> run(Connection* connection) override {
        ++runs_;
        connection->execute(Sql::put_due_time, this_clinic(), "one", 1);
        (void)co_await connection->count_changed(Sql::put_due_time, this_clinic(), "two", 1);
        co_return keep_;
    }
    void fail(Failure failure, std::optional<Sql>) override { failure_ = failure; }
    void committed() override { is_committed_ = true; }

    int runs_ = 0;
    bool keep_ = true;
    bool is_committed_ = false;
    Failure failure_ = Failure::none;
};

/// Somebody else at the same tables, with a transaction of their own.
class Rival {
  public:
    explicit Rival(const std::string& url) : session_(url, nullptr) {
        session_.ask("SELECT set_config('app.tenant_id', '" + this_clinic().text() + "', false)");
        session_.refused("SET ROLE vcare_app; BEGIN");
    }
    std::string run(const std::string& sql) { return session_.refused(sql); }

  private:
    InRole session_;
};

class PostgresJobs : public ::testing::Test {
  protected:
    PostgresJobs() {
        database_.run("INSERT INTO due_times VALUES ('" + this_clinic().text() + "', 'one', 0), ('" +
                      this_clinic().text() + "', 'two', 0)");
    }
    std::unique_ptr<Database> open(PostgresOptions options) { return make_postgres_database(options); }
    std::unique_ptr<Database> open() { return open(options_for(database_.url())); }
    std::string due(const std::string& session) {
        return database_.run("SELECT due_at FROM due_times WHERE session_id = '" + session + "'");
    }
    static std::string lock(const std::string& session) {
        return "UPDATE due_times SET due_at = 7 WHERE session_id = '" + session + "'";
    }

    PostgresDatabaseOfTest database_;
};

TEST_F(PostgresJobs, are_undone_when_they_are_not_to_be_kept) {
    const auto database = open();
    TwoRows job;
    job.keep_ = false;

    await(database->perform_write(&job));

    EXPECT_EQ(job.failure_, Failure::none);
    EXPECT_FALSE(job.is_committed_);
    EXPECT_EQ(due("one"), "0");
    TwoRows next;
    await(database->perform_write(&next));
    EXPECT_TRUE(next.is_committed_) << "the connection is as good as before";
    EXPECT_EQ(due("one"), "1");
}

TEST_F(PostgresJobs, run_again_when_they_are_the_victim_of_a_deadlock) {
    const auto database = open();
    Rival rival{database_.owner_url()};
    ASSERT_EQ(rival.run(lock("two")), "");
    // The job holds `one` and waits for `two`, whose holder now asks for `one`.
    std::thread crossing{[&] {
        while (database_.run("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "0")
            std::this_thread::yield();
        rival.run(lock("one"));
        rival.run("COMMIT");
    }};
    TwoRows job;

    await(database->perform_write(&job));
    crossing.join();

    EXPECT_EQ(job.failure_, Failure::none);
    EXPECT_TRUE(job.is_committed_);
    EXPECT_EQ(due("two"), "1");
}

TEST_F(PostgresJobs, run_again_when_what_they_saw_was_changed_meanwhile) {
    // As an operator may have it: then the server answers 40001 to whoever was second.
    database_.run(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable',"
        " current_database()); END $$");
    const auto database = open();
    Rival rival{database_.owner_url()};
    ASSERT_EQ(rival.run(lock("two")), "");
    std::thread second{[&] {
        while (database_.run("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "0")
            std::this_thread::yield();
        rival.run("COMMIT");
    }};
    TwoRows job;

    await(database->perform_write(&job));
    second.join();

    EXPECT_EQ(job.failure_, Failure::none);
    EXPECT_TRUE(job.is_committed_);
    EXPECT_EQ(job.runs_, 2);
    EXPECT_EQ(due("two"), "1") << "after the other's 7";
}

TEST_F(PostgresJobs, are_given_up_at_their_deadline_and_leave_the_pool_usable) {
    PostgresOptions options = options_for(database_.url());
    options.answer = 300ms;
    options.connections = 1;
    const auto database = open(std::move(options));
    Rival rival{database_.owner_url()};
    ASSERT_EQ(rival.run(lock("two")), "");
    TwoRows late;

    await(database->perform_write(&late));

    EXPECT_EQ(late.failure_, Failure::broken);
    ASSERT_EQ(rival.run("ROLLBACK"), "");
    TwoRows next;
    await(database->perform_write(&next));
    EXPECT_TRUE(next.is_committed_);
}

TEST_F(PostgresJobs, wait_for_a_connection_to_come_free_but_not_for_ever) {
    PostgresOptions options = options_for(database_.url());
    options.connections = 1;
    options.wait = 100ms;
    const auto database = open(std::move(options));
    Rival rival{database_.owner_url()};
    ASSERT_EQ(rival.run(lock("two")), "");
    TwoRows first;
    TwoRows second;
    asio::co_spawn(loop(), database->perform_write(&first), [](const std::exception_ptr&) {});
    asio::co_spawn(loop(), database->perform_write(&second), [&](const std::exception_ptr&) {
        EXPECT_EQ(second.failure_, Failure::overloaded);
        EXPECT_EQ(rival.run("COMMIT"), "");
    });
    loop().restart();
    loop().run();

    EXPECT_TRUE(first.is_committed_);
    TwoRows third;
    TwoRows fourth;
    asio::co_spawn(loop(), database->perform_write(&third), [](const std::exception_ptr&) {});
    asio::co_spawn(loop(), database->perform_write(&fourth), [](const std::exception_ptr&) {});
    loop().restart();
    loop().run();
    EXPECT_TRUE(third.is_committed_);
    EXPECT_TRUE(fourth.is_committed_) << "it had the connection after the third";
}

TEST_F(PostgresJobs, are_refused_when_the_store_is_shut) {
    const auto database = open();
    database->close();
    TwoRows job;

    await(database->perform_write(&job));

    EXPECT_EQ(job.failure_, Failure::closed);
    EXPECT_FALSE(database->backup_to("/tmp/nowhere").has_value());
}

/// Another replica in the middle of a claim of its own, which locks what it takes.
class PostgresClaims : public ::testing::Test {
  protected:
    void others_take(const std::string& row) {
        ASSERT_EQ(other_replica_.refused("BEGIN; SELECT * FROM " + row + " FOR UPDATE"), "");
    }
    void others_give_up() { ASSERT_EQ(other_replica_.refused("ROLLBACK"), ""); }
    application::WorkQueues& queues() { return store_->queues(); }

    PostgresDatabaseOfTest database_;
    std::unique_ptr<Store> store_ = open_postgres_store(options_for(database_.url()));
    InRole other_replica_{database_.owner_url(), nullptr};
};

TEST_F(PostgresClaims, of_due_sessions_do_not_wait_for_those_that_another_replica_takes) {
    std::vector<SessionId> ids;
    for (const std::uint64_t number : {1U, 2U}) {
        Session session = a_new_session(number);
        must(await(store_->units().commit(here(), unit_of(session, nine_o_clock, nine_o_clock))));
        ids.push_back(session.data().id);
    }
    const auto claim = [&](Instant until) {
        return must(await(queues().claim_due_sessions(nine_o_clock, until, 10)));
    };

    others_take("due_times WHERE session_id = '" + ids[0].text() + "'");
    const auto claimed = claim(nine_o_clock + seconds{15});
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].session, ids[1]);

    others_give_up();
    ASSERT_EQ(claim(nine_o_clock + seconds{15}).at(0).session, ids[0]);
}

TEST_F(PostgresClaims, of_replays_do_not_wait_for_those_that_another_replica_takes) {
    for (const std::string place : {"one", "two"}) {
        must(await(store_->inbox().note_failure(
            {.place = place, .stream = "S", .failed_at = nine_o_clock, .is_dead = true}, 1)));
    }
    ASSERT_EQ(must(await(store_->inbox().replay_failures(std::nullopt, nine_o_clock))), 2U);
    const auto claim = [&] {
        return must(
            await(store_->inbox().claim_failures_to_replay(nine_o_clock, nine_o_clock + minutes{1}, 10)));
    };

    others_take("inbox_failures WHERE place = 'one'");
    const auto claimed = claim();
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].message.place, "two");

    others_give_up();
    EXPECT_EQ(claim().at(0).message.place, "one");
}

TEST_F(PostgresClaims, of_chains_do_not_wait_for_one_that_another_replica_seals) {
    std::uint64_t number = 0;
    const auto append = [&](const TenantScope& scope) {
        must(await(store_->audit().append_reads(scope, {an_audit_entry(++number)})));
    };
    const auto seal = [&] {
        const auto sealing = must(await(queues().seal_audit(100)));
        EXPECT_EQ(sealing.stuck_chains, 0U);
        return sealing.entries;
    };
    append(here());
    append(elsewhere());
    ASSERT_EQ(seal(), 2U);
    append(here());
    append(here());
    append(elsewhere());

    others_take("audit_heads WHERE tenant_id = '" + this_clinic().text() + "'");
    EXPECT_EQ(seal(), 1U);
    EXPECT_EQ(must(await(store_->audit().count_unsealed(here()))), 2U);
    EXPECT_EQ(must(await(store_->audit().count_unsealed(elsewhere()))), 0U);

    others_give_up();
    EXPECT_EQ(seal(), 2U);
}

TEST_F(PostgresClaims, of_one_chain_by_two_replicas_at_a_time_seal_each_entry_once) {
    std::vector<std::uint64_t> waits;
    PostgresOptions options = options_for(database_.url());
    options.job_done = [&](std::uint64_t round_trips) { waits.push_back(round_trips); };
    const auto one = open_postgres_store(options);
    const auto other = open_postgres_store(options);
    constexpr std::uint64_t entries = 200;
    unsigned sealed = 0;
    const auto seal = [&](Store* replica) {
        asio::co_spawn(loop(), replica->queues().seal_audit(entries),
                       [&](const std::exception_ptr&, const Result<application::Sealing>& sealing) {
                           EXPECT_EQ(sealing->stuck_chains, 0U);
                           sealed += sealing->entries;
                       });
    };

    // The first time there is no head to hold.
    for (std::uint64_t number = 1; number <= 2 * entries; ++number) {
        must(await(store_->audit().append_reads(here(), {an_audit_entry(number)})));
        if (number % entries != 0) continue;
        waits.clear();
        seal(one.get());
        seal(other.get());
        loop().restart();
        loop().run();
        EXPECT_EQ(sealed, number);
        EXPECT_EQ(waits.size(), 2U) << "nobody had to try again";
    }

    const auto chain = must(await(store_->audit().read_chain(here(), 0, 1000)));
    ASSERT_EQ(chain.size(), 2 * entries);
    EXPECT_EQ(chain.back().sequence, 2 * entries);
}

TEST_F(PostgresClaims, wait_for_the_server_once_however_many_chains_are_sealed) {
    std::vector<std::uint64_t> waits;
    PostgresOptions options = options_for(database_.url());
    options.job_done = [&](std::uint64_t round_trips) { waits.push_back(round_trips); };
    const auto store = open_postgres_store(std::move(options));
    for (const TenantScope& scope : {here(), elsewhere()})
        must(await(store->audit().append_reads(scope, {an_audit_entry(1), an_audit_entry(2)})));
    must(await(store->queues().seal_audit(100)));  // prepares the statements
    for (const TenantScope& scope : {here(), elsewhere()})
        must(await(store->audit().append_reads(scope, {an_audit_entry(3), an_audit_entry(4)})));
    waits.clear();

    EXPECT_EQ(must(await(store->queues().seal_audit(100))).entries, 4U);

    EXPECT_EQ(waits, std::vector<std::uint64_t>{2}) << "to read, and to commit";
}

/// A server that is its own, because it is stopped and killed.
class PostgresFailover : public ::testing::Test {
  protected:
    PostgresFailover() : server_({.durable = true}) {
        server_.create_database("vcare");
        migrate_postgres_store(server_.owner_url("vcare"));
        server_.let_service_in();
        store_ = open_postgres_store(options_for(server_.service_url("vcare")));
    }
    Result<CommitOutcome> try_commit(std::uint64_t number) {
        Session session = a_new_session(number);
        return await(store_->units().commit(here(), unit_of(session)));
    }
    Result<std::optional<SessionData>> find(std::uint64_t number) {
        return await(store_->sessions().find_session(here(), an_id<SessionId>(number * 100)));
    }

    support::PostgresServer server_;
    std::unique_ptr<Store> store_;
};

TEST_F(PostgresFailover, is_survived_without_a_restart_of_ours) {
    ASSERT_EQ(try_commit(1).value(), CommitOutcome::done);

    server_.kill();
    const auto meanwhile = try_commit(2);
    ASSERT_FALSE(meanwhile.has_value());
    EXPECT_EQ(meanwhile.error().code, ErrorCode::store_unavailable);
    EXPECT_TRUE(meanwhile.error().retry_after.has_value());
    EXPECT_FALSE(find(1).has_value());

    server_.start();
    EXPECT_TRUE(find(1).value().has_value()) << "what was acknowledged is there";
    EXPECT_EQ(try_commit(2).value(), CommitOutcome::done);
}

TEST_F(PostgresFailover, to_a_server_that_stands_still_keeps_nobody_waiting) {
    server_.pause();
    const auto began = std::chrono::steady_clock::now();
    // More than may be opened at once.
    constexpr unsigned asked = 40;
    unsigned refused = 0;
    std::chrono::steady_clock::duration longest{};
    for (unsigned i = 0; i < asked; ++i) {
        asio::co_spawn(loop(), store_->sessions().find_session(here(), an_id<SessionId>(100)),
                       [&](const std::exception_ptr&, const Result<std::optional<SessionData>>& answer) {
                           if (!answer && answer.error().code == ErrorCode::store_unavailable) ++refused;
                           longest = std::max(longest, std::chrono::steady_clock::now() - began);
                       });
    }
    loop().restart();
    loop().run();
    EXPECT_EQ(refused, asked);
    EXPECT_LT(longest, 3s);

    server_.go_on();
    server_.run("postgres", "SELECT 1");  // is behind all who came while it stood still
    EXPECT_EQ(try_commit(1).value(), CommitOutcome::done);
    EXPECT_TRUE(find(1).value().has_value());
}

TEST_F(PostgresFailover, of_idle_connections_costs_nobody_an_error) {
    ASSERT_EQ(try_commit(1).value(), CommitOutcome::done);
    ASSERT_TRUE(find(1).has_value());

    server_.stop();
    server_.start();

    EXPECT_EQ(try_commit(2).value(), CommitOutcome::done);
    EXPECT_TRUE(find(2).value().has_value());
}

TEST_F(PostgresFailover, to_a_server_that_may_only_be_read_is_waited_out) {
    ASSERT_EQ(try_commit(1).value(), CommitOutcome::done);
    server_.run("postgres", "ALTER DATABASE vcare SET default_transaction_read_only = on");
    server_.run("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'vcare'");

    const auto refused = try_commit(2);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::store_unavailable);

    server_.run("postgres", "ALTER DATABASE vcare RESET default_transaction_read_only");
    EXPECT_EQ(try_commit(2).value(), CommitOutcome::done);
}

TEST_F(PostgresFailover, of_the_disk_holds_up_what_was_promised_and_nothing_that_is_done_again_by_itself) {
    ASSERT_TRUE(try_commit(1));
    // Whoever waits for the disk waits for this standby, too, and it never comes.
    server_.run("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    server_.run("postgres", "SELECT pg_reload_conf()");
    auto options = options_for(server_.service_url("vcare"));
    options.answer = 1s;
    store_ = open_postgres_store(std::move(options));
    std::uint64_t number = 2;
    while (try_commit(number).has_value()) ++number;  // until the server has read its settings

    auto& queues = store_->queues();
    const Instant held_until = nine_o_clock + minutes{1};
    EXPECT_TRUE(await(store_->presence().heartbeat("replica", nine_o_clock)));
    EXPECT_TRUE(await(queues.claim_due_sessions(nine_o_clock, held_until, 10)));
    EXPECT_TRUE(await(queues.claim_events(nine_o_clock, held_until, 10)));
    EXPECT_TRUE(await(queues.settle_events({}, nine_o_clock)));
    EXPECT_TRUE(await(queues.seal_audit(10)));
    EXPECT_FALSE(await(queues.number_events(0, 100, std::nullopt))) << "positions are told to pages";
    EXPECT_FALSE(try_commit(number + 1));

    server_.run("postgres", "ALTER SYSTEM RESET synchronous_standby_names");
    server_.run("postgres", "SELECT pg_reload_conf()");
    while (!try_commit(++number)) continue;
}

TEST_F(PostgresFailover, ends_no_replicas_hearing_of_what_another_numbered) {
    std::counting_semaphore<> heard{0};
    auto options = options_for(server_.service_url("vcare"));
    options.outbox_written = [&] { heard.release(); };
    const auto other_replica = open_postgres_store(std::move(options));
    const auto number = [&] {
        return must(await(store_->queues().number_events(0, 100, std::nullopt))).size();
    };
    const auto hears = [&] { return heard.try_acquire_for(20s); };
    ASSERT_TRUE(hears()) << "once at its start: something may have been said before";

    ASSERT_EQ(try_commit(1).value(), CommitOutcome::done);
    EXPECT_EQ(number(), 3U);
    EXPECT_TRUE(hears());
    EXPECT_EQ(number(), 3U);
    EXPECT_FALSE(heard.try_acquire()) << "nothing new, nothing said";

    server_.stop();
    server_.start();
    ASSERT_TRUE(hears()) << "it listens again";
    ASSERT_EQ(try_commit(2).value(), CommitOutcome::done);
    EXPECT_EQ(number(), 6U);
    EXPECT_TRUE(hears());
}

}  // namespace
}  // namespace vcare::store
