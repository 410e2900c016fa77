// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/chain_walk.hpp"
#include "application/id_maker.hpp"
#include "application/ports/retention_store.hpp"
#include "application/services.hpp"

namespace vcare::application {

/// What of a tenant's audit log went, or (counted only) would go.
struct AuditShortened {
    std::uint64_t entries = 0;
    bool is_more = false;  ///< there may be more that is old enough
    /// The log is not what was sealed and signed: nothing of it is deleted, so that everything is left that
    /// can tell what happened.
    std::optional<AuditBreak> first_break = {};
};

/// Deletes the oldest entries of a tenant's audit log and signs how far. What goes is verified first, against
/// the floor before it and a checkpoint behind it: so no deletion can cover up another one. What is not
/// sealed yet, or in no checkpoint, stays.
class CutAudit {
  public:
    CutAudit(const Services& services, RetentionStore& store)
        : services_(services), store_(store), ids_(services.clock, services.randomness) {}

    /// One batch of entries that were written at `until` or before.
    [[nodiscard]] Task<Result<AuditShortened>> cut(domain::TenantScope scope, domain::Instant until);
    /// Everything that `cut` would delete, one time after the other.
    [[nodiscard]] Task<Result<AuditShortened>> count(domain::TenantScope scope, domain::Instant until);

    static constexpr unsigned batch = 1000;

  private:
    /// Where what is left begins, or why that cannot be believed.
    struct Beginning {
        std::optional<AuditFloor> floor = {};
        std::optional<AuditBreak> first_break = {};
        [[nodiscard]] ChainPlace place() const;
    };
    struct Piece {
        ChainPlace to;  ///< as far as it may go; where it begins when nothing may
        std::uint64_t entries = 0;
        std::optional<AuditBreak> first_break = {};
    };
    /// A checkpoint, and what it says of the tenant's chain.
    struct Witness {
        AuditCheckpoint checkpoint;
        ChainPlace mark;
    };
    Task<Result<Beginning>> begin(domain::TenantScope scope);
    Task<Result<Piece>> find_piece(domain::TenantScope scope, ChainPlace from, domain::Instant until);
    Task<Result<std::optional<Witness>>> find_witness(domain::TenantId tenant, ChainPlace place,
                                                      domain::Instant written_at);
    Task<Result<std::optional<AuditBreak>>> prove(domain::TenantScope scope, ChainWalk walk, Witness witness);
    Task<Result<AuditShortened>> tell(domain::TenantScope scope, ChainPlace begun_at, AuditBreak broken);

    Services services_;
    RetentionStore& store_;
    IdMaker ids_;
};

}  // namespace vcare::application
