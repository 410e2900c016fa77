// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "adapters/store/postgres_store.hpp"
#include "adapters/store/sqlite_store.hpp"
#include "main/commands/answer_codec.hpp"
#include "main/commands/answers.hpp"
#include "main/commands/commands.hpp"

namespace vcare::program {

ExitCode run(const MigrateCommand& command) {
    const auto settings = settings_of(command.config);
    if (!settings) return settings.error();
    int count = 0;
    try {
        count = is_embedded_store(*settings) ? store::migrate_sqlite_store(store_file(*settings))
                                             : store::migrate_postgres_store(settings->store.url);
    } catch (const std::runtime_error& problem) {
        return say(ExitCode::dependency_away, problem.what());
    }
    if (command.json) {
        fmt::print("{}\n", encode_count("migrations", static_cast<std::uint64_t>(count)));
    } else if (count == 0) {
        fmt::print("The store is up to date\n");
    } else {
        fmt::print("The store is up to date now, {} migrations were run\n", count);
    }
    return ExitCode::done;
}

}  // namespace vcare::program
