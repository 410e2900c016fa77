// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/consent_owner.hpp"
#include "support/demo_fixture.hpp"
#include "support/fhir_server.hpp"
#include "support/free_port.hpp"
#include "support/nats_server.hpp"
#include "support/oidc_provider.hpp"
#include "support/postgres_server.hpp"
#include "support/soft_hsm.hpp"

namespace vcare::production {

/// The program with `production = true`: two replicas, and all that they stand on, each a process of its own
/// that speaks TLS. For one thread: the processes end with the thread that started them.
class Stack {
  public:
    /// Comes back when everything is up; throws std::runtime_error when it does not come up.
    Stack();

    /// Where people's browsers go, and the same clinic on the other replica.
    [[nodiscard]] std::string base_url() const { return url_of(port_); }
    [[nodiscard]] std::string other_url() const { return url_of(second_.port()); }

    [[nodiscard]] const support::ConsentOwner& consent() const { return consent_; }
    [[nodiscard]] const support::FhirServer& record() const { return record_; }
    [[nodiscard]] const support::NatsServer& broker() const { return broker_; }
    [[nodiscard]] const support::OidcProvider& identity() const { return identity_; }

    static inline const std::string tenant = "north";

  private:
    static std::string url_of(std::uint16_t port) { return "https://localhost:" + std::to_string(port); }
    /// Of both replicas.
    [[nodiscard]] std::string settings() const;
    /// A file that only the service can read.
    [[nodiscard]] std::string secret(const std::string& name, const std::string& text) const;

    static inline const std::string database_ = "vcare";
    static inline const std::string password_ = "of-the-broker";
    static inline const std::string consent_token_ = "of-the-owner";
    static inline const std::string record_token_ = "of-the-record";

    support::TempFolder folder_;
    support::Authority hospital_;
    support::Certificate certificate_ = hospital_.issue("DNS:localhost,IP:127.0.0.1");
    const std::uint16_t port_ = support::free_port();
    support::SoftHsm keys_;
    support::PostgresServer postgres_{{.certificate = certificate_}};
    support::NatsServer broker_{{.user = "vcare", .password = password_, .certificate = certificate_}};
    support::ConsentOwner consent_{{.token = consent_token_, .certificate = certificate_}};
    support::FhirServer record_{{.token = record_token_, .certificate = certificate_}};
    support::OidcProvider identity_;
    support::Server first_;
    support::Server second_;
};

}  // namespace vcare::production
