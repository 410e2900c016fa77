// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <coroutine>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "adapters/store/statements.hpp"
#include "domain/ids.hpp"
#include "domain/phi.hpp"
#include "domain/time.hpp"
#include "domain/wire_words.hpp"

namespace vcare::store {

/// Why the database did not do what it was told.
enum class Failure : std::uint8_t {
    none,
    unique,       ///< a key is there already
    foreign_key,  ///< what the row belongs to is not there
    unchanged,    ///< a `change` met no row
    full,         ///< no room: the transaction is gone, the store is as it was
    broken,       ///< the database cannot be read, written or trusted now: connect again
    busy,         ///< another writer is in the way: the same again may well go through
    corrupt_row,  ///< a value that this program never writes
    overloaded,   ///< never reached the database: too many wait
    closed,       ///< never reached the database: the store is shut
};

/// A word for logs and start-up messages.
[[nodiscard]] std::string_view to_word(Failure failure);

/// A text that is stored as bytes.
struct Bytes {
    std::string_view value;
};

/// A parameter of a statement. Borrows its text for as long as the call takes.
struct Value {
    enum class Kind : std::uint8_t { null, integer, real, text, bytes };
    Kind kind = Kind::null;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view text = {};
};

[[nodiscard]] inline Value to_value(std::string_view text) {
    return {.kind = Value::Kind::text, .text = text};
}
[[nodiscard]] inline Value to_value(const std::string& text) {
    return to_value(std::string_view{text});
}
[[nodiscard]] inline Value to_value(const char* text) {
    return to_value(std::string_view{text});
}
[[nodiscard]] inline Value to_value(Bytes bytes) {
    return {.kind = Value::Kind::bytes, .text = bytes.value};
}
[[nodiscard]] inline Value to_value(domain::Instant at) {
    return {.kind = Value::Kind::integer, .integer = domain::to_unix_ms(at)};
}
[[nodiscard]] inline Value to_value(double real) {
    return {.kind = Value::Kind::real, .real = real};
}
template <class Tag>
[[nodiscard]] Value to_value(const domain::OwnId<Tag>& id) {
    return to_value(id.text());
}
template <class Tag>
[[nodiscard]] Value to_value(const domain::OpaqueId<Tag>& id) {
    return to_value(id.text());
}
[[nodiscard]] inline Value to_value(const domain::Phi<std::string>& phi) {
    return to_value(phi.reveal());
}
template <class Number>
    requires std::is_integral_v<Number>
[[nodiscard]] Value to_value(Number number) {
    return {.kind = Value::Kind::integer, .integer = static_cast<std::int64_t>(number)};
}
template <class Word>
    requires std::is_enum_v<Word>
[[nodiscard]] Value to_value(Word word) {
    return to_value(domain::to_wire(word));
}
template <class T>
[[nodiscard]] Value to_value(const std::optional<T>& value) {
    return value ? to_value(*value) : Value{};
}

class Connection;

/// What a driver keeps of one running statement. Belongs to the connection.
class Answer {
  public:
    virtual ~Answer() = default;

    /// Whether the answer, good or bad, is there; else `waiting` is resumed once it is.
    [[nodiscard]] virtual bool is_answered() const = 0;
    virtual void resume_when_answered(std::coroutine_handle<> waiting) = 0;

    /// Steps to the next row; false at the end, and when the connection has failed.
    [[nodiscard]] virtual bool next() = 0;
    [[nodiscard]] virtual bool is_null(int column) const = 0;
    [[nodiscard]] virtual std::string_view text(int column) const = 0;
    [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
    [[nodiscard]] virtual double real(int column) const = 0;

    /// How many rows the statement changed.
    [[nodiscard]] virtual int changed() const = 0;

    /// The statement is not looked at any more.
    virtual void close() = 0;
};

/// The rows that a statement gave. Views are good until the next call of `next`.
class Rows {
  public:
    Rows(Connection* connection, Answer* answer) : connection_(connection), answer_(answer) {}
    Rows(Rows&& other) noexcept
        : connection_(other.connection_), answer_(std::exchange(other.answer_, nullptr)) {}
    Rows& operator=(Rows&&) = delete;
    ~Rows() {
        if (answer_) answer_->close();
    }

    /// Steps to the next row; false at the end and on a failure, which the connection keeps.
    [[nodiscard]] bool next() { return answer_ && answer_->next(); }

    [[nodiscard]] bool is_null(int column) const { return answer_->is_null(column); }
    [[nodiscard]] std::string_view text(int column) const { return answer_->text(column); }
    [[nodiscard]] std::int64_t integer(int column) const { return answer_->integer(column); }
    [[nodiscard]] double real(int column) const { return answer_->real(column); }

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
    Connection* connection_;
    Answer* answer_;  ///< none when the connection had failed before
};

/// One connection to the database. Used by one thread at a time.
///
/// A failure sticks: after it every call does nothing until the owner of the transaction takes it. So a row
/// of statements is written without looking at each. Arguments are borrowed until the call returns.
class Connection {
  public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    /// A statement that has been started, to be awaited.
    template <class T>
    class [[nodiscard]] Started {
      public:
        Started(Connection* connection, Answer* answer) : connection_(connection), answer_(answer) {}
        [[nodiscard]] bool await_ready() const { return !answer_ || answer_->is_answered(); }
        void await_suspend(std::coroutine_handle<> waiting) { answer_->resume_when_answered(waiting); }
        [[nodiscard]] T await_resume() {
            Rows rows{connection_, answer_};
            if constexpr (std::is_same_v<T, Rows>) {
                return rows;
            } else {
                return answer_ ? answer_->changed() : 0;
            }
        }

      private:
        Connection* connection_;
        Answer* answer_;
    };

    /// Runs a statement that gives rows.
    template <class... Arguments>
    [[nodiscard]] Started<Rows> query(Sql sql, const Arguments&... arguments) {
        return {this, run(sql, Wanted::rows, arguments...)};
    }

    /// Runs a statement; answers how many rows it changed.
    template <class... Arguments>
    [[nodiscard]] Started<int> count_changed(Sql sql, const Arguments&... arguments) {
        return {this, run(sql, Wanted::changes, arguments...)};
    }

    /// Runs a statement and does not wait for it.
    template <class... Arguments>
    void execute(Sql sql, const Arguments&... arguments) {
        run(sql, Wanted::nothing, arguments...);
    }

    /// The same for a row that must be there as it was read: fails as `unchanged` when none is met.
    template <class... Arguments>
    void change(Sql sql, const Arguments&... arguments) {
        run(sql, Wanted::a_change, arguments...);
    }

    [[nodiscard]] bool has_failed() const { return failure_ != Failure::none; }
    [[nodiscard]] Failure failure() const { return failure_; }
    [[nodiscard]] Failure take_failure() { return std::exchange(failure_, Failure::none); }
    /// The statement that failed, for those who can tell something from it.
    [[nodiscard]] std::optional<Sql> failed_statement() const { return failed_statement_; }
    /// What the database said about the last failure. Holds no values.
    [[nodiscard]] const std::string& problem() const { return problem_; }

    /// The first failure counts.
    void fail(Failure failure, std::optional<Sql> statement = {}, std::string problem = {}) {
        if (has_failed()) return;
        failure_ = failure;
        failed_statement_ = statement;
        problem_ = std::move(problem);
    }

  protected:
    enum class Wanted : std::uint8_t { nothing, a_change, changes, rows };

    /// Starts the statement; gives an answer when `rows` or `changes` are wanted. Called only while nothing
    /// has failed.
    virtual Answer* start(Sql sql, std::span<const Value> values, Wanted wanted) = 0;

  private:
    template <class... Arguments>
    Answer* run(Sql sql, Wanted wanted, const Arguments&... arguments) {
        if (has_failed()) return nullptr;
        const std::array<Value, sizeof...(Arguments)> values = {to_value(arguments)...};
        return start(sql, values, wanted);
    }

    Failure failure_ = Failure::none;
    std::optional<Sql> failed_statement_;
    std::string problem_;
};

}  // namespace vcare::store
