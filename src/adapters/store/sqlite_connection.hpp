// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "adapters/store/statements.hpp"
#include "domain/ids.hpp"
#include "domain/phi.hpp"
#include "domain/wire_words.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace vcare::store {

/// Why the database did not do what it was told.
enum class Failure : std::uint8_t {
    none,
    unique,       ///< a key is there already
    foreign_key,  ///< what the row belongs to is not there
    full,         ///< no room: the transaction is gone, the file is as it was
    broken,       ///< the file cannot be read, written or trusted now: open it again
    busy,         ///< another process holds the write lock
    corrupt_row,  ///< a value that this program never writes
    overloaded,   ///< never reached the database: the queue was full
    closed,       ///< never reached the database: the store is shut
};

/// A word for logs and start-up messages.
[[nodiscard]] std::string_view to_word(Failure failure);

class Connection;

/// A text that is stored as bytes.
struct Bytes {
    std::string_view value;
};

/// The rows of a running statement. Views are good until the next call of `next`. Reset when it goes away.
class Rows {
  public:
    Rows(Connection& connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}
    ~Rows();
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    /// Steps to the next row; false at the end and on a failure, which the connection keeps.
    [[nodiscard]] bool next();

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;

    [[nodiscard]] std::string string(int column) const { return std::string{text(column)}; }
    [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
    [[nodiscard]] domain::Instant instant(int column) const { return domain::from_unix_ms(integer(column)); }
    [[nodiscard]] std::optional<std::string> optional_string(int column) const {
        return is_null(column) ? std::nullopt : std::optional{string(column)};
    }
    [[nodiscard]] std::optional<domain::Instant> optional_instant(int column) const {
        return is_null(column) ? std::nullopt : std::optional{instant(column)};
    }
    [[nodiscard]] std::optional<double> optional_real(int column) const {
        return is_null(column) ? std::nullopt : std::optional{real(column)};
    }

    /// A value with a form of its own; a row that breaks the form fails the connection (`corrupt_row`) and
    /// reads as nothing.
    template <class Id>
    [[nodiscard]] std::optional<Id> optional_id(int column) const {
        if (is_null(column)) return std::nullopt;
        auto id = Id::parse(text(column));
        if (!id) note_corrupt();
        return id;
    }
    template <class Word>
    [[nodiscard]] std::optional<Word> optional_word(int column) const {
        if (is_null(column)) return std::nullopt;
        const auto word = domain::parse_wire<Word>(text(column));
        if (!word) note_corrupt();
        return word;
    }
    template <class Word>
    [[nodiscard]] Word word(int column) const {
        return optional_word<Word>(column).value_or(Word{});
    }

    void note_corrupt() const;

  private:
    Connection& connection_;
    sqlite3_stmt* statement_;
};

/// One connection to the file with its prepared statements. Used by one thread at a time.
///
/// A failure sticks: after it every call does nothing until `take_failure`. So a row of statements is
/// written without looking at each, and whoever owns the transaction looks once.
class Connection {
  public:
    enum class Access : std::uint8_t { read, write, create };

    /// Nothing when the file cannot be opened; `why` says so in one line. Only `create` makes a file.
    [[nodiscard]] static std::unique_ptr<Connection> open(const std::string& path, Access access,
                                                          std::string& why);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Runs a statement that gives rows. Text arguments are copied.
    template <class... Arguments>
    [[nodiscard]] Rows query(Sql sql, const Arguments&... arguments) {
        Prepared* prepared = prepare(sql);
        int number = 0;
        (bind(prepared, ++number, arguments, Lifetime::copied), ...);
        return Rows{*this, prepared ? prepared->statement : nullptr};
    }

    /// Runs a statement that gives none; answers how many rows it changed.
    template <class... Arguments>
    int execute(Sql sql, const Arguments&... arguments) {
        Prepared* prepared = prepare(sql);
        int number = 0;
        (bind(prepared, ++number, arguments, Lifetime::borrowed), ...);
        return finish(prepared);
    }

    /// For texts that are no named statement: pragmas, migrations, transactions.
    void run_script(const std::string& text);

    [[nodiscard]] bool has_failed() const { return failure_ != Failure::none; }
    [[nodiscard]] Failure failure() const { return failure_; }
    [[nodiscard]] Failure take_failure() { return std::exchange(failure_, Failure::none); }
    void fail(Failure failure) {
        if (failure_ == Failure::none) failure_ = failure;
    }
    /// What SQLite said about the last failure. Holds no values.
    [[nodiscard]] const std::string& problem() const { return problem_; }

    /// Looks whether the file is still the one that was opened, and whether whoever runs this service means
    /// it to be written: a superuser may write a file that was made read-only, and must not. `broken` when
    /// not; `none` for a store in memory.
    [[nodiscard]] Failure look_at_file() const;

    /// Whether a transaction is open; SQLite itself ends one on some failures.
    [[nodiscard]] bool is_in_transaction() const;

    [[nodiscard]] sqlite3* handle() const { return handle_; }

  private:
    friend class Rows;
    enum class Lifetime : std::uint8_t { borrowed, copied };
    static constexpr int max_parameters = 40;
    struct Prepared {
        sqlite3_stmt* statement = nullptr;
        /// SQLite numbers `$n` by first appearance; this holds its number of our n, 0 when there is none.
        std::array<std::int8_t, max_parameters> index = {};
    };

    Connection(sqlite3* handle, std::string path, Access access);
    Prepared* prepare(Sql sql);
    int finish(Prepared* prepared);
    void note_failure(int code);

    void bind_text(Prepared* prepared, int number, std::string_view text, Lifetime lifetime);
    void bind_bytes(Prepared* prepared, int number, std::string_view bytes, Lifetime lifetime);
    void bind_integer(Prepared* prepared, int number, std::int64_t value);
    void bind_real(Prepared* prepared, int number, double value);
    void bind_null(Prepared* prepared, int number);

    void bind(Prepared* p, int n, std::string_view text, Lifetime lifetime) {
        bind_text(p, n, text, lifetime);
    }
    void bind(Prepared* p, int n, const std::string& text, Lifetime lifetime) {
        bind_text(p, n, text, lifetime);
    }
    void bind(Prepared* p, int n, const char* text, Lifetime lifetime) { bind_text(p, n, text, lifetime); }
    void bind(Prepared* p, int n, Bytes bytes, Lifetime lifetime) { bind_bytes(p, n, bytes.value, lifetime); }
    void bind(Prepared* p, int n, domain::Instant at, Lifetime) {
        bind_integer(p, n, domain::to_unix_ms(at));
    }
    void bind(Prepared* p, int n, double value, Lifetime) { bind_real(p, n, value); }
    void bind(Prepared* p, int n, std::nullopt_t, Lifetime) { bind_null(p, n); }
    template <class Tag>
    void bind(Prepared* p, int n, const domain::OwnId<Tag>& id, Lifetime lifetime) {
        bind_text(p, n, id.text(), lifetime);
    }
    template <class Tag>
    void bind(Prepared* p, int n, const domain::OpaqueId<Tag>& id, Lifetime lifetime) {
        bind_text(p, n, id.text(), lifetime);
    }
    void bind(Prepared* p, int n, const domain::Phi<std::string>& phi, Lifetime lifetime) {
        bind_text(p, n, phi.reveal(), lifetime);
    }
    template <class Value>
        requires std::is_integral_v<Value>
    void bind(Prepared* p, int n, Value value, Lifetime) {
        bind_integer(p, n, static_cast<std::int64_t>(value));
    }
    template <class Word>
        requires std::is_enum_v<Word>
    void bind(Prepared* p, int n, Word word, Lifetime) {
        bind_text(p, n, domain::to_wire(word), Lifetime::borrowed);
    }
    template <class Value>
    void bind(Prepared* p, int n, const std::optional<Value>& value, Lifetime lifetime) {
        if (value) {
            bind(p, n, *value, lifetime);
        } else {
            bind_null(p, n);
        }
    }

    sqlite3* handle_;
    const std::string path_;
    const Access access_;
    std::uint64_t device_ = 0;
    std::uint64_t file_ = 0;  ///< the inode
    Failure failure_ = Failure::none;
    std::string problem_;
    std::array<Prepared, statement_count> prepared_ = {};
};

/// Makes the file, if it is not there, for its owner's eyes only; SQLite gives its other files the same mode.
/// A failure shows when the file is opened.
void make_private_file(const std::string& path);

/// A read transaction over several statements, so that they see one state of the store.
class Snapshot {
  public:
    explicit Snapshot(Connection& connection);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

  private:
    Connection& connection_;
};

}  // namespace vcare::store
