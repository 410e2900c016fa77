// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/audit_store.hpp"

namespace vcare::application {

class Cryptography;

/// Where a chain is broken first.
struct AuditBreak {
    std::string id;  ///< of the entry, or (a missing one) of the one after it; empty when it is cut off
    std::uint64_t sequence = 0;
    std::string reason;
};

/// A place in a tenant's chain, and the hash over everything up to there.
struct ChainPlace {
    std::uint64_t sequence = 0;  ///< 0: before the first entry
    std::string chain_hash = {};
};

/// The canonical text of an entry, which the chain hashes: one `name=value` a line, fixed order, values
/// percent-encoded. Shared by sealer and verifier.
[[nodiscard]] std::string canonical_text(const AuditEntry& entry);

/// What the signature of a floor is over, in the same form. No checkpoint's text can be taken for it.
[[nodiscard]] std::string canonical_text(const domain::TenantId& tenant, const AuditFloor& floor);

/// How far a checkpoint says that this tenant's chain had come; nothing when it does not speak of it.
[[nodiscard]] std::optional<ChainPlace> mark_of(const AuditCheckpoint& checkpoint,
                                                const domain::TenantId& tenant);

/// Goes along a chain, entry by entry as they are sealed, and says where one is not what it should be.
class ChainWalk {
  public:
    /// Goes on behind `from`.
    ChainWalk(const Cryptography& cryptography, ChainPlace from)
        : cryptography_(cryptography), place_(std::move(from)) {}

    /// An entry that is missing is told of when the one after it is taken.
    [[nodiscard]] std::optional<AuditBreak> take(const SealedEntry& sealed);
    /// What is wrong when nothing comes any more.
    [[nodiscard]] std::optional<AuditBreak> end() const;

    /// As far as everything is whole.
    [[nodiscard]] const ChainPlace& place() const { return place_; }
    [[nodiscard]] bool misses_one() const { return missing_.has_value(); }
    /// Behind which to read on.
    [[nodiscard]] std::uint64_t read_up_to() const { return missing_.value_or(place_.sequence); }

  private:
    const Cryptography& cryptography_;
    ChainPlace place_;
    std::optional<std::uint64_t> missing_ = {};
};

}  // namespace vcare::application
