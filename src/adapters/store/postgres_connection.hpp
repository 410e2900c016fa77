// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>

#include "adapters/store/database.hpp"

struct pg_conn;
struct pg_result;

namespace vcare::store {

struct CloseConnection {
    void operator()(pg_conn* connection) const;
};
using PgHandle = std::unique_ptr<pg_conn, CloseConnection>;

/// One connection to PostgreSQL in pipeline mode
/// (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html). It sends and reads what its socket takes
/// and gives, and never waits: whoever owns it watches the socket and calls `exchange`. Statements are
/// prepared when they are first used, in the same round trip.
///
/// A write is one implicit transaction from `begin` to `end`; it is undone by its first error, or because it
/// is not to be kept. A read ends its transaction with each answer it waits for, unless it wants one state.
class PostgresConnection final : public Connection {
  public:
    /// Takes over a connection that is set up and idle.
    explicit PostgresConnection(PgHandle handle);
    ~PostgresConnection() override;

    enum class Access : std::uint8_t { read, write };
    void begin(const Sight& sight, Access access);
    void end(bool keep);
    /// Whether everything that was sent is answered.
    [[nodiscard]] bool is_settled() const { return expected_.empty(); }

    [[nodiscard]] int socket() const;
    /// Sends what is still to be sent, reads what has come and resumes who waited for it. False when the
    /// connection is lost, which is a failure of it.
    [[nodiscard]] bool exchange();
    /// Whether the socket did not take everything yet.
    [[nodiscard]] bool wants_to_send() const { return wants_to_send_; }

    /// For an idle connection: false when the server has closed it meanwhile.
    [[nodiscard]] bool is_alive() const;
    /// It cannot be used again.
    [[nodiscard]] bool is_lost() const { return is_lost_; }
    /// Gives it up: everything that waits is answered with the failure.
    void lose();

    /// How often somebody had to wait for the server so far.
    [[nodiscard]] std::uint64_t round_trips() const { return round_trips_; }

  protected:
    Answer* start(Sql sql, std::span<const Value> values, Wanted wanted) override;

  private:
    class Reply;
    struct ClearResult {
        void operator()(pg_result* result) const;
    };
    using PgResult = std::unique_ptr<pg_result, ClearResult>;

    /// How far the server knows a statement.
    enum class Preparation : std::uint8_t { none, sent, done };
    /// Something sent, in the order of sending, whose end has not come yet.
    struct Expected {
        std::optional<Sql> sql = {};         ///< of what is written down as a statement
        Preparation* preparation = nullptr;  ///< when this prepares it
        Reply* reply = nullptr;
    };

    void send(const std::string& name, std::string_view text, Preparation& preparation,
              std::span<const Value> values, Expected expected);
    void send_control(const char* text);
    void send_scope();
    void sync();
    void wait_here();
    void note(PgResult result);
    void note_end_of_front();
    void note_failure(const Expected& expected, const pg_result* result);
    void resume_who_waits();
    [[nodiscard]] Reply* new_reply();
    [[nodiscard]] bool is_sent(int code);

    PgHandle handle_;
    Sight sight_;
    Access access_ = Access::read;
    bool is_open_ = false;  ///< something was sent since the last sync
    bool wants_to_send_ = false;
    bool is_lost_ = false;
    std::uint64_t round_trips_ = 0;
    std::deque<Expected> expected_;
    std::deque<Reply> replies_;  ///< used again when closed
    std::coroutine_handle<> waiting_;
    Reply* awaited_ = nullptr;
    Preparation scope_ = Preparation::none;
    Preparation lossy_ = Preparation::none;
    std::array<std::array<Preparation, 2>, statement_count> prepared_ = {};
};

}  // namespace vcare::store
