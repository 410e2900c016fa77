// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/store.hpp"

#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

class StoreOnDatabase final : public Store {
  public:
    StoreOnDatabase(std::unique_ptr<Database> database, EventsWritten events_written)
        : database_(std::move(database)),
          units_(make_unit_runner(database_.get(), std::move(events_written))),
          sessions_(make_session_store(database_.get())),
          credentials_(make_credential_store(database_.get())),
          tenants_(make_tenant_store(database_.get())),
          consents_(make_consent_store(database_.get())),
          audit_(make_audit_store(database_.get())),
          presence_(make_presence_store(database_.get())),
          queues_(make_work_queues(database_.get())),
          inbox_(make_inbox_store(database_.get())),
          event_log_(make_event_log(database_.get())),
          encounters_(make_encounter_keeper(database_.get())),
          wrapped_keys_(make_wrapped_key_store(database_.get())),
          retention_(make_retention_store(database_.get())) {}

    application::UnitOfWorkRunner& units() override { return *units_; }
    application::SessionStore& sessions() override { return *sessions_; }
    application::CredentialStore& credentials() override { return *credentials_; }
    application::TenantStore& tenants() override { return *tenants_; }
    application::ConsentStore& consents() override { return *consents_; }
    application::AuditStore& audit() override { return *audit_; }
    application::PresenceStore& presence() override { return *presence_; }
    application::WorkQueues& queues() override { return *queues_; }
    application::InboxStore& inbox() override { return *inbox_; }
    application::EventLog& event_log() override { return *event_log_; }
    application::EncounterKeeper& encounters() override { return *encounters_; }
    application::WrappedKeyStore& wrapped_keys() override { return *wrapped_keys_; }
    application::RetentionStore& retention() override { return *retention_; }

    Result<void> backup_to(std::string path) override { return database_->backup_to(std::move(path)); }
    void close() override { database_->close(); }

  private:
    std::unique_ptr<Database> database_;
    std::unique_ptr<application::UnitOfWorkRunner> units_;
    std::unique_ptr<application::SessionStore> sessions_;
    std::unique_ptr<application::CredentialStore> credentials_;
    std::unique_ptr<application::TenantStore> tenants_;
    std::unique_ptr<application::ConsentStore> consents_;
    std::unique_ptr<application::AuditStore> audit_;
    std::unique_ptr<application::PresenceStore> presence_;
    std::unique_ptr<application::WorkQueues> queues_;
    std::unique_ptr<application::InboxStore> inbox_;
    std::unique_ptr<application::EventLog> event_log_;
    std::unique_ptr<application::EncounterKeeper> encounters_;
    std::unique_ptr<application::WrappedKeyStore> wrapped_keys_;
    std::unique_ptr<application::RetentionStore> retention_;
};

}  // namespace

std::unique_ptr<Store> make_store(std::unique_ptr<Database> database, EventsWritten events_written) {
    return std::make_unique<StoreOnDatabase>(std::move(database), std::move(events_written));
}

}  // namespace vcare::store
