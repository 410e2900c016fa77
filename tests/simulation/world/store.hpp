// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/store/stores.hpp"
#include "simulation/world/outside.hpp"

namespace vcare::simulation {

/// The way to the store of one life of the core: slow, and sometimes shut. What arrives there is done whole
/// or not at all; whether the answer comes back is another matter.
class DatabaseRoad final : public store::Database {
  public:
    DatabaseRoad(const Weather& weather, store::Database& database, Owner owner)
        : weather_(weather), database_(database), owner_(owner) {}

    Task<void> perform_read(store::Job* job) override;
    Task<void> perform_write(store::Job* job) override;
    Result<void> backup_to(std::string path) override { return database_.backup_to(std::move(path)); }
    void close() override {}

  private:
    const Weather& weather_;
    store::Database& database_;
    Owner owner_;
};

/// Commits on that road, and tells the observers at the very moment when a unit is durable.
class UnitRoad final : public application::UnitOfWorkRunner {
  public:
    UnitRoad(const Weather& weather, store::Database& database, Owner owner)
        : weather_(weather), units_(store::make_unit_runner(&database, {})), owner_(owner) {}

    Task<Result<application::CommitOutcome>> commit(domain::TenantScope scope,
                                                    application::UnitOfWork unit) override;

  private:
    const Weather& weather_;
    std::unique_ptr<application::UnitOfWorkRunner> units_;
    Owner owner_;
};

/// Every port of a store on one database.
struct StorePorts {
    explicit StorePorts(store::Database* database)
        : sessions(store::make_session_store(database)),
          credentials(store::make_credential_store(database)),
          tenants(store::make_tenant_store(database)),
          consents(store::make_consent_store(database)),
          audit(store::make_audit_store(database)),
          presence(store::make_presence_store(database)),
          queues(store::make_work_queues(database)),
          inbox(store::make_inbox_store(database)),
          event_log(store::make_event_log(database)) {}

    std::unique_ptr<application::SessionStore> sessions;
    std::unique_ptr<application::CredentialStore> credentials;
    std::unique_ptr<application::TenantStore> tenants;
    std::unique_ptr<application::ConsentStore> consents;
    std::unique_ptr<application::AuditStore> audit;
    std::unique_ptr<application::PresenceStore> presence;
    std::unique_ptr<application::WorkQueues> queues;
    std::unique_ptr<application::InboxStore> inbox;
    std::unique_ptr<application::EventLog> event_log;
};

}  // namespace vcare::simulation
