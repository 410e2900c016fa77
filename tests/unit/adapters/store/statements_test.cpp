// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <regex>
#include <set>

#include "unit/adapters/store/database_fixture.hpp"

namespace vcare::store {
namespace {

std::vector<Sql> all_statements() {
    std::vector<Sql> all;
    for (std::size_t i = 0; i < statement_count; ++i) all.push_back(static_cast<Sql>(i));
    return all;
}

/// What the workers and the operator run: they walk a queue, or everything. `over_sessions` walks the few
/// events that are not numbered yet, `open_audit_heads` the few entries that are sealed next.
const std::set<std::string_view> walks_on_purpose = {
    "list_tenants",          "list_encounter_debts", "retry_encounter_debts",    "retry_encounter_debt",
    "unnumbered_events",     "unsealed_chains",      "count_unpublished",        "count_encounter_debts",
    "count_waiting",         "moved_heads",          "tidy_heartbeats",          "newest_migration",
    "list_waiting_events",   "list_dead_letters",    "count_dead_letters",       "list_inbox_failures",
    "replay_inbox_failures", "over_sessions",        "count_inbox_dead_letters", "count_waiting_appointments",
    "due_retention",         "open_audit_heads",     "count_open_sessions",
};

/// The lines of SQLite's plan for a statement.
std::vector<std::string> plan_of(sqlite3* handle, Sql sql) {
    std::vector<std::string> lines;
    sqlite3_stmt* statement = nullptr;
    const std::string text = "EXPLAIN QUERY PLAN " + std::string{statement_of(sql).text};
    EXPECT_EQ(sqlite3_prepare_v2(handle, text.c_str(), -1, &statement, nullptr), SQLITE_OK)
        << statement_of(sql).name << ": " << sqlite3_errmsg(handle);
    while (statement && sqlite3_step(statement) == SQLITE_ROW)
        lines.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3)));
    sqlite3_finalize(statement);
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

/// Neither a single made-up row nor a parameter is one.
bool walks_a_table(std::string_view line) {
    return line.starts_with("SCAN ") && !line.starts_with("SCAN CONSTANT ROW") &&
           !line.starts_with("SCAN json_each");
}

bool mentions(const std::vector<std::string>& plan, std::string_view word) {
    return joined(plan).find(word) != std::string::npos;
}

TEST(Statements, look_up_by_key_and_never_walk_a_table) {
    const auto connection = a_connection();

    for (const Sql sql : all_statements()) {
        if (walks_on_purpose.contains(statement_of(sql).name)) continue;
        const auto plan = plan_of(connection->handle(), sql);
        EXPECT_TRUE(std::ranges::none_of(plan, walks_a_table)) << statement_of(sql).name << "\n"
                                                               << joined(plan);
    }
}

TEST(Statements, walk_only_what_exists_under_that_name) {
    std::set<std::string_view> names;
    for (const Sql sql : all_statements()) names.insert(statement_of(sql).name);

    for (const std::string_view name : walks_on_purpose) EXPECT_TRUE(names.contains(name)) << name;
}

TEST(Statements, list_from_one_index_each_in_its_order) {
    const auto connection = a_connection();
    const std::vector<std::pair<Sql, std::string_view>> lists = {
        {Sql::list_by_start, "sessions_by_start"},
        {Sql::list_by_status, "sessions_by_status"},
        {Sql::list_by_patient, "sessions_by_patient"},
        {Sql::list_by_node, "sessions_by_node"},
        {Sql::list_by_user, "participants_by_user"},
        {Sql::over_sessions, "sessions_by_start"},
        {Sql::delete_tokens_of, "join_tokens_by_session"},
        {Sql::list_checkpoints, "audit_checkpoints_by_time"},
        {Sql::list_audit_of_session, "audit_entries_by_session"},
        {Sql::list_audit_of_actor, "audit_entries_by_actor"},
        {Sql::list_consents, "consents_by_patient"},
        {Sql::list_consents_of_type, "consents_by_type"},
        {Sql::events_after, "outbox_by_position"},
        {Sql::events_of_session_after, "outbox_by_session"},
        {Sql::unnumbered_events, "outbox_unpublished"},
        {Sql::number_events, "outbox_unpublished"},
        {Sql::end_numbering, "outbox_numbered"},
        {Sql::numbered_events, "outbox_numbered"},
        {Sql::waiting_events, "outbox_waiting"},
        {Sql::acknowledge_events, "outbox_waiting"},
        {Sql::count_unpublished, "outbox_waiting"},
        {Sql::due_sessions, "due_times_by_time"},
        {Sql::due_encounter_debts, "encounter_debts_by_time"},
        {Sql::inbox_failures_to_replay, "inbox_failures_to_replay"},
        {Sql::barred_users_after, "barred_users_by_time"},
    };
    for (const auto& [sql, index] : lists) {
        const auto plan = plan_of(connection->handle(), sql);
        EXPECT_TRUE(mentions(plan, index)) << statement_of(sql).name << "\n" << joined(plan);
    }
    const std::vector<Sql> ordered = {
        Sql::list_by_start,     Sql::list_by_status,          Sql::list_by_patient,
        Sql::list_by_node,      Sql::over_sessions,           Sql::list_audit,
        Sql::list_consents,     Sql::list_audit_of_session,   Sql::list_audit_of_actor,
        Sql::events_after,      Sql::events_of_session_after, Sql::numbered_events,
        Sql::waiting_events,    Sql::list_checkpoints,        Sql::unsealed_entries,
        Sql::barred_users_after};
    for (const Sql sql : ordered) {
        const auto plan = plan_of(connection->handle(), sql);
        EXPECT_FALSE(mentions(plan, "TEMP B-TREE")) << statement_of(sql).name << "\n" << joined(plan);
    }
}

/// Whether a statement that touches a private table keeps to one tenant.
bool names_its_tenant(std::string_view text) {
    static const std::regex private_table{
        R"(\b(FROM|JOIN|INTO|UPDATE) (sessions|participants|transitions|device_checks|feedback|join_tokens|)"
        R"(visit_credentials|consents|consent_refusals|kept_encounters|tenant_configs|tenant_keys|)"
        R"(facility_licences)\b)"};
    static const std::regex in_one_tenant{R"(\btenant_id = \$1\b|^INSERT INTO \w+ \(tenant_id,)"};
    const std::string statement{text};
    return !std::regex_search(statement, private_table) || std::regex_search(statement, in_one_tenant);
}

TEST(Statements, ask_for_one_tenant_wherever_nobody_may_look_across) {
    for (const Sql sql : all_statements())
        EXPECT_TRUE(names_its_tenant(statement_of(sql).text)) << statement_of(sql).name;

    EXPECT_FALSE(names_its_tenant("SELECT session_id FROM sessions WHERE patient_id = $1"));
    EXPECT_FALSE(names_its_tenant("INSERT INTO feedback (session_id) VALUES ($1)"));
}

TEST(Statements, number_their_parameters_from_one_without_a_gap) {
    const std::regex parameter{R"(\$([0-9]+))"};
    for (const Sql sql : all_statements()) {
        const std::string text{statement_of(sql).text};
        std::set<int> numbers;
        for (std::sregex_iterator it{text.begin(), text.end(), parameter}, end; it != end; ++it)
            numbers.insert(std::stoi((*it)[1]));
        int expected = 0;
        for (const int number : numbers) EXPECT_EQ(number, ++expected) << statement_of(sql).name;
    }
}

TEST(Statements, keep_to_the_subset_that_both_databases_understand) {
    const std::regex sqlite_only{
        R"(\b(ROWID|IFNULL|GLOB|INSERT OR|REPLACE INTO|UNIXEPOCH|STRFTIME|DATETIME|GROUP_CONCAT|INDEXED BY)\b|==|")",
        std::regex::icase};
    for (const Sql sql : all_statements())
        EXPECT_FALSE(std::regex_search(std::string{statement_of(sql).text}, sqlite_only))
            << statement_of(sql).name;
}

TEST(Schema, starts_every_key_and_foreign_key_with_the_tenant) {
    const std::regex key{R"((PRIMARY KEY|FOREIGN KEY|UNIQUE INDEX \w+ ON \w+|REFERENCES \w+) \((\w+))"};
    for (const Migration& migration : migrations()) {
        const std::string text{migration.text};
        for (std::sregex_iterator it{text.begin(), text.end(), key}, end; it != end; ++it)
            EXPECT_EQ((*it)[2], "tenant_id") << (*it)[0];
    }
}

TEST(Schema, spells_every_word_in_braces) {
    for (const Migration& migration : migrations())
        EXPECT_EQ(to_sqlite(migration.text).find('{'), std::string::npos) << migration.name;
}

TEST(Schema, keeps_what_people_typed_in_tables_that_no_queue_is_made_of) {
    const std::regex phi_column{R"(\b(display_name|email|phone|reason_for_visit|comment)\b)"};
    const std::regex table{R"(CREATE TABLE (\w+) \(([^;]*)\))"};
    std::set<std::string> holders;
    for (const Migration& migration : migrations()) {
        const std::string text{migration.text};
        for (std::sregex_iterator it{text.begin(), text.end(), table}, end; it != end; ++it) {
            if (std::regex_search((*it)[2].str(), phi_column)) holders.insert((*it)[1]);
        }
    }
    EXPECT_EQ(holders, (std::set<std::string>{"feedback", "participants", "sessions"}));
}

}  // namespace
}  // namespace vcare::store
