// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/sqlite_connection.hpp"

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

std::string_view to_word(Failure failure) {
    switch (failure) {
        case Failure::none:
            return "none";
        case Failure::unique:
            return "unique";
        case Failure::foreign_key:
            return "foreign_key";
        case Failure::full:
            return "full";
        case Failure::broken:
            return "broken";
        case Failure::busy:
            return "busy";
        case Failure::corrupt_row:
            return "corrupt_row";
        case Failure::overloaded:
            return "overloaded";
        case Failure::closed:
            return "closed";
    }
    return "unknown";
}

Rows::~Rows() {
    if (statement_) sqlite3_reset(statement_);
}

bool Rows::next() {
    if (!statement_ || connection_.has_failed()) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) connection_.note_failure(code);
    return false;
}

bool Rows::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::string_view Rows::text(int column) const {
    // As a blob the bytes come as they are, also those of a text that holds a zero.
    const void* bytes = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::int64_t Rows::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

double Rows::real(int column) const {
    return sqlite3_column_double(statement_, column);
}

void Rows::note_corrupt() const {
    connection_.problem_ = "a stored value does not have its form";
    connection_.fail(Failure::corrupt_row);
}

std::unique_ptr<Connection> Connection::open(const std::string& path, Access access, std::string& why) {
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
    std::unique_ptr<Connection> connection{new Connection{handle, path, access}};
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

Connection::Connection(sqlite3* handle, std::string path, Access access)
    : handle_(handle), path_(std::move(path)), access_(access) {
    struct stat status{};
    if (path_ != in_memory && stat(path_.c_str(), &status) == 0) {
        device_ = status.st_dev;
        file_ = status.st_ino;
    }
}

Failure Connection::look_at_file() const {
    if (path_ == in_memory) return Failure::none;
    struct stat status{};
    if (stat(path_.c_str(), &status) != 0) return Failure::broken;
    const bool is_the_same = status.st_dev == device_ && status.st_ino == file_;
    const bool may_be_written = (status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) != 0;
    return is_the_same && (access_ == Access::read || may_be_written) ? Failure::none : Failure::broken;
}

Connection::~Connection() {
    for (Prepared& prepared : prepared_) sqlite3_finalize(prepared.statement);
    sqlite3_close(handle_);
}

Connection::Prepared* Connection::prepare(Sql sql) {
    if (has_failed()) return nullptr;
    Prepared& prepared = prepared_[static_cast<std::size_t>(sql)];
    if (prepared.statement) return &prepared;

    const std::string_view text = statement_of(sql).text;
    const int code = sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared.statement, nullptr);
    if (code != SQLITE_OK) {
        note_failure(code);
        return nullptr;
    }
    const int count = sqlite3_bind_parameter_count(prepared.statement);
    VCARE_CHECK(count < max_parameters, "statements are written with fewer parameters");
    for (int number = 1; number < max_parameters; ++number) {
        const std::string name = "$" + std::to_string(number);
        prepared.index[static_cast<std::size_t>(number)] =
            static_cast<std::int8_t>(sqlite3_bind_parameter_index(prepared.statement, name.c_str()));
    }
    return &prepared;
}

int Connection::finish(Prepared* prepared) {
    if (!prepared || has_failed()) return 0;
    const int code = sqlite3_step(prepared->statement);
    const int changed = code == SQLITE_DONE ? sqlite3_changes(handle_) : 0;
    if (code != SQLITE_DONE && code != SQLITE_ROW) note_failure(code);
    sqlite3_reset(prepared->statement);
    return changed;
}

void Connection::run_script(const std::string& text) {
    if (has_failed()) return;
    const int code = sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) note_failure(code);
}

bool Connection::is_in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

void Connection::note_failure(int code) {
    if (has_failed()) return;
    problem_ = sqlite3_errmsg(handle_);
    fail(failure_of(code));
}

void Connection::bind_text(Prepared* prepared, int number, std::string_view text, Lifetime lifetime) {
    if (!prepared) return;
    const char* data = text.data() ? text.data() : "";
    const int code = sqlite3_bind_text64(
        prepared->statement, prepared->index[static_cast<std::size_t>(number)], data, text.size(),
        lifetime == Lifetime::copied ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) note_failure(code);
}

void Connection::bind_bytes(Prepared* prepared, int number, std::string_view bytes, Lifetime lifetime) {
    if (!prepared) return;
    const char* data = bytes.data() ? bytes.data() : "";
    const int code =
        sqlite3_bind_blob64(prepared->statement, prepared->index[static_cast<std::size_t>(number)], data,
                            bytes.size(), lifetime == Lifetime::copied ? SQLITE_TRANSIENT : SQLITE_STATIC);
    if (code != SQLITE_OK) note_failure(code);
}

void Connection::bind_integer(Prepared* prepared, int number, std::int64_t value) {
    if (!prepared) return;
    const int code =
        sqlite3_bind_int64(prepared->statement, prepared->index[static_cast<std::size_t>(number)], value);
    if (code != SQLITE_OK) note_failure(code);
}

void Connection::bind_real(Prepared* prepared, int number, double value) {
    if (!prepared) return;
    const int code =
        sqlite3_bind_double(prepared->statement, prepared->index[static_cast<std::size_t>(number)], value);
    if (code != SQLITE_OK) note_failure(code);
}

void Connection::bind_null(Prepared* prepared, int number) {
    if (!prepared) return;
    const int code =
        sqlite3_bind_null(prepared->statement, prepared->index[static_cast<std::size_t>(number)]);
    if (code != SQLITE_OK) note_failure(code);
}

void make_private_file(const std::string& path) {
    // Never one that is there: closing a descriptor drops every lock this process has on the file
    // (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0) ::close(file);
}

Snapshot::Snapshot(Connection& connection) : connection_(connection) {
    connection_.execute(Sql::begin_read);
}

Snapshot::~Snapshot() {
    if (!connection_.is_in_transaction()) return;
    const Failure before = connection_.take_failure();
    connection_.execute(Sql::commit);
    if (before != Failure::none) {
        (void)connection_.take_failure();
        connection_.fail(before);
    }
}

}  // namespace vcare::store
