// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "domain/consent.hpp"

namespace vcare::consent {

/// Whom and what a decision was asked about.
struct AskedConsent {
    domain::TenantId tenant;
    domain::PatientId patient;
    domain::ConsentType type{};
};

/// What a consent service decided: `{decision: "granted"|"denied", consentId, textVersion, expiresAt?}`, and
/// whom it speaks about where it says so (`tenantId`, `patientId`, `type`). Nothing for any other text: a
/// member of the wrong kind, an unknown word, a grant without the consent and the text it rests on.
[[nodiscard]] std::optional<domain::ConsentAnswer> parse_decision(std::string_view text, AskedConsent asked);

}  // namespace vcare::consent
