// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/sqlite_connection.hpp"

#include <optional>
#include <utility>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/check.hpp"

namespace vcare::store {
namespace {

constexpr int busy_timeout_ms = 5000;
constexpr std::string_view in_memory = ":memory:";

/// WAL with FULL: an answered commit survives a power cut. The pragmas hold for the connection.
constexpr const char* settings_of_file =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA journal_size_limit = 67108864;"
    "PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA secure_delete = FAST;"
    "PRAGMA cache_size = -8192;"
    "PRAGMA trusted_schema = OFF;";
constexpr const char* settings_of_memory =
    "PRAGMA journal_mode = MEMORY;"
    "PRAGMA synchronous = OFF;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;";

Failure failure_of(int extended_code) {
    switch (extended_code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return Failure::unique;
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return Failure::foreign_key;
        default:
            break;
    }
    switch (extended_code & 0xff) {
        case SQLITE_FULL:
            return Failure::full;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Failure::busy;
        case SQLITE_CONSTRAINT:
            return Failure::corrupt_row;
        default:
            return Failure::broken;
    }
}

}  // namespace

/// A statement and where it stands.
class SqliteConnection::Prepared final : public Answer {
  public:
    Prepared(SqliteConnection& connection, Sql sql) : connection_(connection), sql_(sql) {
        const std::string_view text = statement_of(sql).text;
        const int code = sqlite3_prepare_v3(connection.handle_, text.data(), static_cast<int>(text.size()),
                                            SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
        if (code != SQLITE_OK) {
            connection.note_failure(code, sql);
            return;
        }
        const int count = sqlite3_bind_parameter_count(statement_);
        VCARE_CHECK(count < max_parameters, "statements are written with fewer parameters");
        for (int number = 1; number < max_parameters; ++number) {
            const std::string name = "$" + std::to_string(number);
            index_[static_cast<std::size_t>(number)] =
                static_cast<std::int8_t>(sqlite3_bind_parameter_index(statement_, name.c_str()));
        }
    }
    ~Prepared() override { sqlite3_finalize(statement_); }

    [[nodiscard]] bool is_prepared() const { return statement_ != nullptr; }

    /// Texts are copied when the statement is stepped through after the call.
    void bind(std::span<const Value> values, bool copied) {
        int number = 0;
        for (const Value& value : values) {
            const int code = bind(index_[static_cast<std::size_t>(++number)], value, copied);
            if (code != SQLITE_OK) connection_.note_failure(code, sql_);
        }
    }

    /// Steps once and is ready for the next time.
    void finish() {
        if (connection_.has_failed()) return;
        const int code = sqlite3_step(statement_);
        changed_ = code == SQLITE_DONE ? sqlite3_changes(connection_.handle_) : 0;
        if (code != SQLITE_DONE && code != SQLITE_ROW) connection_.note_failure(code, sql_);
        sqlite3_reset(statement_);
    }

    bool is_answered() const override { return true; }
    void resume_when_answered(std::coroutine_handle<> waiting) override { waiting.resume(); }

    bool next() override {
        if (connection_.has_failed()) return false;
        const int code = sqlite3_step(statement_);
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) connection_.note_failure(code, sql_);
        return false;
    }
    bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::string_view text(int column) const override {
        // As a blob the bytes come as they are, also those of a text that holds a zero.
        const void* bytes = sqlite3_column_blob(statement_, column);
        const int size = sqlite3_column_bytes(statement_, column);
        return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
    }
    std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
    double real(int column) const override { return sqlite3_column_double(statement_, column); }
    int changed() const override { return changed_; }
    void close() override { sqlite3_reset(statement_); }

  private:
    int bind(int index, const Value& value, bool copied) {
        const char* data = value.text.data() ? value.text.data() : "";
        const auto life = copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
        switch (value.kind) {
            case Value::Kind::null:
                return sqlite3_bind_null(statement_, index);
            case Value::Kind::integer:
                return sqlite3_bind_int64(statement_, index, value.integer);
            case Value::Kind::real:
                return sqlite3_bind_double(statement_, index, value.real);
            case Value::Kind::text:
                return sqlite3_bind_text64(statement_, index, data, value.text.size(), life, SQLITE_UTF8);
            case Value::Kind::bytes:
                return sqlite3_bind_blob64(statement_, index, data, value.text.size(), life);
        }
        return SQLITE_MISUSE;
    }

    SqliteConnection& connection_;
    const Sql sql_;
    sqlite3_stmt* statement_ = nullptr;
    int changed_ = 0;
    /// SQLite numbers `$n` by first appearance; this holds its number of our n, 0 when there is none.
    std::array<std::int8_t, max_parameters> index_ = {};
};

std::unique_ptr<SqliteConnection> SqliteConnection::open(const std::string& path, Access access,
                                                         std::string& why) {
    sqlite3* handle = nullptr;
    const bool is_in_memory = path == in_memory;
    if (access == Access::create && !is_in_memory) make_private_file(path);
    // A connection is used by one thread at a time, so SQLite need not lock it.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (access == Access::create ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    if (code != SQLITE_OK) {
        why = handle ? sqlite3_errmsg(handle) : "out of memory";
        sqlite3_close(handle);
        return nullptr;
    }
    std::unique_ptr<SqliteConnection> connection{new SqliteConnection{handle, path, access}};
    // SQLite opens a file it may not write without a word.
    const bool is_read_only = sqlite3_db_readonly(handle, "main") == 1;
    if (access != Access::read && (is_read_only || connection->look_at_file() != Failure::none)) {
        why = "the file is read-only";
        return nullptr;
    }
    sqlite3_busy_timeout(handle, busy_timeout_ms);
    connection->run_script(is_in_memory ? settings_of_memory : settings_of_file);
    if (access == Access::read) connection->run_script("PRAGMA query_only = ON");
    if (connection->has_failed()) {
        why = connection->problem();
        return nullptr;
    }
    return connection;
}

SqliteConnection::SqliteConnection(sqlite3* handle, std::string path, Access access)
    : handle_(handle), path_(std::move(path)), access_(access) {
    struct stat status{};
    if (path_ != in_memory && stat(path_.c_str(), &status) == 0) {
        device_ = status.st_dev;
        file_ = status.st_ino;
    }
}

Failure SqliteConnection::look_at_file() const {
    if (path_ == in_memory) return Failure::none;
    struct stat status{};
    if (stat(path_.c_str(), &status) != 0) return Failure::broken;
    const bool is_the_same = status.st_dev == device_ && status.st_ino == file_;
    const bool may_be_written = (status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) != 0;
    return is_the_same && (access_ == Access::read || may_be_written) ? Failure::none : Failure::broken;
}

SqliteConnection::~SqliteConnection() {
    prepared_ = {};
    sqlite3_close(handle_);
}

SqliteConnection::Prepared* SqliteConnection::prepare(Sql sql) {
    auto& prepared = prepared_[static_cast<std::size_t>(sql)];
    if (!prepared) prepared = std::make_unique<Prepared>(*this, sql);
    if (!prepared->is_prepared()) prepared.reset();
    return prepared.get();
}

Answer* SqliteConnection::start(Sql sql, std::span<const Value> values, Wanted wanted) {
    Prepared* prepared = prepare(sql);
    if (!prepared) return nullptr;
    const bool gives_rows = wanted == Wanted::rows;
    prepared->bind(values, gives_rows);
    if (gives_rows) return prepared;
    prepared->finish();
    const bool is_unchanged = wanted == Wanted::a_change && prepared->changed() == 0;
    if (is_unchanged) fail(Failure::unchanged, sql);
    return wanted == Wanted::changes ? prepared : nullptr;
}

void SqliteConnection::run_script(const std::string& text) {
    if (has_failed()) return;
    const int code = sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) note_failure(code);
}

bool SqliteConnection::is_in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

void SqliteConnection::note_failure(int code, std::optional<Sql> statement) {
    fail(failure_of(code), statement, sqlite3_errmsg(handle_));
}

void make_private_file(const std::string& path) {
    // Never one that is there: closing a descriptor drops every lock this process has on the file
    // (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0) ::close(file);
}

}  // namespace vcare::store
