// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/session_store.hpp"

namespace vcare::application {

struct AuditQuery {
    std::optional<domain::Instant> from = {};
    std::optional<domain::Instant> to = {};
    std::optional<domain::SessionId> session = {};
    std::optional<std::string> actor = {};
    unsigned limit = 50;
    std::optional<std::string> cursor = {};
};

/// An entry with its place in the tenant's chain; an unsealed one has no sequence yet.
struct SealedEntry {
    AuditEntry entry;
    std::optional<std::uint64_t> sequence = {};
    std::string chain_hash = {};  ///< SHA-256 over the previous hash and the entry's canonical text, hex
};

/// How far a tenant's chain was deleted once its time had passed. What is left begins behind it.
struct AuditFloor {
    std::uint64_t sequence = 0;  ///< of the last entry that was deleted
    std::string chain_hash;      ///< of that entry, which the first one that is left goes on from
    domain::Instant at;          ///< of the deletion
    domain::AuditId entry;       ///< which tells of the deletion in the log
    std::string signature = {};  ///< over the canonical text of the rest, as a checkpoint's
};

struct AuditPage : Page<AuditEntry> {
    std::optional<AuditFloor> floor = {};  ///< absent: the log begins with the first entry there was
};

/// A signed statement of how far every chain that moved had come.
struct AuditCheckpoint {
    std::uint64_t number = 0;
    domain::Instant at;
    std::string text;  ///< canonical: one line `tenant sequence chain_hash` a chain, sorted
    std::string signature;
};

/// Behind which checkpoint to read on, in the order of their times; the default is before all of them.
struct CheckpointPlace {
    domain::Instant at = domain::Instant::min();
    std::uint64_t number = 0;
};

class AuditStore {
  public:
    virtual ~AuditStore() = default;
    [[nodiscard]] virtual Task<Result<AuditPage>> list_audit(domain::TenantScope scope, AuditQuery query) = 0;
    /// Entries of reads, gathered over at most 250 ms, in one transaction.
    [[nodiscard]] virtual Task<Result<void>> append_reads(domain::TenantScope scope,
                                                          std::vector<AuditEntry> entries) = 0;

    /// For verification: the sealed chain from `after_sequence` on, in order, at most `limit` entries.
    /// An entry whose row is gone has an empty `action`.
    [[nodiscard]] virtual Task<Result<std::vector<SealedEntry>>> read_chain(domain::TenantScope scope,
                                                                            std::uint64_t after_sequence,
                                                                            unsigned limit) = 0;
    [[nodiscard]] virtual Task<Result<std::uint64_t>> count_unsealed(domain::TenantScope scope) = 0;
    /// An entry that neither has a place in the chain (behind its floor) nor waits for one: nobody wrote it
    /// through the service.
    [[nodiscard]] virtual Task<Result<std::optional<domain::AuditId>>> find_unaccounted(
        domain::TenantScope scope) = 0;
    [[nodiscard]] virtual Task<Result<std::optional<AuditFloor>>> find_floor(domain::TenantScope scope) = 0;
    [[nodiscard]] virtual Task<Result<bool>> has_entry(domain::TenantScope scope, domain::AuditId entry) = 0;
    [[nodiscard]] virtual Task<Result<std::vector<AuditCheckpoint>>> checkpoints(CheckpointPlace behind = {},
                                                                                 unsigned limit = 1000) = 0;
};

}  // namespace vcare::application
