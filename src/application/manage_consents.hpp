// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/consent_desk.hpp"
#include "application/ports/consent_store.hpp"
#include "application/read_audit_trail.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// The embedded consent service's own calls, for staff and for a portal patient's own consents.
class ManageConsents {
  public:
    ManageConsents(const Services& services, ReadAuditTrail& trail);

    struct Recorded {
        domain::PatientId patient;
        domain::ConsentType type{};
        domain::ConsentMethod method{};
        domain::ConsentCapacity capacity = domain::ConsentCapacity::self;
        std::optional<std::string> granted_by = {};
        std::optional<std::string> text_version = {};
        std::optional<std::string> language = {};
        std::optional<domain::Instant> expires_at = {};
    };
    [[nodiscard]] Task<Result<domain::ConsentRecord>> record(StaffContext context, Recorded command,
                                                             KeepAnswer<domain::ConsentRecord> keep);
    [[nodiscard]] Task<Result<Page<domain::ConsentRecord>>> list(StaffContext context, ConsentQuery query);
    /// `not_found` for an unknown id. Visits that rest on it end or are cancelled in the same transaction.
    [[nodiscard]] Task<Result<domain::ConsentRecord>> withdraw(StaffContext context, domain::ConsentId id,
                                                               KeepAnswer<domain::ConsentRecord> keep);

  private:
    Task<Result<std::optional<domain::ConsentRecord>>> try_to_keep(StaffContext context,
                                                                   ConsentDesk::Granted granted,
                                                                   domain::TenantConfig config,
                                                                   KeepAnswer<domain::ConsentRecord> keep);
    Services services_;
    SessionDesk desk_;
    ConsentDesk consents_;
    ReadAuditTrail& trail_;
};

}  // namespace vcare::application
