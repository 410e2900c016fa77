// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/cut_audit.hpp"
#include "application/id_maker.hpp"
#include "application/ports/retention_store.hpp"
#include "application/services.hpp"

namespace vcare::application {

/// What went, or would go.
struct Retained {
    RetainedRows rows = {};
    bool is_more = false;                        ///< one step was not enough
    std::optional<AuditBreak> audit_break = {};  ///< why nothing of the audit log goes
};

/// Deletes what a tenant has kept for long enough: the visits of `retentionDays` ago with all that hangs on
/// them, and the audit log of `auditRetentionDays` ago. Consents and the record's Encounters are not a
/// visit's own and stay.
class ApplyRetention {
  public:
    ApplyRetention(const Services& services, RetentionStore& store);

    /// All of it, in batches that are each whole in a transaction of its own; a failure leaves the batches
    /// before it deleted.
    [[nodiscard]] Task<Result<Retained>> operator()(domain::TenantScope scope, RetentionMode mode);
    /// One batch of visits and one of the audit log.
    [[nodiscard]] Task<Result<Retained>> step(domain::TenantScope scope);

    static constexpr unsigned sessions_at_once = 50;

  private:
    /// Up to when it must have happened to be deleted now.
    struct Until {
        domain::Instant visits;
        domain::Instant audit;
    };
    struct Deleted {
        RetainedRows rows;
        std::optional<OverSession> last = {};  ///< absent: there are no more
    };
    [[nodiscard]] Task<Result<Until>> until_when(domain::TenantScope scope);
    [[nodiscard]] Task<Result<Deleted>> delete_visits(domain::TenantScope scope, domain::Instant until,
                                                      std::optional<OverSession> behind, RetentionMode mode);
    [[nodiscard]] Task<Result<AuditShortened>> shorten_audit(domain::TenantScope scope, domain::Instant until,
                                                             RetentionMode mode);
    [[nodiscard]] std::vector<AuditEntry> entries_of(const std::vector<OverSession>& sessions);

    Services services_;
    RetentionStore& store_;
    CutAudit cut_audit_;
    IdMaker ids_;
};

}  // namespace vcare::application
