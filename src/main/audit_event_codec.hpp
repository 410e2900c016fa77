// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "application/ports/unit_of_work.hpp"

namespace vcare::program {

/// An audit entry as a FHIR R4 AuditEvent, in one line. Ids of FHIR may not hold `_`: `aud_…` is `aud-…`.
[[nodiscard]] std::string encode_audit_event(const application::AuditEntry& entry,
                                             const std::string& session_identifier_system);

}  // namespace vcare::program
