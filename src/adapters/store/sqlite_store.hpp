// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "application/ports/audit_store.hpp"
#include "application/ports/consent_store.hpp"
#include "application/ports/credential_store.hpp"
#include "application/ports/encounter_keeper.hpp"
#include "application/ports/event_log.hpp"
#include "application/ports/presence_store.hpp"
#include "application/ports/session_store.hpp"
#include "application/ports/tenant_store.hpp"
#include "application/ports/unit_of_work.hpp"
#include "application/ports/work_queues.hpp"

namespace vcare::store {

/// Every port that the store stands behind. Safe to use from any thread; each call comes back on the
/// executor of its caller. Closed when it goes away, which must be before the callers' loops do.
class Store {
  public:
    virtual ~Store() = default;

    [[nodiscard]] virtual application::UnitOfWorkRunner& units() = 0;
    [[nodiscard]] virtual application::SessionStore& sessions() = 0;
    [[nodiscard]] virtual application::CredentialStore& credentials() = 0;
    [[nodiscard]] virtual application::TenantStore& tenants() = 0;
    [[nodiscard]] virtual application::ConsentStore& consents() = 0;
    [[nodiscard]] virtual application::AuditStore& audit() = 0;
    [[nodiscard]] virtual application::PresenceStore& presence() = 0;
    [[nodiscard]] virtual application::WorkQueues& queues() = 0;
    [[nodiscard]] virtual application::EventLog& event_log() = 0;
    [[nodiscard]] virtual application::EncounterKeeper& encounters() = 0;

    /// Writes a consistent copy to `path` while the store is used. Blocks: not for an event loop.
    [[nodiscard]] virtual Result<void> backup_to(std::string path) = 0;
    /// Finishes what was begun and refuses everything after it (`store_unavailable`). Blocks.
    virtual void close() = 0;
};

struct StoreOptions {
    std::string path;
    /// Called after a commit that added events to the outbox, from any thread; must not block.
    std::function<void()> outbox_written = {};
    /// Whether a missing file is made and an older schema brought up to date; false: both are refused.
    bool migrate = true;
    unsigned readers = 2;
    /// Work waiting for the writer or the readers; more is refused with `store_unavailable`.
    std::size_t queue_limit = 4096;
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
