// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/store/store.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::store {

struct StoreOptions {
    std::string path;
    /// Called after a commit that added events to the outbox, from any thread; must not block.
    std::function<void()> outbox_written = {};
    /// Whether a missing file is made and an older schema brought up to date; false: both are refused.
    bool migrate = true;
    unsigned readers = 2;
    /// Work waiting for the writer or the readers; more is refused with `store_unavailable`.
    std::size_t queue_limit = 4096;
    /// Where transactions are told as pieces of the work they are done for; null: nowhere. Outlives the
    /// store.
    application::Telemetry* telemetry = nullptr;
};

/// Opens the file, or makes it. Throws std::runtime_error with one line for the operator when it cannot be
/// used: no permission, no database, a schema newer than this program.
[[nodiscard]] std::unique_ptr<Store> open_sqlite_store(StoreOptions options);

/// Brings the file's schema up to date, or makes the file; answers how many migrations it ran. Throws as
/// `open_sqlite_store` does.
int migrate_sqlite_store(const std::string& path);

/// The same statements on a store in memory, run at once in the caller's thread; for the simulation.
[[nodiscard]] std::unique_ptr<Store> make_inline_store(std::function<void()> outbox_written = {});

}  // namespace vcare::store
