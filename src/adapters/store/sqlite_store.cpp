// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/sqlite_store.hpp"

#include <stdexcept>

#include "adapters/store/migrate.hpp"
#include "adapters/store/schema.hpp"
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
          event_log_(make_event_log(database_.get())),
          encounters_(make_encounter_keeper(database_.get())) {}

    application::UnitOfWorkRunner& units() override { return *units_; }
    application::SessionStore& sessions() override { return *sessions_; }
    application::CredentialStore& credentials() override { return *credentials_; }
    application::TenantStore& tenants() override { return *tenants_; }
    application::ConsentStore& consents() override { return *consents_; }
    application::AuditStore& audit() override { return *audit_; }
    application::PresenceStore& presence() override { return *presence_; }
    application::WorkQueues& queues() override { return *queues_; }
    application::EventLog& event_log() override { return *event_log_; }
    application::EncounterKeeper& encounters() override { return *encounters_; }

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
    std::unique_ptr<application::EventLog> event_log_;
    std::unique_ptr<application::EncounterKeeper> encounters_;
};

[[noreturn]] void refuse_to_start(const std::string& path, const std::string& why) {
    throw std::runtime_error("store " + path + ": " + why);
}

std::unique_ptr<Connection> open_file(const std::string& path, Connection::Access access) {
    std::string why;
    auto connection = Connection::open(path, access, why);
    if (!connection) refuse_to_start(path, why);
    return connection;
}

SchemaState check_schema(Connection& connection, const std::string& path) {
    const SchemaState state = schema_state(connection);
    if (state == SchemaState::newer)
        refuse_to_start(path, "its schema is newer than this program; use the release that wrote it");
    if (state == SchemaState::unreadable) refuse_to_start(path, connection.problem());
    return state;
}

int bring_up_to_date(Connection& connection, const std::string& path) {
    (void)check_schema(connection, path);
    const int count = migrate(connection);
    if (connection.has_failed()) refuse_to_start(path, connection.problem());
    return count;
}

}  // namespace

std::unique_ptr<Store> open_sqlite_store(StoreOptions options) {
    using Access = Connection::Access;
    auto writer = open_file(options.path, options.migrate ? Access::create : Access::write);
    if (options.migrate) {
        bring_up_to_date(*writer, options.path);
    } else {
        if (check_schema(*writer, options.path) == SchemaState::older)
            refuse_to_start(options.path, "its schema is older than this program; run vcare migrate");
    }
    ThreadedOptions threads{
        .path = options.path, .readers = options.readers, .queue_limit = options.queue_limit};
    return std::make_unique<StoreOnDatabase>(make_threaded_database(std::move(threads), std::move(writer)),
                                             std::move(options.outbox_written));
}

int migrate_sqlite_store(const std::string& path) {
    const auto connection = open_file(path, Connection::Access::create);
    return bring_up_to_date(*connection, path);
}

std::unique_ptr<Store> make_inline_store(std::function<void()> outbox_written) {
    const std::string in_memory = ":memory:";
    auto connection = open_file(in_memory, Connection::Access::create);
    bring_up_to_date(*connection, in_memory);
    return std::make_unique<StoreOnDatabase>(make_inline_database(std::move(connection)),
                                             std::move(outbox_written));
}

}  // namespace vcare::store
