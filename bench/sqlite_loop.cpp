// SPDX-License-Identifier: Apache-2.0
// What SQLite alone makes of the service's statements, on one thread and with nothing around them:
//   bench_sqlite create|get FILE SECONDS BATCH
// FILE is a copy of a store of the service, in which the newest session was made by `POST /sessions`.
// `create` reads what such a call reads and writes the same rows again under other ids, BATCH calls in a
// transaction that is synced. `get` reads what `GET /sessions/{id}` reads and writes its audit entries once
// in 100 ms.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <sqlite3.h>

#include "adapters/store/statements.hpp"

namespace vcare::bench {
namespace {

using store::Sql;
using Steady = std::chrono::steady_clock;

class Statement {
  public:
    Statement(sqlite3* database, std::string_view text) : database_(database) {
        const int code = sqlite3_prepare_v3(database, text.data(), static_cast<int>(text.size()),
                                            SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
        if (code != SQLITE_OK) fail();
    }
    Statement(sqlite3* database, Sql sql) : Statement(database, store::statement_of(sql).text) {}
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// `value` must outlive the statement, which reads it anew every time it is run.
    void bind(int number, const std::string& value) {
        const int code = sqlite3_bind_text64(statement_, index_of(number), value.data(), value.size(),
                                             SQLITE_STATIC, SQLITE_UTF8);
        if (code != SQLITE_OK) fail();
    }
    void bind(int number, std::int64_t value) {
        if (sqlite3_bind_int64(statement_, index_of(number), value) != SQLITE_OK) fail();
    }
    /// True while there is another row.
    bool step() {
        const int code = sqlite3_step(statement_);
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) fail();
        sqlite3_reset(statement_);
        return false;
    }
    void run() {
        while (step()) continue;
    }
    [[nodiscard]] sqlite3_stmt* native() const { return statement_; }

  private:
    [[nodiscard]] int index_of(int number) const {
        return sqlite3_bind_parameter_index(statement_, fmt::format("${}", number).c_str());
    }
    [[noreturn]] void fail() const { throw std::runtime_error(sqlite3_errmsg(database_)); }
    sqlite3* database_;
    sqlite3_stmt* statement_ = nullptr;
};

std::vector<std::string> texts_of(sqlite3* database, const std::string& query) {
    std::vector<std::string> texts;
    Statement statement{database, query};
    while (statement.step()) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement.native(), 0));
        texts.emplace_back(text ? text : "");
    }
    return texts;
}

std::string text_of(sqlite3* database, const std::string& query) {
    auto texts = texts_of(database, query);
    if (texts.empty()) throw std::runtime_error("the store has no session that was created");
    return std::move(texts.front());
}

/// Ids of the sample, made into new ones by counting their ends up, so that they grow as the service's do.
class Ids {
  public:
    void add(std::vector<std::string> ids) { samples_.insert(samples_.end(), ids.begin(), ids.end()); }
    void count_up() { ++count_; }

    struct Place {
        char* end_of_id;
        std::size_t which;
    };
    /// Where ids of the sample stand in a value.
    [[nodiscard]] std::vector<Place> find_in(std::string& value) const {
        std::vector<Place> places;
        for (std::size_t i = 0; i < samples_.size(); ++i) {
            const auto& id = samples_[i];
            for (auto at = value.find(id); at != std::string::npos; at = value.find(id, at + id.size()))
                places.push_back({value.data() + at + id.size() - digits, i});
        }
        return places;
    }
    void write_to(const Place& place) const {
        auto rest = count_ * samples_.size() + place.which;
        for (std::size_t i = digits; i-- > 0; rest /= alphabet.size())
            place.end_of_id[i] = alphabet[rest % alphabet.size()];
    }

  private:
    static constexpr std::size_t digits = 10;
    static constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    std::vector<std::string> samples_;
    // Every run goes on above the last one's numbers.
    std::uint64_t count_ = (static_cast<std::uint64_t>(std::time(nullptr)) % (1U << 24U)) << 20U;
};

using Value = std::variant<std::monostate, std::int64_t, std::string>;

Value value_of(sqlite3_stmt* row, int column) {
    switch (sqlite3_column_type(row, column)) {
        case SQLITE_NULL:
            return {};
        case SQLITE_INTEGER:
            return sqlite3_column_int64(row, column);
        default:
            return std::string{reinterpret_cast<const char*>(sqlite3_column_text(row, column))};
    }
}

/// A row of the sample, to be inserted again under other ids.
class Row {
  public:
    Row(sqlite3* database, const std::string& insert, std::vector<Value> values, const Ids& ids)
        : ids_(ids), values_(std::move(values)), insert_(database, insert) {
        for (std::size_t i = 0; i < values_.size(); ++i) {
            const int number = static_cast<int>(i) + 1;
            if (const auto* integer = std::get_if<std::int64_t>(&values_[i])) insert_.bind(number, *integer);
            auto* const text = std::get_if<std::string>(&values_[i]);
            if (text == nullptr) continue;
            insert_.bind(number, *text);
            const auto found = ids.find_in(*text);
            places_.insert(places_.end(), found.begin(), found.end());
        }
    }
    void write() {
        for (const auto& place : places_) ids_.write_to(place);
        insert_.run();
    }

  private:
    const Ids& ids_;
    std::vector<Value> values_;
    std::vector<Ids::Place> places_;
    Statement insert_;
};

/// The newest session of a store and everything that was written with it.
class Sample {
  public:
    explicit Sample(sqlite3* database) : database_(database) {
        session = text_of(database, "SELECT session_id FROM sessions ORDER BY created_at DESC LIMIT 1");
        const auto of_session = fmt::format(" WHERE session_id = '{}'", session);
        const auto value = [&](const char* column) {
            return text_of(database, fmt::format("SELECT {} FROM sessions{}", column, of_session));
        };
        tenant = value("tenant_id");
        patient = value("patient_id");
        caller = value("initiator_id");
        const auto of_answer = fmt::format(" WHERE location LIKE '%{}'", session);
        key = text_of(database, "SELECT idempotency_key FROM kept_answers" + of_answer);
        ids_.add({session, key});
        ids_.add(texts_of(database, "SELECT participant_id FROM participants" + of_session));
        ids_.add(texts_of(database, "SELECT event_id FROM outbox" + of_session));
        const auto of_creation = of_session + " AND action = 'session.create'";
        const auto entries = texts_of(database, "SELECT audit_id FROM audit_entries" + of_creation);
        ids_.add(entries);

        take_rows("kept_answers", of_answer);
        take_rows("sessions", of_session);
        take_rows("transitions", of_session);
        take_rows("participants", of_session);
        take_rows("due_times", of_session);
        take_rows("outbox", of_session);
        first_of_audit_ = rows_.size();
        take_rows("audit_entries", of_creation);
        for (const auto& entry : entries)  // the sealer may have been there already
            rows_.emplace_back(database, "INSERT INTO audit_unsealed (tenant_id, audit_id) VALUES ($1, $2)",
                               std::vector<Value>{tenant, entry}, ids_);
    }

    std::string tenant;
    std::string session;
    std::string patient;
    std::string caller;
    std::string key;

    [[nodiscard]] std::size_t rows() const { return rows_.size(); }
    void write_all() { write_from(0); }
    void write_audit() { write_from(first_of_audit_); }

  private:
    void write_from(std::size_t first) {
        ids_.count_up();
        for (auto i = first; i < rows_.size(); ++i) rows_[i].write();
    }

    /// As they were when they were written: unpublished, and without the numbers that the store gives.
    void take_rows(const std::string& table, const std::string& where) {
        const auto query = fmt::format("SELECT name FROM pragma_table_info('{}')", table);
        auto columns = texts_of(database_, query);
        std::erase_if(columns, [](const auto& name) {
            return name == "sequence" || name == "entry" || name == "position" || name == "published_at";
        });
        std::string parameters;
        for (std::size_t i = 0; i < columns.size(); ++i)
            parameters += fmt::format("{}${}", i == 0 ? "" : ", ", i + 1);
        const auto names = fmt::format("{}", fmt::join(columns, ", "));
        const auto insert = fmt::format("INSERT INTO {} ({}) VALUES ({})", table, names, parameters);
        Statement rows{database_, fmt::format("SELECT {} FROM {}{}", names, table, where)};
        while (rows.step()) {
            std::vector<Value> values;
            for (int i = 0; i < static_cast<int>(columns.size()); ++i)
                values.push_back(value_of(rows.native(), i));
            rows_.emplace_back(database_, insert, std::move(values), ids_);
        }
    }

    sqlite3* database_;
    Ids ids_;
    std::deque<Row> rows_;
    std::size_t first_of_audit_ = 0;
};

struct Measured {
    std::uint64_t calls = 0;
    double seconds = 0;
    double cpu_seconds = 0;
    std::vector<double> batches_ms;
};

void tell(Measured measured, std::size_t rows) {
    std::ranges::sort(measured.batches_ms);
    const auto at = measured.batches_ms.size() * 99 / 100;
    const auto p99 = measured.batches_ms.empty() ? 0.0 : measured.batches_ms[at];
    fmt::print(
        "{{\"calls\": {}, \"seconds\": {:.6f}, \"cpu_seconds\": {:.6f}, \"p99\": {:.3f}, \"rows\": {}}}\n",
        measured.calls, measured.seconds, measured.cpu_seconds, p99, rows);
}

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

double cpu_seconds_now() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void measure_creates(sqlite3* database, Sample& sample, double seconds, unsigned batch) {
    Statement find_tenant{database, Sql::find_tenant};
    find_tenant.bind(1, sample.tenant);
    Statement find_kept_answer{database, Sql::find_kept_answer};
    find_kept_answer.bind(1, sample.tenant);
    find_kept_answer.bind(2, sample.caller);
    find_kept_answer.bind(3, sample.key);
    Statement load_config{database, Sql::load_config};
    load_config.bind(1, sample.tenant);
    const std::string type = "telehealth";
    Statement has_debt{database, Sql::has_consent_debt};
    Statement newest_consent{database, Sql::newest_consent};
    for (auto* statement : {&has_debt, &newest_consent}) {
        statement->bind(1, sample.tenant);
        statement->bind(2, sample.patient);
        statement->bind(3, type);
    }
    Statement begin{database, Sql::begin_write};
    Statement commit{database, Sql::commit};
    Statement open_unit{database, Sql::open_unit};
    Statement keep_unit{database, Sql::keep_unit};

    Measured measured;
    const auto start = Steady::now();
    const auto cpu_start = cpu_seconds_now();
    while (seconds_since(start) < seconds) {
        const auto batch_start = Steady::now();
        begin.run();
        for (unsigned i = 0; i < batch; ++i) {
            for (auto* read : {&find_tenant, &find_kept_answer, &load_config, &has_debt, &newest_consent})
                read->run();
            open_unit.run();
            sample.write_all();
            keep_unit.run();
        }
        commit.run();
        measured.calls += batch;
        measured.batches_ms.push_back(seconds_since(batch_start) * 1000);
    }
    measured.seconds = seconds_since(start);
    measured.cpu_seconds = cpu_seconds_now() - cpu_start;
    tell(std::move(measured), sample.rows());
}

void measure_gets(sqlite3* database, Sample& sample, double seconds) {
    constexpr double between_writes = 0.1;
    Statement find_session{database, Sql::find_session};
    find_session.bind(1, sample.tenant);
    find_session.bind(2, sample.session);
    Statement load_config{database, Sql::load_config};
    load_config.bind(1, sample.tenant);
    Statement begin{database, Sql::begin_write};
    Statement commit{database, Sql::commit};

    Measured measured;
    const auto start = Steady::now();
    const auto cpu_start = cpu_seconds_now();
    std::uint64_t unwritten = 0;
    auto written = start;
    while (seconds_since(start) < seconds) {
        find_session.run();
        load_config.run();
        ++measured.calls;
        ++unwritten;
        if (seconds_since(written) < between_writes) continue;
        begin.run();
        for (; unwritten > 0; --unwritten) sample.write_audit();
        commit.run();
        written = Steady::now();
    }
    measured.seconds = seconds_since(start);
    measured.cpu_seconds = cpu_seconds_now() - cpu_start;
    tell(std::move(measured), 0);
}

void run(const std::vector<std::string>& arguments) {
    if (arguments.size() != 5) throw std::runtime_error("usage: bench_sqlite create|get FILE SECONDS BATCH");
    sqlite3* database = nullptr;
    if (sqlite3_open(arguments[2].c_str(), &database) != SQLITE_OK)
        throw std::runtime_error("cannot open FILE");
    // As the store's own connections have it.
    constexpr const char* settings =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -8192;";
    if (sqlite3_exec(database, settings, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error(sqlite3_errmsg(database));
    {
        Sample sample{database};
        const double seconds = std::stod(arguments[3]);
        if (arguments[1] == "create") {
            measure_creates(database, sample, seconds, static_cast<unsigned>(std::stoul(arguments[4])));
        } else {
            measure_gets(database, sample, seconds);
        }
    }
    sqlite3_close(database);
}

}  // namespace
}  // namespace vcare::bench

int main(int argc, char** argv) {
    try {
        vcare::bench::run({argv, argv + argc});
    } catch (const std::exception& problem) {
        fmt::print(stderr, "bench_sqlite: {}\n", problem.what());
        return 1;
    }
    return 0;
}
