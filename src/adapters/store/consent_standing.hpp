// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/store/connection.hpp"
#include "adapters/store/work.hpp"
#include "application/ports/consent_store.hpp"

namespace vcare::store {

/// The question how a patient's consent stands here, on its way beside others.
struct StandingAsked {
    Connection::Started<Rows> newest;
    Connection::Started<Rows> debt;
};
[[nodiscard]] StandingAsked ask_standing(Connection* connection, const domain::TenantId& tenant,
                                         const domain::PatientId& patient, domain::ConsentType type);
[[nodiscard]] Work<application::ConsentStanding> take_standing(StandingAsked asked, domain::TenantId tenant);

}  // namespace vcare::store
