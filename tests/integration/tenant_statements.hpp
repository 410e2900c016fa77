// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "adapters/store/postgres_dialect.hpp"
#include "support/postgres_server.hpp"

namespace vcare::support {

/// A statement of the service that says which tenant it is about.
struct TenantStatement {
    std::string name;
    std::string text;
};

/// With every condition on the tenant taken away; the parameter stays, so that it is bound as before.
inline std::string without_tenant_condition(const std::string& text) {
    static const std::regex condition{R"((\w+\.)?tenant_id = (\$\d+))"};
    return std::regex_replace(text, condition, "($2::text IS NULL OR TRUE)");
}

inline std::vector<TenantStatement> statements_of_tenants() {
    std::vector<TenantStatement> found;
    for (std::size_t i = 0; i < store::statement_count; ++i) {
        const auto sql = static_cast<store::Sql>(i);
        const std::string text = store::text_of(sql, false);
        const bool has_condition = without_tenant_condition(text) != text;
        const bool writes_rows =
            text.find("INSERT INTO") != std::string::npos && text.find("tenant_id") != std::string::npos;
        if (has_condition || writes_rows) found.push_back({std::string{store::statement_of(sql).name}, text});
    }
    return found;
}

/// A database in which every table of tenants has one row of the tenant `x`, all of whose texts are `x` and
/// all of whose numbers are 1: a statement that is given `x` and 1 for everything meets it.
class DatabaseOfOneTenant {
  public:
    explicit DatabaseOfOneTenant(PostgresServer& server) {
        server.create_service_database("walls");
        connection_.reset(PQconnectdb(server.owner_url("walls").c_str()));
        // Rows that no aggregate ever wrote refer to each other by chance only.
        (void)must("SET session_replication_role = replica");
    }

    /// One row of `x` in every table.
    void fill() {
        for (const std::string& table : tables()) {
            const std::string columns = must(
                "SELECT string_agg(quote_ident(column_name), ',' ORDER BY ordinal_position) FROM"
                " information_schema.columns WHERE is_identity = 'NO' AND table_name = '" +
                table + "'");
            const std::string values = must(
                "SELECT string_agg(CASE data_type WHEN 'text' THEN '''x''' WHEN 'bytea' THEN '''x''::bytea'"
                " ELSE '1' END, ',' ORDER BY ordinal_position) FROM information_schema.columns"
                " WHERE is_identity = 'NO' AND table_name = '" +
                table + "'");
            (void)must("INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ")");
        }
    }

    /// What a statement gives in the service's role to the tenant `tenant`, `x` and 1 bound to everything:
    /// its rows, or what the server said against it. `changes` says what became of `x`'s rows by it. Undone
    /// again.
    struct Outcome {
        std::string rows;
        bool changes = false;
    };
    Outcome run(const std::string& text, const std::string& tenant, bool behind_the_walls = true) {
        (void)must("DEALLOCATE ALL");
        (void)must("PREPARE s AS " + text);
        const std::string values = must(
            "SELECT string_agg(CASE t::text WHEN 'text' THEN '''x''' WHEN 'bytea' THEN '''x'''"
            " ELSE '1' END, ',' ORDER BY n) FROM pg_prepared_statements,"
            " unnest(parameter_types) WITH ORDINALITY AS p(t, n)");
        const std::string before = rows_of_x();
        (void)must("BEGIN");
        (void)must("SELECT set_config('app.tenant_id', '" + tenant + "', true)");
        if (behind_the_walls) (void)must("SET LOCAL ROLE vcare_app");
        Outcome outcome;
        try {
            outcome.rows = must("EXECUTE s" + (values.empty() ? "" : "(" + values + ")"));
            (void)must("RESET ROLE");
            outcome.changes = rows_of_x() != before;
        } catch (const std::runtime_error& refused) {
            outcome.rows = refused.what();  // and nothing is changed
        }
        (void)must("ROLLBACK");
        return outcome;
    }

    std::vector<std::string> tables() {
        std::vector<std::string> names;
        const std::string all = must(
            "SELECT c.table_name FROM information_schema.columns c WHERE c.column_name = 'tenant_id'"
            " AND c.table_schema = 'public' ORDER BY 1");
        for (std::size_t begin = 0; begin < all.size();) {
            const auto end = std::min(all.find('\n', begin), all.size());
            names.push_back(all.substr(begin, end - begin));
            begin = end + 1;
        }
        return names;
    }

    /// All rows, a line each; throws what the server said.
    std::string must(const std::string& sql) {
        const std::unique_ptr<PGresult, decltype([](PGresult* result) { PQclear(result); })> answer{
            PQexec(connection_.get(), sql.c_str())};
        const auto status = PQresultStatus(answer.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            throw std::runtime_error{PQerrorMessage(connection_.get())};
        std::string rows;
        for (int row = 0; row < PQntuples(answer.get()); ++row) {
            if (row > 0) rows += "\n";
            for (int column = 0; column < PQnfields(answer.get()); ++column) {
                if (column > 0) rows += "|";
                rows += PQgetvalue(answer.get(), row, column);
            }
        }
        return rows;
    }

  private:
    std::string rows_of_x() {
        std::string rows;
        for (const std::string& table : tables()) {
            rows +=
                table + ": " + must("SELECT t::text FROM " + table + " t WHERE tenant_id = 'x' ORDER BY 1");
            rows += "\n";
        }
        return rows;
    }

    std::unique_ptr<PGconn, decltype([](PGconn* connection) { PQfinish(connection); })> connection_;
};

}  // namespace vcare::support
