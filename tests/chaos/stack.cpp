// SPDX-License-Identifier: Apache-2.0
#include "chaos/stack.hpp"

#include "support/free_port.hpp"

namespace vcare::chaos {
namespace {

using support::milliseconds;
using support::Server;
using support::write_text;

std::filesystem::path made(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    return folder;
}

/// Makes the tables, and the login that may use them.
void migrate(support::PostgresServer& postgres, const std::filesystem::path& folder) {
    postgres.create_database(Stack::database);
    const std::filesystem::path config = made(folder) / "vcare.toml";
    write_text(config, "");
    const auto migrated = support::run({support::vcare_binary(), "migrate", "--config", config.string()},
                                       {{"VCARE_STORE_URL", postgres.owner_url(Stack::database)}});
    if (migrated.exit_code != 0) throw std::runtime_error{"vcare migrate: " + migrated.error};
    postgres.let_service_in();
}

support::FhirServer& started(support::FhirServer& record) {
    record.start();
    return record;
}

}  // namespace

Stack::Stack()
    : public_port_(support::free_port()),
      first_(
          (migrate(postgres_, folder_.path() / "migrate"), started(record_), made(folder_.path() / "first")),
          settings()),
      second_(made(folder_.path() / "second"), settings()) {
}

std::string Stack::settings() const {
    // Links begin alike on both, whichever of them makes one.
    return "server.public_url = \"http://127.0.0.1:" + std::to_string(public_port_) + "\"\nstore.url = \"" +
           postgres_.service_url(database) + "\"\nstore.connections = 4\nevents.url = \"" + broker_.url() +
           "\"\nfhir.url = \"" + record_.url() +
           "\"\nconsent.url = \"http://127.0.0.1:" + std::to_string(consent_.port()) +
           "\"\nkeys.url = \"file:" + (folder_.path() / "keys").string() + "\"\n";
}

support::Headers Stack::staff(const std::string& tenant) const {
    return first_.token(tenant, "dr-" + tenant, {"clinician", "admin", "tenant_admin", "auditor"},
                        {"--ttl", "86400"});
}

void Stack::strike(const Fault& fault) {
    fault.kind == Kind::kill ? kill(fault.target) : pause(fault.target);
    struck_[fault.target] = fault;
}

void Stack::mend(const Fault& fault) {
    if (struck_.erase(fault.target) == 0) return;
    fault.kind == Kind::kill ? start(fault.target) : go_on(fault.target);
}

bool Stack::heal(support::seconds within) {
    for (const auto& [target, fault] : std::map{struck_}) mend(fault);
    const auto deadline = std::chrono::steady_clock::now() + within;
    for (Server* replica : {&first_, &second_}) {
        while (!replica->is_ready()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            // Whoever starts while the database is away ends, and is started again by its supervisor.
            if (replica->process().wait(milliseconds{20})) replica->launch();
        }
    }
    return true;
}

void Stack::start(Target target) {
    switch (target) {
        case Target::first_replica:
            return first_.launch();
        case Target::second_replica:
            return second_.launch();
        case Target::postgres:
            return postgres_.start();
        case Target::nats:
            return broker_.start();
        case Target::record:
            return record_.start();
        case Target::consent:
            return consent_.start();
    }
}

void Stack::kill(Target target) {
    switch (target) {
        case Target::first_replica:
            return first_.kill();
        case Target::second_replica:
            return second_.kill();
        case Target::postgres:
            return postgres_.kill();
        case Target::nats:
            return broker_.kill();
        case Target::record:
            return record_.stop();
        case Target::consent:
            return consent_.kill();
    }
}

void Stack::pause(Target target) const {
    switch (target) {
        case Target::first_replica:
            return first_.pause();
        case Target::second_replica:
            return second_.pause();
        case Target::postgres:
            return postgres_.pause();
        case Target::nats:
            return broker_.pause();
        case Target::record:
            return record_.pause();
        case Target::consent:
            return consent_.pause();
    }
}

void Stack::go_on(Target target) const {
    switch (target) {
        case Target::first_replica:
            return first_.go_on();
        case Target::second_replica:
            return second_.go_on();
        case Target::postgres:
            return postgres_.go_on();
        case Target::nats:
            return broker_.go_on();
        case Target::record:
            return record_.go_on();
        case Target::consent:
            return consent_.go_on();
    }
}

}  // namespace vcare::chaos
