// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "application/ports/audit_store.hpp"

namespace vcare::program {

/// An audit entry as a FHIR R4 AuditEvent, in one line. Ids of FHIR may not hold `_`: `aud_…` is `aud-…`. The
/// entry that tells of the floor says where the log begins.
[[nodiscard]] std::string encode_audit_event(const application::AuditEntry& entry,
                                             const std::string& session_identifier_system,
                                             const std::optional<application::AuditFloor>& floor = {});

}  // namespace vcare::program
