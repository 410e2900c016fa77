// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "adapters/store/database.hpp"
#include "adapters/store/store.hpp"
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

/// One maker a port. What they make keeps a pointer to the database, which outlives it.
namespace vcare::store {

using EventsWritten = std::function<void()>;

[[nodiscard]] std::unique_ptr<application::UnitOfWorkRunner> make_unit_runner(Database* database,
                                                                              EventsWritten events_written);
[[nodiscard]] std::unique_ptr<application::SessionStore> make_session_store(Database* database);
[[nodiscard]] std::unique_ptr<application::CredentialStore> make_credential_store(Database* database);
[[nodiscard]] std::unique_ptr<application::TenantStore> make_tenant_store(Database* database);
[[nodiscard]] std::unique_ptr<application::ConsentStore> make_consent_store(Database* database);
[[nodiscard]] std::unique_ptr<application::AuditStore> make_audit_store(Database* database);
[[nodiscard]] std::unique_ptr<application::PresenceStore> make_presence_store(Database* database);
[[nodiscard]] std::unique_ptr<application::WorkQueues> make_work_queues(Database* database);
[[nodiscard]] std::unique_ptr<application::InboxStore> make_inbox_store(Database* database);
[[nodiscard]] std::unique_ptr<application::EventLog> make_event_log(Database* database);
[[nodiscard]] std::unique_ptr<application::EncounterKeeper> make_encounter_keeper(Database* database);
[[nodiscard]] std::unique_ptr<application::WrappedKeyStore> make_wrapped_key_store(Database* database);
[[nodiscard]] std::unique_ptr<application::RetentionStore> make_retention_store(Database* database);

/// All of them on one database, which they own. `events_written` is called after a commit that added events
/// to the outbox, from any thread; it must not block.
[[nodiscard]] std::unique_ptr<Store> make_store(std::unique_ptr<Database> database,
                                                EventsWritten events_written);

}  // namespace vcare::store
