// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/id_maker.hpp"
#include "application/ports/retention_store.hpp"
#include "application/services.hpp"

namespace vcare::application {

/// Deletes the visits that a tenant has kept for its `retentionDays`, with all that hangs on them. Consents,
/// the audit log and the record's Encounters are not a visit's own and stay.
class ApplyRetention {
  public:
    ApplyRetention(const Services& services, RetentionStore& store);

    /// In batches, each whole in a transaction of its own; a failure leaves the batches before it deleted.
    /// Answers what went, or (rehearsed) what would.
    [[nodiscard]] Task<Result<RetainedRows>> operator()(domain::TenantScope scope, RetentionMode mode);

  private:
    [[nodiscard]] std::vector<AuditEntry> entries_of(const std::vector<OverSession>& sessions);

    Services services_;
    RetentionStore& store_;
    IdMaker ids_;
};

}  // namespace vcare::application
