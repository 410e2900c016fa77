// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/postgres_link.hpp"

#include <array>
#include <chrono>

#include <libpq-fe.h>
#include <poll.h>

namespace vcare::store {
namespace {

/// What the URL does not say. A server that went away without a word is noticed within half a minute; of
/// several hosts the one that may be written is chosen, so that a standby takes over without a restart of
/// ours. Encryption by Kerberos is for whoever asks for it: libpq would look for a ticket at every connect.
constexpr std::array keywords = {"fallback_application_name",
                                 "connect_timeout",
                                 "target_session_attrs",
                                 "client_encoding",
                                 "gssencmode",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "tcp_user_timeout",
                                 "dbname",
                                 static_cast<const char*>(nullptr)};

constexpr std::chrono::seconds longest_answer_to_settings{3};

std::string first_line(const char* text) {
    const std::string_view whole = text ? text : "";
    return std::string{whole.substr(0, whole.find('\n'))};
}

void ignore_notice(void*, const PGresult*) {
}

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Answered = std::unique_ptr<PGresult, ClearResult>;

/// All our statements are meant so: each finds its few rows in their order by an index, those of another
/// table by their key. Left alone, the server walks, sorts or merges whole queues and logs as soon as what it
/// believes about them is out of date, and keeps to that plan until somebody analyzes them. Where there is no
/// index it walks all the same, at a made-up cost at which it would compile first.
constexpr auto plan_by_index =
    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_mergejoin = off;"
    "SET enable_hashjoin = off; SET jit = off;";

/// The server ends by itself what we do not wait for any more.
std::string settings_of(const char* role) {
    std::string text =
        "SET statement_timeout = '15s'; SET lock_timeout = '5s';"
        "SET idle_in_transaction_session_timeout = '30s';";
    text += plan_by_index;
    if (role) text += std::string{"SET ROLE "} + role;
    return text;
}

bool is_answered_in_time(pg_conn* connection) {
    const auto until = std::chrono::steady_clock::now() + longest_answer_to_settings;
    while (PQisBusy(connection) == 1) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        pollfd answer{PQsocket(connection), POLLIN, 0};
        if (left.count() <= 0 || ::poll(&answer, 1, static_cast<int>(left.count())) < 0) return false;
        if (answer.revents != 0 && PQconsumeInput(connection) == 0) return false;
    }
    return true;
}

/// As `run_script`, and not longer than for a moment.
std::string run_settings(pg_conn* connection, const std::string& text) {
    if (PQsendQuery(connection, text.c_str()) == 0) return first_line(PQerrorMessage(connection));
    std::string problem;
    while (true) {
        if (!is_answered_in_time(connection)) return "the server does not answer";
        const Answered answered{PQgetResult(connection)};
        if (!answered) return problem;
        if (PQresultStatus(answered.get()) == PGRES_FATAL_ERROR)
            problem = first_line(PQerrorMessage(connection));
    }
}

}  // namespace

PgHandle connect_as(const std::string& url, const char* role, std::string& why) {
    const std::array<const char*, keywords.size()> values = {
        "vcare", "3", "read-write", "UTF8", "disable", "10", "5", "3", "25000", url.c_str(), nullptr};
    PgHandle handle{PQconnectdbParams(keywords.data(), values.data(), 1)};
    if (PQstatus(handle.get()) != CONNECTION_OK) {
        why = first_line(PQerrorMessage(handle.get()));
        return nullptr;
    }
    PQsetNoticeReceiver(handle.get(), ignore_notice, nullptr);
    // A server that stopped just now would hold whoever connects for ever.
    why = run_settings(handle.get(), settings_of(role));
    return why.empty() ? std::move(handle) : nullptr;
}

std::string run_script(pg_conn* connection, const std::string& text, std::string* state) {
    const Answered answered{PQexec(connection, text.c_str())};
    const auto status = PQresultStatus(answered.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    const char* code = PQresultErrorField(answered.get(), PG_DIAG_SQLSTATE);
    if (state) *state = code ? code : "";
    return first_line(PQerrorMessage(connection));
}

std::string ask(pg_conn* connection, const std::string& text) {
    const Answered answered{PQexec(connection, text.c_str())};
    const bool has_row = PQresultStatus(answered.get()) == PGRES_TUPLES_OK && PQntuples(answered.get()) > 0;
    return has_row ? std::string{PQgetvalue(answered.get(), 0, 0)} : std::string{};
}

}  // namespace vcare::store
