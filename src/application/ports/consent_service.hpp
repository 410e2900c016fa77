// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/consent_store.hpp"
#include "application/task.hpp"
#include "domain/consent.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::application {

/// The owner of consents. It decides; this service only asks, within a deadline of 2 s, and remembers
/// nothing past the command that asked. Whatever goes wrong is an Error: the gate makes it
/// `consent_service_unavailable`.
class ConsentService {
  public:
    virtual ~ConsentService() = default;

    /// `here` was read for this question. The embedded owner, which has no other store, decides by it; an
    /// owner elsewhere is asked whatever it says.
    [[nodiscard]] virtual Task<Result<domain::ConsentAnswer>> decision(domain::TenantScope scope,
                                                                       domain::PatientId patient,
                                                                       domain::ConsentType type,
                                                                       ConsentStanding here) = 0;

    /// Where a record is after `record` or `withdraw` said yes: with the owner already, or to be kept by us
    /// in the caller's own unit of work (the embedded service has no other store).
    enum class Kept : std::uint8_t { by_owner, with_the_unit };

    /// Whether we are the owner: then what another service says of a consent is written down here.
    [[nodiscard]] virtual bool is_embedded() const { return false; }

    /// False: the owner hears of consents elsewhere, and grants cannot be brought. A withdrawal is with it
    /// once it denies what was withdrawn.
    [[nodiscard]] virtual bool takes_records() const { return true; }

    /// Takes a new grant or a withdrawal to the owner. Its id is the idempotency key.
    [[nodiscard]] virtual Task<Result<Kept>> record(domain::TenantScope scope,
                                                    domain::ConsentRecord record) = 0;

    /// Asks whether the owner is there, by a question about nobody; the embedded one always is.
    [[nodiscard]] virtual Task<void> look(domain::TenantScope scope) {
        static_cast<void>(scope);
        co_return;
    }
};

}  // namespace vcare::application
