// SPDX-License-Identifier: Apache-2.0
#include "chaos/stack.hpp"

#include <stdexcept>

#include "support/free_port.hpp"

namespace vcare::chaos {
namespace {

using support::milliseconds;
using support::Server;
using support::write_text;

/// Whoever starts while the database is away.
constexpr int exit_of_a_start_without_dependency = 3;

std::filesystem::path made(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    return folder;
}

}  // namespace

Stack::Stack()
    : public_port_(support::free_port()),
      first_((postgres_.create_service_database(database), record_.start(), made(folder_.path() / "first")),
             settings(of_first_)),
      second_(made(folder_.path() / "second"), settings(of_second_)) {
}

std::string Stack::settings(const Ways& of_replica) const {
    const auto at = [](const Proxy& way) { return "127.0.0.1:" + std::to_string(way.port()); };
    const std::string authority = (folder_.path() / "authority.pem").string();
    write_text(authority, authority_.certificate());
    // Links begin alike on both, whichever of them makes one.
    return "server.public_url = \"http://127.0.0.1:" + std::to_string(public_port_) +
           "\"\nstore.url = \"postgresql://service@" + at(of_replica.postgres) + "/" + database +
           "?sslmode=verify-full&sslrootcert=" + authority +
           "\"\nstore.connections = 4\nevents.url = \"tls://" + at(of_replica.nats) +
           "\"\nevents.ca_file = \"" + authority + "\"\nfhir.url = \"https://" + at(of_replica.record) +
           "/fhir/R4\"\nfhir.ca_file = \"" + authority + "\"\nconsent.url = \"https://" +
           at(of_replica.consent) + "\"\nconsent.ca_file = \"" + authority +
           "\"\nkeys.url = \"file:" + (folder_.path() / "keys").string() + "\"\n";
}

support::Headers Stack::staff(const std::string& tenant) const {
    return first_.token(tenant, "dr-" + tenant, {"clinician", "admin", "tenant_admin", "auditor"},
                        {"--ttl", "86400"});
}

void Stack::strike(const Fault& fault) {
    struck_[fault.target] = fault;
    switch (fault.kind) {
        case Kind::kill:
            return kill(fault.target);
        case Kind::pause:
            return pause(fault.target);
        case Kind::cut:
            return way(fault.target).trouble({.is_cut = true});
        case Kind::stall:
            return way(fault.target).trouble({.is_stalled = true});
        case Kind::delay:
            return way(fault.target).trouble({.delay = milliseconds{fault.degree}});
        case Kind::throttle:
            return way(fault.target).trouble({.bytes_per_second = fault.degree});
        case Kind::corrupt:
            return way(fault.target).trouble({.is_corrupting = true});
    }
}

void Stack::mend(const Fault& fault) {
    if (struck_.erase(fault.target) == 0) return;
    if (fault.kind == Kind::kill) return start(fault.target);
    if (fault.kind == Kind::pause) return go_on(fault.target);
    way(fault.target).mend();
}

std::optional<std::string> Stack::heal(support::seconds within) {
    for (const auto& [target, fault] : std::map{struck_}) mend(fault);
    const auto deadline = std::chrono::steady_clock::now() + within;
    for (Server* replica : {&first_, &second_}) {
        while (!replica->is_ready()) {
            if (std::chrono::steady_clock::now() > deadline)
                return "a replica is not ready: " + replica->log();
            const auto ended = replica->process().wait(milliseconds{20});
            if (!ended) continue;
            if (*ended != exit_of_a_start_without_dependency)
                return "a replica ended with " + std::to_string(*ended) + ": " + replica->log();
            replica->launch();  // as its supervisor would
        }
    }
    return std::nullopt;
}

Proxy& Stack::way(Target target) {
    switch (target) {
        case Target::first_to_postgres:
            return of_first_.postgres;
        case Target::first_to_nats:
            return of_first_.nats;
        case Target::first_to_record:
            return of_first_.record;
        case Target::first_to_consent:
            return of_first_.consent;
        case Target::second_to_postgres:
            return of_second_.postgres;
        case Target::second_to_nats:
            return of_second_.nats;
        case Target::second_to_record:
            return of_second_.record;
        case Target::second_to_consent:
            return of_second_.consent;
        default:
            throw std::logic_error{"a process is no way"};
    }
}

template <class Act>
void Stack::with_process(Target target, Act act) {
    switch (target) {
        case Target::first_replica:
            return act(first_);
        case Target::second_replica:
            return act(second_);
        case Target::postgres:
            return act(postgres_);
        case Target::nats:
            return act(broker_);
        case Target::record:
            return act(record_);
        case Target::consent:
            return act(consent_);
        default:
            throw std::logic_error{"a way is no process"};
    }
}

void Stack::start(Target target) {
    with_process(target, [](auto& process) {
        if constexpr (requires { process.launch(); }) {
            process.launch();  // a replica is not waited for
        } else {
            process.start();
        }
    });
}

void Stack::kill(Target target) {
    with_process(target, [](auto& process) { process.kill(); });
}

void Stack::pause(Target target) {
    with_process(target, [](auto& process) { process.pause(); });
}

void Stack::go_on(Target target) {
    with_process(target, [](auto& process) { process.go_on(); });
}

}  // namespace vcare::chaos
