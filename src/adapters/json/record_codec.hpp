// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "application/audit_chain.hpp"
#include "application/ports/consent_store.hpp"

/// Consents and the audit log, as staff see them.
namespace vcare::json {

[[nodiscard]] std::string encode_consent(const domain::ConsentRecord& record);
[[nodiscard]] std::string encode_consent_page(const application::Page<domain::ConsentRecord>& page);
[[nodiscard]] std::string encode_audit_page(const application::AuditPage& page);
[[nodiscard]] boost::json::object to_json(const application::AuditFloor& floor);
[[nodiscard]] std::string encode_audit_verdict(const application::AuditVerdict& verdict);

}  // namespace vcare::json
