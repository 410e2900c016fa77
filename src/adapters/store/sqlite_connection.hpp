// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "adapters/store/connection.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace vcare::store {

/// One connection to an SQLite file with its prepared statements; every answer is there at once.
class SqliteConnection final : public Connection {
  public:
    enum class Access : std::uint8_t { read, write, create };

    /// Nothing when the file cannot be opened; `why` says so in one line. Only `create` makes a file.
    [[nodiscard]] static std::unique_ptr<SqliteConnection> open(const std::string& path, Access access,
                                                                std::string& why);
    ~SqliteConnection() override;

    /// For texts that are no named statement: pragmas, migrations.
    void run_script(const std::string& text);

    /// Looks whether the file is still the one that was opened, and whether whoever runs this service means
    /// it to be written: a superuser may write a file that was made read-only, and must not. `broken` when
    /// not; `none` for a store in memory.
    [[nodiscard]] Failure look_at_file() const;

    /// Whether a transaction is open; SQLite itself ends one on some failures.
    [[nodiscard]] bool is_in_transaction() const;

    [[nodiscard]] sqlite3* handle() const { return handle_; }

  protected:
    Answer* start(Sql sql, std::span<const Value> values, Wanted wanted) override;

  private:
    static constexpr int max_parameters = 40;
    class Prepared;

    SqliteConnection(sqlite3* handle, std::string path, Access access);
    Prepared* prepare(Sql sql);
    void note_failure(int code, std::optional<Sql> statement = {});

    sqlite3* handle_;
    const std::string path_;
    const Access access_;
    std::uint64_t device_ = 0;
    std::uint64_t file_ = 0;  ///< the inode
    std::array<std::unique_ptr<Prepared>, statement_count> prepared_;
};

/// Makes the file, if it is not there, for its owner's eyes only; SQLite gives its other files the same mode.
/// A failure shows when the file is opened.
void make_private_file(const std::string& path);

}  // namespace vcare::store
