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
    Services services_;
    SessionDesk desk_;
    ConsentDesk consents_;
    ReadAuditTrail& trail_;
};

/// Makes a withdrawal a fact: adds to `unit` the local withdrawal, its event, and what it does to every open
/// session of the patient (telehealth only). The sessions are those just loaded.
void add_withdrawal(UnitBuilder& unit, domain::ConsentRecord withdrawn,
                    std::vector<domain::SessionData> open_sessions, const domain::TenantConfig& config);

}  // namespace vcare::application
