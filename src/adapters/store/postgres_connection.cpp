// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_connection.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <libpq-fe.h>
#include <sys/socket.h>

#include "adapters/store/postgres_dialect.hpp"

namespace vcare::store {
namespace {

constexpr int binary = 1;
constexpr std::size_t max_parameters = 40;

/// The parameters of one statement as libpq takes them. Texts and bytes go as they are, which for both is
/// the binary format and needs no zero at the end; numbers go as text, whose type the server infers.
class Parameters {
  public:
    explicit Parameters(std::span<const Value> values) : count_(values.size()) {
        VCARE_CHECK(count_ <= max_parameters, "statements are written with fewer parameters");
        for (std::size_t i = 0; i < count_; ++i) set(i, values[i]);
    }
    [[nodiscard]] int count() const { return static_cast<int>(count_); }
    [[nodiscard]] const char* const* values() const { return values_.data(); }
    [[nodiscard]] const int* lengths() const { return lengths_.data(); }
    [[nodiscard]] const int* formats() const { return formats_.data(); }

  private:
    void set(std::size_t i, const Value& value) {
        switch (value.kind) {
            case Value::Kind::null:
                return;
            case Value::Kind::integer:
                return set_number(i, value.integer);
            case Value::Kind::real:
                return set_number(i, value.real);
            case Value::Kind::text:
            case Value::Kind::bytes:
                values_[i] = value.text.data() ? value.text.data() : "";
                lengths_[i] = static_cast<int>(value.text.size());
                formats_[i] = binary;
                return;
        }
    }
    template <class Number>
    void set_number(std::size_t i, Number number) {
        auto& digits = numbers_[i];
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size() - 1, number).ptr;
        *end = '\0';
        values_[i] = digits.data();
    }

    std::size_t count_;
    std::array<const char*, max_parameters> values_ = {};
    std::array<int, max_parameters> lengths_ = {};
    std::array<int, max_parameters> formats_ = {};
    std::array<std::array<char, 32>, max_parameters> numbers_ = {};
};

/// A number in network order, as the binary format has it.
template <class Number>
Number from_network(const char* bytes) {
    Number number{};
    std::memcpy(&number, bytes, sizeof number);
    return std::endian::native == std::endian::little ? std::byteswap(number) : number;
}

std::string describe(const pg_result* result) {
    const auto field = [&](int code) {
        const char* text = PQresultErrorField(result, code);
        return std::string{text ? text : ""};
    };
    std::string text = "SQLSTATE " + field(PG_DIAG_SQLSTATE);
    if (const std::string constraint = field(PG_DIAG_CONSTRAINT_NAME); !constraint.empty())
        text += ", constraint " + constraint;
    return text;
}

}  // namespace

/// The answer to one statement, kept until nobody looks at it.
class PostgresConnection::Reply final : public Answer {
  public:
    explicit Reply(PostgresConnection& connection) : connection_(connection) {}

    [[nodiscard]] bool is_free() const { return is_free_; }
    void open() {
        is_free_ = false;
        is_answered_ = false;
        row_ = -1;
        changed_ = 0;
    }
    void answer(PgResult result) {
        result_ = std::move(result);
        is_answered_ = true;
        if (!result_) return;
        const std::string_view changed = PQcmdTuples(result_.get());
        std::from_chars(changed.begin(), changed.end(), changed_);
    }

    bool is_answered() const override { return is_answered_; }
    void resume_when_answered(std::coroutine_handle<> waiting) override {
        connection_.waiting_ = waiting;
        connection_.awaited_ = this;
        connection_.wait_here();
    }
    bool next() override {
        if (!result_ || connection_.has_failed()) return false;
        return ++row_ < PQntuples(result_.get());
    }
    bool is_null(int column) const override { return PQgetisnull(result_.get(), row_, column) == 1; }
    std::string_view text(int column) const override {
        return {PQgetvalue(result_.get(), row_, column),
                static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
    }
    std::int64_t integer(int column) const override {
        const char* const bytes = PQgetvalue(result_.get(), row_, column);
        switch (PQgetlength(result_.get(), row_, column)) {
            case sizeof(std::int64_t):
                return from_network<std::int64_t>(bytes);
            case sizeof(std::int32_t):
                return from_network<std::int32_t>(bytes);
            case sizeof(std::int16_t):
                return from_network<std::int16_t>(bytes);
            default:
                return 0;  // as a null reads
        }
    }
    double real(int column) const override {
        return std::bit_cast<double>(from_network<std::uint64_t>(PQgetvalue(result_.get(), row_, column)));
    }
    int changed() const override { return changed_; }
    void close() override {
        is_free_ = is_answered_;
        if (!is_answered_) is_abandoned_ = true;
        result_.reset();
    }
    [[nodiscard]] bool is_abandoned() const { return is_abandoned_; }
    void reuse() {
        is_free_ = true;
        is_abandoned_ = false;
        result_.reset();
    }

  private:
    PostgresConnection& connection_;
    PgResult result_;
    int row_ = -1;
    int changed_ = 0;
    bool is_answered_ = false;
    bool is_abandoned_ = false;
    bool is_free_ = true;
};

void CloseConnection::operator()(pg_conn* connection) const {
    PQfinish(connection);
}

void PostgresConnection::ClearResult::operator()(pg_result* result) const {
    PQclear(result);
}

PostgresConnection::PostgresConnection(PgHandle handle) : handle_(std::move(handle)) {
    const bool is_ready = PQsetnonblocking(handle_.get(), 1) == 0 && PQenterPipelineMode(handle_.get()) == 1;
    if (!is_ready) lose();
}

PostgresConnection::~PostgresConnection() = default;

int PostgresConnection::socket() const {
    return PQsocket(handle_.get());
}

void PostgresConnection::begin(const Sight& sight, Access access) {
    sight_ = sight;
    access_ = access;
    if (!sight_.is_one_state) return;
    send_control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    send_scope();
}

void PostgresConnection::end(bool keep) {
    const bool gives_up = access_ == Access::write && (!keep || has_failed());
    if (sight_.is_one_state) {
        // After an error everything is skipped up to the sync, and the transaction is open still.
        sync();
        send_control("COMMIT");
    } else if (gives_up && is_open_) {
        // Outside a block too this undoes what was done since the last sync, with a warning.
        send_control("ROLLBACK");
    }
    if (!is_open_) return;
    sync();
    ++round_trips_;
}

Answer* PostgresConnection::start(Sql sql, std::span<const Value> values, Wanted wanted) {
    // What a job sees is set in its own transaction, and is gone with it.
    const bool begins = !is_open_ && !sight_.is_one_state;
    if (begins) send_scope();
    const bool must_change = wanted == Wanted::a_change;
    const bool has_reply = wanted == Wanted::rows || wanted == Wanted::changes;
    Reply* reply = has_reply ? new_reply() : nullptr;
    Preparation& preparation = prepared_[static_cast<std::size_t>(sql)][must_change ? 1 : 0];
    send(name_of(sql, must_change), text_of(sql, must_change), preparation, values,
         {.sql = sql, .reply = reply});
    if (!is_lost_) return reply;
    if (reply) reply->reuse();
    return nullptr;
}

void PostgresConnection::send_scope() {
    if (sight_.may_be_lost)
        send("lossy", "SELECT set_config('synchronous_commit', 'off', true)", lossy_, {}, {});
    if (!sight_.tenant) return;
    const std::array values = {to_value(*sight_.tenant)};
    send("scope", "SELECT set_config('app.tenant_id', $1, true)", scope_, values, {});
}

void PostgresConnection::send(const std::string& name, std::string_view text, Preparation& preparation,
                              std::span<const Value> values, Expected expected) {
    if (preparation == Preparation::none) {
        if (!is_sent(PQsendPrepare(handle_.get(), name.c_str(), std::string{text}.c_str(), 0, nullptr)))
            return;
        preparation = Preparation::sent;
        expected_.push_back({.sql = expected.sql, .preparation = &preparation});
    }
    const Parameters parameters{values};
    if (is_sent(PQsendQueryPrepared(handle_.get(), name.c_str(), parameters.count(), parameters.values(),
                                    parameters.lengths(), parameters.formats(), binary)))
        expected_.push_back(expected);
}

void PostgresConnection::send_control(const char* text) {
    if (is_sent(PQsendQueryParams(handle_.get(), text, 0, nullptr, nullptr, nullptr, nullptr, binary)))
        expected_.push_back({});
}

void PostgresConnection::sync() {
    if (is_sent(PQpipelineSync(handle_.get()))) expected_.push_back({});
    is_open_ = false;
}

/// Somebody waits for an answer: the server is asked to send what it has. A read that need not see one state
/// ends its transaction with that, so that its only answer is its end, too.
void PostgresConnection::wait_here() {
    ++round_trips_;
    const bool goes_on = access_ == Access::write || sight_.is_one_state;
    if (goes_on) {
        (void)is_sent(PQsendFlushRequest(handle_.get()));
    } else {
        sync();
    }
}

bool PostgresConnection::exchange() {
    const int left = is_lost_ ? -1 : PQflush(handle_.get());
    wants_to_send_ = left == 1;
    if (left < 0 || PQconsumeInput(handle_.get()) == 0) lose();
    while (!expected_.empty() && PQisBusy(handle_.get()) == 0) note(PgResult{PQgetResult(handle_.get())});
    if (PQstatus(handle_.get()) == CONNECTION_BAD) lose();
    resume_who_waits();
    return !is_lost_;
}

void PostgresConnection::resume_who_waits() {
    if (!awaited_ || !awaited_->is_answered()) return;
    awaited_ = nullptr;
    std::exchange(waiting_, nullptr).resume();
    // What it sent goes out at once.
    if (!is_lost_) wants_to_send_ = PQflush(handle_.get()) == 1;
}

/// Takes one result of what is expected first. Everything but a sync ends with a null.
void PostgresConnection::note(PgResult result) {
    if (!result) return note_end_of_front();
    const Expected& front = expected_.front();
    switch (PQresultStatus(result.get())) {
        case PGRES_PIPELINE_SYNC:
            expected_.pop_front();
            return;
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
            if (front.preparation) *front.preparation = Preparation::done;
            if (front.reply) front.reply->answer(std::move(result));
            return;
        case PGRES_FATAL_ERROR:
            note_failure(front, result.get());
            break;
        default:  // skipped after an error
            break;
    }
    if (front.preparation) *front.preparation = Preparation::none;
    if (front.reply) front.reply->answer(nullptr);
}

void PostgresConnection::note_end_of_front() {
    Reply* reply = expected_.front().reply;
    expected_.pop_front();
    if (reply && reply->is_abandoned()) reply->reuse();
}

void PostgresConnection::note_failure(const Expected& expected, const pg_result* result) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    fail(failure_of_sqlstate(state ? state : ""), expected.sql, describe(result));
}

bool PostgresConnection::is_alive() const {
    // The server says nothing to somebody idle but that it goes.
    char byte = 0;
    const bool is_silent = ::recv(socket(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
    return is_silent && (errno == EAGAIN || errno == EWOULDBLOCK) && !is_lost_;
}

void PostgresConnection::lose() {
    if (is_lost_) return;
    is_lost_ = true;
    fail(Failure::broken, std::nullopt, "the connection is lost");
    for (const Expected& expected : std::exchange(expected_, {})) {
        if (expected.reply) expected.reply->answer(nullptr);
    }
}

bool PostgresConnection::is_sent(int code) {
    if (code == 1 && !is_lost_) {
        is_open_ = true;
        return true;
    }
    lose();
    return false;
}

PostgresConnection::Reply* PostgresConnection::new_reply() {
    const auto free = std::ranges::find_if(replies_, &Reply::is_free);
    Reply& reply = free == replies_.end() ? replies_.emplace_back(*this) : *free;
    reply.open();
    return &reply;
}

}  // namespace vcare::store
