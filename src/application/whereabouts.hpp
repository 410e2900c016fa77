// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "domain/ids.hpp"
#include "domain/phi.hpp"
#include "domain/tenant_scope.hpp"

namespace vcare::application {

/// After the visit.
inline constexpr domain::hours whereabouts_kept{24};

/// Where the patient is and how to call them back, for emergencies; for the provider's eyes.
struct Whereabouts {
    domain::Phi<std::string> address;
    domain::Phi<std::string> callback_number;
};

/// The plaintext that is sealed, and back. The number's length comes first, so that any text fits.
[[nodiscard]] std::string to_sealed_text(const Whereabouts& whereabouts);
[[nodiscard]] std::optional<Whereabouts> parse_sealed_text(const std::string& text);

/// What the sealed text is bound to: tenant, table and row.
[[nodiscard]] std::string whereabouts_bound_to(const domain::TenantScope& scope,
                                               const domain::ParticipantId& participant);

}  // namespace vcare::application
