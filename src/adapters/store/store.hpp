// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "application/ports/audit_store.hpp"
#include "application/ports/consent_store.hpp"
#include "application/ports/credential_store.hpp"
#include "application/ports/encounter_keeper.hpp"
#include "application/ports/event_log.hpp"
#include "application/ports/inbox_store.hpp"
#include "application/ports/presence_store.hpp"
#include "application/ports/retention_store.hpp"
#include "application/ports/session_store.hpp"
#include "application/ports/tenant_store.hpp"
#include "application/ports/unit_of_work.hpp"
#include "application/ports/work_queues.hpp"
#include "application/ports/wrapped_key_store.hpp"

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
    [[nodiscard]] virtual application::InboxStore& inbox() = 0;
    [[nodiscard]] virtual application::EventLog& event_log() = 0;
    [[nodiscard]] virtual application::EncounterKeeper& encounters() = 0;
    [[nodiscard]] virtual application::WrappedKeyStore& wrapped_keys() = 0;
    [[nodiscard]] virtual application::RetentionStore& retention() = 0;

    /// Writes a consistent copy to `path` while the store is used. Blocks: not for an event loop.
    [[nodiscard]] virtual Result<void> backup_to(std::string path) = 0;
    /// Finishes what was begun and refuses everything after it (`store_unavailable`). Blocks.
    virtual void close() = 0;
};

}  // namespace vcare::store
