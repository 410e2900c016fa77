// SPDX-License-Identifier: Apache-2.0
#include "chaos/evidence.hpp"

#include <boost/json/parse.hpp>

namespace vcare::chaos {
namespace {

using boost::json::value;
using support::at;

/// A subquery that gives the rows as arrays of their columns, under this name.
std::string rows(const std::string& name, const std::string& columns, const std::string& from) {
    return "'" + name + "', (SELECT coalesce(json_agg(json_build_array(" + columns +
           ")), '[]') FROM (SELECT * FROM " + from + ") AS found)";
}

/// One statement sees one moment: else a debt could be paid between two looks and seem never to have been.
value ask(Stack& stack, const std::vector<std::string>& subqueries) {
    std::string all;
    for (const std::string& subquery : subqueries) all += (all.empty() ? "" : ", ") + subquery;
    return boost::json::parse(stack.sql("SELECT json_build_object(" + all + ")"));
}

std::string text_in(const value& row, std::size_t column) {
    return at(row, "/" + std::to_string(column));
}
std::int64_t number_in(const value& row, std::size_t column) {
    return row.at(column).to_number<std::int64_t>();
}

void read_sessions(const value& found, Evidence& evidence) {
    for (const value& row : found.at("sessions").as_array()) {
        SessionRow session{.tenant = text_in(row, 1),
                           .patient = text_in(row, 2),
                           .status = text_in(row, 3),
                           .version = static_cast<std::uint64_t>(number_in(row, 4)),
                           .created_at = number_in(row, 5),
                           .actual_start = {},
                           .encounter = text_in(row, 7)};
        if (!row.at(6).is_null()) session.actual_start = number_in(row, 6);
        evidence.tenant_of[text_in(row, 0)] = session.tenant;
        evidence.sessions[text_in(row, 0)] = std::move(session);
    }
    for (const value& row : found.at("participants").as_array())
        evidence.tenant_of[text_in(row, 0)] = text_in(row, 1);
}

void read_outbox(const value& found, Evidence& evidence) {
    for (const value& row : found.at("outbox").as_array()) {
        evidence.outbox.push_back({.id = text_in(row, 0),
                                   .tenant = text_in(row, 1),
                                   .session = text_in(row, 2),
                                   .type = text_in(row, 3),
                                   .is_published = row.at(4).as_bool()});
    }
}

const std::string counts_of_what_is_owed =
    rows("owed", "events, dead_letters, encounters, consents",
         "(SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL)"
         " AS events, (SELECT count(*) FROM outbox_dead_letters)"
         " AS dead_letters, (SELECT count(*) FROM encounter_debts)"
         " AS encounters, (SELECT count(*) FROM consent_debts)"
         " AS consents) AS counts");

Owed read_owed(const value& found) {
    const value& row = found.at("owed").at(0);
    return {.events = number_in(row, 0),
            .dead_letters = number_in(row, 1),
            .encounters = number_in(row, 2),
            .consents = number_in(row, 3)};
}

Told told_in(const std::string& message) {
    const value event = boost::json::parse(message);
    return {.id = at(event, "/id"),
            .tenant = at(event, "/tenantid"),
            .session = at(event, "/data/sessionId"),
            .type = at(event, "/type")};
}

}  // namespace

Owed Investigation::owed() const {
    return read_owed(ask(stack_, {counts_of_what_is_owed}));
}

Evidence Investigation::collect(bool is_settled) {
    Evidence evidence{.is_settled = is_settled};
    // The database first: whatever it says has happened must be found in the places that are asked later.
    ask_database(evidence);
    ask_broker();
    evidence.stream = stream_;
    ask_record(evidence);
    evidence.consents = stack_.consent().journal();
    evidence.audit = stack_.replica(0).command({"audit", "verify"});
    return evidence;
}

void Investigation::ask_database(Evidence& evidence) const {
    const value found =
        ask(stack_,
            {rows("sessions",
                  "session_id, tenant_id, patient_id, status, version, created_at, actual_start,"
                  " encounter_id",
                  "sessions"),
             rows("participants", "participant_id, tenant_id", "participants"),
             rows("answers", "tenant_id, idempotency_key", "kept_answers"),
             rows("outbox", "event_id, tenant_id, session_id, type, published_at IS NOT NULL",
                  "outbox ORDER BY position, sequence"),
             rows("debts", "session_id", "encounter_debts WHERE state = 'open'"), counts_of_what_is_owed});
    read_sessions(found, evidence);
    read_outbox(found, evidence);
    for (const value& row : found.at("answers").as_array())
        evidence.kept_answers[text_in(row, 0)].insert(text_in(row, 1));
    for (const value& row : found.at("debts").as_array()) evidence.encounter_debts.insert(text_in(row, 0));
    evidence.owed = read_owed(found);
}

void Investigation::ask_broker() {
    for (const support::StreamMessage& message : stack_.broker().messages(last_sequence_)) {
        stream_.push_back(told_in(message.body));
        last_sequence_ = message.sequence;
    }
}

void Investigation::ask_record(Evidence& evidence) {
    for (const auto& [session, row] : evidence.sessions) {
        if (!evidence.is_settled && paid_.contains(session)) continue;
        auto& found = evidence.encounters[session];
        for (const value& encounter : stack_.record().encounters_of(session))
            found.push_back(at(encounter, "/id"));
        const bool is_over = row.status == "ended" || row.status == "cancelled";
        if (is_over && (found.size() == 1 || !row.actual_start)) paid_.insert(session);
    }
}

}  // namespace vcare::chaos
