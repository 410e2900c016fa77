// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "adapters/store/sqlite_database.hpp"

namespace vcare::store {
namespace {

bool needs_reopening(Failure failure) {
    return failure == Failure::broken;
}

/// Ends whatever transaction is open, also one that SQLite began to undo by itself.
void roll_back(SqliteConnection& connection) {
    (void)connection.take_failure();
    if (connection.is_in_transaction()) connection.execute(Sql::rollback);
    (void)connection.take_failure();
}

BatchEnd lose_all(SqliteConnection& connection, std::span<Job* const> jobs, Failure failure) {
    roll_back(connection);
    for (Job* job : jobs) job->fail(failure == Failure::none ? Failure::broken : failure, std::nullopt);
    return needs_reopening(failure) ? BatchEnd::reopen : BatchEnd::fine;
}

/// Whether the failure concerns one unit alone, so that the others can go on.
bool is_of_one_unit(const SqliteConnection& connection, Failure failure) {
    const bool is_of_the_store =
        needs_reopening(failure) || failure == Failure::full || failure == Failure::busy;
    return connection.is_in_transaction() && !is_of_the_store;
}

BatchEnd commit(SqliteConnection& connection, std::span<Job* const> jobs) {
    connection.execute(Sql::commit);
    if (connection.has_failed()) return lose_all(connection, jobs, connection.failure());
    for (Job* job : jobs) job->committed();
    return BatchEnd::fine;
}

/// How a transaction without savepoints went: what stopped it, if anything did.
struct Attempt {
    bool is_complete = true;
    Failure failure = Failure::none;
    std::optional<Sql> statement = {};
};

Attempt run_all(SqliteConnection& connection, std::span<Job* const> jobs) {
    for (Job* job : jobs) {
        const bool keep = job->run(&connection).run_through();
        if (connection.has_failed())
            return {.is_complete = false,
                    .failure = connection.take_failure(),
                    .statement = connection.failed_statement()};
        if (!connection.is_in_transaction()) return {.is_complete = false, .failure = Failure::broken};
        if (!keep) return {.is_complete = false};
    }
    return {};
}

enum class UnitEnd : std::uint8_t { kept, undone, transaction_lost };

/// Runs one job in a savepoint of its own.
UnitEnd run_unit(SqliteConnection& connection, Job& job, Failure& failure) {
    connection.execute(Sql::open_unit);
    const bool keep = !connection.has_failed() && job.run(&connection).run_through();
    failure = connection.take_failure();
    if (failure != Failure::none) {
        if (!is_of_one_unit(connection, failure)) return UnitEnd::transaction_lost;
        job.fail(failure, connection.failed_statement());
    }
    const bool kept = keep && failure == Failure::none;
    if (!kept) connection.execute(Sql::undo_unit);
    connection.execute(Sql::keep_unit);
    if (connection.has_failed()) {
        failure = connection.take_failure();
        return UnitEnd::transaction_lost;
    }
    return kept ? UnitEnd::kept : UnitEnd::undone;
}

BatchEnd run_in_savepoints(SqliteConnection& connection, std::span<Job* const> jobs) {
    connection.execute(Sql::begin_write);
    if (connection.has_failed()) return lose_all(connection, jobs, connection.failure());
    std::vector<Job*> kept;
    kept.reserve(jobs.size());
    for (Job* job : jobs) {
        Failure failure = Failure::none;
        switch (run_unit(connection, *job, failure)) {
            case UnitEnd::kept:
                kept.push_back(job);
                break;
            case UnitEnd::undone:
                break;
            case UnitEnd::transaction_lost:
                return lose_all(connection, jobs, failure);
        }
    }
    return commit(connection, kept);
}

/// Several reads of one job see one state between these two.
void end_one_state(SqliteConnection& connection) {
    if (connection.is_in_transaction()) connection.execute(Sql::commit);
}

}  // namespace

BatchEnd run_batch(SqliteConnection& connection, std::span<Job* const> jobs) {
    connection.execute(Sql::begin_write);
    if (connection.has_failed()) return lose_all(connection, jobs, connection.failure());
    const Attempt attempt = run_all(connection, jobs);
    if (attempt.is_complete) return commit(connection, jobs);

    const bool is_of_one = attempt.failure == Failure::none || is_of_one_unit(connection, attempt.failure);
    if (!is_of_one) return lose_all(connection, jobs, attempt.failure);
    roll_back(connection);
    if (jobs.size() > 1) return run_in_savepoints(connection, jobs);
    if (attempt.failure != Failure::none) jobs.front()->fail(attempt.failure, attempt.statement);
    return BatchEnd::fine;
}

BatchEnd run_read(SqliteConnection& connection, Job& job) {
    if (job.sight().is_one_state) connection.execute(Sql::begin_read);
    (void)job.run(&connection).run_through();
    const Failure failure = connection.take_failure();
    end_one_state(connection);
    (void)connection.take_failure();
    if (failure == Failure::none) return BatchEnd::fine;
    job.fail(failure, connection.failed_statement());
    return needs_reopening(failure) ? BatchEnd::reopen : BatchEnd::fine;
}

}  // namespace vcare::store
