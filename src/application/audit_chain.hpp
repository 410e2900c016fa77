// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "application/chain_walk.hpp"
#include "application/read_audit_trail.hpp"
#include "application/services.hpp"

namespace vcare::application {

struct AuditVerdict {
    std::optional<AuditBreak> first_break = {};
    std::uint64_t entries = 0;
    std::uint64_t unsealed = 0;
    std::optional<AuditFloor> floor = {};  ///< what is left begins behind it
};

class ReadAudit {
  public:
    ReadAudit(const Services& services, ReadAuditTrail& trail) : services_(services), trail_(trail) {}
    [[nodiscard]] Task<Result<AuditPage>> list(StaffContext context, AuditQuery query);
    [[nodiscard]] Task<Result<AuditVerdict>> verify(StaffContext context);

  private:
    Services services_;
    ReadAuditTrail& trail_;
};

/// Walks one tenant's chain from its floor on and holds it against every checkpoint. For the API and the
/// command line.
class VerifyAudit {
  public:
    explicit VerifyAudit(const Services& services) : services_(services) {}
    [[nodiscard]] Task<Result<AuditVerdict>> operator()(domain::TenantScope scope);

  private:
    /// By sequence, what genuine checkpoints say of the chain from the floor on.
    using Marks = std::map<std::uint64_t, std::string>;
    Task<Result<AuditVerdict>> verify(domain::TenantScope scope, std::optional<AuditFloor> floor);
    Task<Result<std::optional<AuditBreak>>> read_marks(domain::TenantId tenant, std::uint64_t from,
                                                       Marks* marks);
    Task<Result<std::optional<AuditBreak>>> walk(domain::TenantScope scope, ChainPlace from, Marks marks,
                                                 std::uint64_t* entries);
    Services services_;
};

}  // namespace vcare::application
