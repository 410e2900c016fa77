// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "application/id_maker.hpp"
#include "application/ports/audit_store.hpp"
#include "application/services.hpp"

namespace vcare::application {

/// Writes audit entries of reads in batches. A read is answered once its entry is queued; when entries
/// cannot be written for 5 s, reads of PHI are refused (`store_unavailable`) until they can. Belongs to one
/// event loop; `run` writes every 250 ms at the latest until cancelled, `flush` at shutdown.
class ReadAuditTrail {
  public:
    explicit ReadAuditTrail(const Services& services);

    [[nodiscard]] Result<void> note(const StaffContext& context, std::string action,
                                    std::optional<domain::SessionId> session = {},
                                    std::optional<domain::PatientId> patient = {});
    [[nodiscard]] Task<void> run();
    [[nodiscard]] Task<void> flush();

    static constexpr std::size_t max_queued = 10'000;
    static constexpr domain::milliseconds write_every{250};
    static constexpr domain::seconds refuse_after{5};

  private:
    struct Batch {
        domain::TenantScope scope;
        std::vector<AuditEntry> entries;
    };
    Services services_;
    IdMaker ids_;
    std::map<domain::TenantId, Batch> queued_;
    std::size_t count_ = 0;
    std::optional<domain::Instant> failing_since_ = {};
};

}  // namespace vcare::application
