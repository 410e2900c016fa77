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
    /// The same of somebody in a visit.
    [[nodiscard]] Result<void> note(const VisitContext& context, std::string action,
                                    std::optional<domain::PatientId> patient = {});

    /// What somebody asked for who is known, and did not get.
    struct Refusal {
        domain::TenantScope scope;
        std::string actor;
        std::string action;
        std::optional<domain::SessionId> session = {};
        std::string outcome;  ///< the wire word of the refusal
        RequestContext request = {};
    };
    /// Never holds an answer up. When more than `max_refusals` wait to be written, one that comes on top is
    /// left out, and the log says how many were.
    void note_refusal(Refusal refusal);

    [[nodiscard]] Task<void> run();
    [[nodiscard]] Task<void> flush();

    static constexpr std::size_t max_queued = 10'000;
    static constexpr std::size_t max_refusals = 1'000;
    static constexpr domain::milliseconds write_every{250};
    static constexpr domain::seconds refuse_after{5};

  private:
    struct Batch {
        domain::TenantScope scope;
        std::vector<AuditEntry> entries;
    };
    [[nodiscard]] Result<void> check_room() const;
    /// Without its action, and what it is about.
    [[nodiscard]] AuditEntry entry_of(const RequestContext& request, std::string actor);
    void queue(const domain::TenantScope& scope, AuditEntry entry);
    void tell_of_left_out();
    Services services_;
    IdMaker ids_;
    std::map<domain::TenantId, Batch> queued_;
    std::size_t count_ = 0;
    std::size_t refusals_ = 0;  ///< of `count_`
    std::size_t left_out_ = 0;
    std::optional<domain::Instant> failing_since_ = {};
};

}  // namespace vcare::application
