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

/// The records of the embedded consent service, and the withdrawals that are facts here whatever the owner
/// of consents says.
class ConsentStore {
  public:
    virtual ~ConsentStore() = default;
    [[nodiscard]] virtual Task<Result<Page<domain::ConsentRecord>>> list_consents(domain::TenantScope scope,
                                                                                  ConsentQuery query) = 0;
    [[nodiscard]] virtual Task<Result<std::optional<domain::ConsentRecord>>> find_consent(
        domain::TenantScope scope, domain::ConsentId id) = 0;
    /// The newest record of this patient and type.
    [[nodiscard]] virtual Task<Result<std::optional<domain::ConsentRecord>>> newest_consent(
        domain::TenantScope scope, domain::PatientId patient, domain::ConsentType type) = 0;
    /// True while a withdrawal is a fact here alone: the owner of consents has not taken it yet.
    [[nodiscard]] virtual Task<Result<bool>> is_withdrawn_here(domain::TenantScope scope,
                                                               domain::PatientId patient,
                                                               domain::ConsentType type) = 0;
};

}  // namespace vcare::application
