// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/audit_store.hpp"
#include "application/read_audit_trail.hpp"
#include "application/services.hpp"

namespace vcare::application {

/// Where a chain is broken first.
struct AuditBreak {
    std::string id;  ///< of the entry, or (a missing one) of the one after it; empty when it is cut off
    std::uint64_t sequence = 0;
    std::string reason;
};

struct AuditVerdict {
    std::optional<AuditBreak> first_break = {};
    std::uint64_t entries = 0;
    std::uint64_t unsealed = 0;
};

/// The canonical text of an entry, which the chain hashes: one `name=value` a line, fixed order, values
/// percent-encoded. Shared by sealer and verifier.
[[nodiscard]] std::string canonical_text(const AuditEntry& entry);

class ReadAudit {
  public:
    ReadAudit(const Services& services, ReadAuditTrail& trail) : services_(services), trail_(trail) {}
    [[nodiscard]] Task<Result<Page<AuditEntry>>> list(StaffContext context, AuditQuery query);
    [[nodiscard]] Task<Result<AuditVerdict>> verify(StaffContext context);

  private:
    Services services_;
    ReadAuditTrail& trail_;
};

/// Walks one tenant's chain and holds it against every checkpoint. For the API and the command line.
class VerifyAudit {
  public:
    explicit VerifyAudit(const Services& services) : services_(services) {}
    [[nodiscard]] Task<Result<AuditVerdict>> operator()(domain::TenantScope scope);

  private:
    Services services_;
};

}  // namespace vcare::application
