// SPDX-License-Identifier: Apache-2.0
#include "support/store_of_test.hpp"

#include <cstdlib>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <sqlite3.h>

#include "support/postgres_server.hpp"

namespace vcare::support {
namespace {

/// One server for the program, with a database that `vcare migrate` made to copy from.
class Databases {
  public:
    Databases() { server_.create_service_database("migrated"); }

    std::string url_of(const std::filesystem::path& data) { return server_.service_url(name_of(data)); }

    std::string rows_of(const std::filesystem::path& data) {
        const std::string database = name_of(data);
        std::istringstream tables{server_.run(
            database, "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'")};
        std::string rows;
        for (std::string table; tables >> table;) {
            rows += server_.run(
                database,
                "SET bytea_output = 'escape'; SELECT string_agg(t::text, E'\\n') FROM " + table + " t");
        }
        return rows;
    }

    std::string run(const std::filesystem::path& data, const std::string& sql) {
        return server_.run(name_of(data), sql);
    }

  private:
    std::string name_of(const std::filesystem::path& data) {
        auto [found, is_new] = names_.try_emplace(data.string(), "test_" + std::to_string(names_.size()));
        if (is_new) server_.create_database(found->second, "migrated");
        return found->second;
    }

    PostgresServer server_;
    std::map<std::string, std::string> names_;
};

Databases& databases() {
    static Databases databases;
    return databases;
}

NatsServer& broker_of(const std::filesystem::path& data) {
    static std::map<std::string, NatsServer> brokers;
    return brokers[data.string()];
}

/// Keeps the last value that the statements give.
int keep_value(void* kept, int columns, char** values, char** /*names*/) {
    if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(kept) = values[0];
    return 0;
}

std::string run_on_file(const std::filesystem::path& data, const std::string& sql) {
    sqlite3* opened = nullptr;
    const int result = sqlite3_open((data / "vcare.db").c_str(), &opened);
    const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> handle{opened, &sqlite3_close};
    sqlite3_busy_timeout(handle.get(), 5000);
    std::string value;
    const bool is_done = result == SQLITE_OK &&
                         sqlite3_exec(handle.get(), sql.c_str(), keep_value, &value, nullptr) == SQLITE_OK;
    if (!is_done) throw std::runtime_error{sqlite3_errmsg(handle.get())};
    return value;
}

}  // namespace

bool is_on_postgres() {
    const char* store = std::getenv("VCARE_TEST_STORE");
    return store != nullptr && std::string{store} == "postgres";
}

std::map<std::string, std::string> store_environment(const std::filesystem::path& data) {
    if (!is_on_postgres()) return {};
    return {{"VCARE_STORE_URL", databases().url_of(data)}};
}

std::string stored_bytes(const std::filesystem::path& data) {
    if (is_on_postgres()) return databases().rows_of(data);
    std::string bytes;
    for (const auto& entry : std::filesystem::directory_iterator{data}) {
        if (entry.path().filename().string().starts_with("vcare.db")) bytes += read_text(entry.path());
    }
    return bytes;
}

std::string ask_stored(const std::filesystem::path& data, const std::string& sql) {
    return is_on_postgres() ? databases().run(data, sql) : run_on_file(data, sql);
}

void change_stored(const std::filesystem::path& data, const std::string& sql) {
    (void)ask_stored(data, sql);
}

std::string events_url(const std::filesystem::path& data) {
    return is_on_postgres() ? broker_of(data).url() : std::string{};
}

std::vector<StreamMessage> events_in_stream(const std::filesystem::path& data) {
    if (!is_on_postgres()) return {};
    return broker_of(data).messages();
}

}  // namespace vcare::support
