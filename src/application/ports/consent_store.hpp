// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/session_store.hpp"

namespace vcare::application {

struct ConsentQuery {
    domain::PatientId patient;
    std::optional<domain::ConsentType> type = {};
    unsigned limit = 50;
    std::optional<std::string> cursor = {};
};

/// What is known here of a patient's consent of one type.
struct ConsentStanding {
    std::optional<domain::ConsentRecord> newest = {};  ///< of the embedded consent service
    /// True while a withdrawal is a fact here alone: the owner of consents has not taken it yet.
    bool is_withdrawn_here = false;
};

/// What a booking rests on, as far as it is known here.
struct BookingBasis {
    domain::TenantConfig config;
    ConsentStanding telehealth;
};

/// The records of the embedded consent service, and the withdrawals that are facts here whatever the owner
/// of consents says.
class ConsentStore {
  public:
    virtual ~ConsentStore() = default;
    [[nodiscard]] virtual Task<Result<Page<domain::ConsentRecord>>> list_consents(domain::TenantScope scope,
                                                                                  ConsentQuery query) = 0;
    [[nodiscard]] virtual Task<Result<std::optional<domain::ConsentRecord>>> find_consent(
        domain::TenantScope scope, domain::ConsentId id) = 0;
    [[nodiscard]] virtual Task<Result<ConsentStanding>> standing(domain::TenantScope scope,
                                                                 domain::PatientId patient,
                                                                 domain::ConsentType type) = 0;
    /// The standing of the patient's telehealth consent with the tenant's configuration, in one question.
    [[nodiscard]] virtual Task<Result<BookingBasis>> booking_basis(domain::TenantScope scope,
                                                                   domain::PatientId patient) = 0;
};

}  // namespace vcare::application
