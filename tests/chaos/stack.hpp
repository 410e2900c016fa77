// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chaos/plan.hpp"
#include "chaos/proxy.hpp"
#include "support/consent_owner.hpp"
#include "support/demo_fixture.hpp"
#include "support/fhir_server.hpp"
#include "support/nats_server.hpp"
#include "support/postgres_server.hpp"

namespace vcare::chaos {

inline const std::vector<std::string> tenants = {"north", "south"};

/// The program as it runs in production: two replicas on one PostgreSQL that syncs its commits, a broker, a
/// FHIR server and an owner of consents, each a process of its own that can be struck, as can the way of each
/// replica to each of them. All of them speak TLS, as whatever may be corrupted on its way must. For one
/// thread: the processes end with the thread that started them.
class Stack {
  public:
    /// Comes back when everything is up; throws std::runtime_error when it does not come up.
    Stack();

    /// Begins a fault, or ends it. A replica that was killed is started and not waited for.
    void strike(const Fault& fault);
    void mend(const Fault& fault);
    /// Ends every fault. What is wrong, when a replica has ended that nobody had struck, or is not ready
    /// `within` this time.
    [[nodiscard]] std::optional<std::string> heal(support::seconds within);

    [[nodiscard]] support::Server& replica(std::size_t number) { return number == 0 ? first_ : second_; }
    [[nodiscard]] support::PostgresServer& postgres() { return postgres_; }
    [[nodiscard]] support::NatsServer& broker() { return broker_; }
    [[nodiscard]] support::FhirServer& record() { return record_; }
    [[nodiscard]] support::ConsentOwner& consent() { return consent_; }

    /// Runs SQL on the service's database as its owner, past every policy.
    std::string sql(const std::string& text) { return postgres_.run(database, text); }
    /// Somebody who may do everything in a tenant.
    [[nodiscard]] support::Headers staff(const std::string& tenant) const;

    static inline const std::string database = "vcare";

  private:
    /// Those of one replica.
    struct Ways {
        Proxy postgres;
        Proxy nats;
        Proxy record;
        Proxy consent;
    };
    [[nodiscard]] Ways make_ways() const {
        return {Proxy{postgres_.port()}, Proxy{broker_.port()}, Proxy{record_.port()},
                Proxy{consent_.port()}};
    }
    [[nodiscard]] std::string settings(const Ways& of_replica) const;
    [[nodiscard]] Proxy& way(Target target);
    /// Gives the process to `act`; a way is none.
    template <class Act>
    void with_process(Target target, Act act);
    void start(Target target);
    void kill(Target target);
    void pause(Target target);
    void go_on(Target target);

    support::TempFolder folder_;
    support::Authority authority_;
    support::PostgresServer postgres_{{.durable = true, .certificate = authority_.issue("IP:127.0.0.1")}};
    support::NatsServer broker_{{.certificate = authority_.issue("IP:127.0.0.1")}};
    support::FhirServer record_{{.certificate = authority_.issue("IP:127.0.0.1"), .keeps = true}};
    support::ConsentOwner consent_{{.certificate = authority_.issue("IP:127.0.0.1")}};
    const std::uint16_t public_port_;
    Ways of_first_ = make_ways();
    Ways of_second_ = make_ways();
    support::Server first_;
    support::Server second_;
    std::map<Target, Fault> struck_;
};

}  // namespace vcare::chaos
