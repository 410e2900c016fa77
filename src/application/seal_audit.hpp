// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/round.hpp"
#include "application/services.hpp"
#include "application/task.hpp"

namespace vcare::application {

/// Seals the audit log, and signs a checkpoint when one is due. Several replicas may: a chain is sealed by
/// one at a time, and one signs. A chain that cannot be sealed is complained of each round, and the others go
/// on.
class SealAudit {
  public:
    explicit SealAudit(const Services& services) : services_(services) {}
    [[nodiscard]] Task<Result<Round>> run_once();
    static constexpr domain::minutes checkpoint_every{1};
    /// Longer than signing takes: after that another replica may sign in the place of this one.
    static constexpr domain::seconds turn_life{15};

  private:
    Task<Result<void>> sign_checkpoint();
    Services services_;
    domain::Instant next_checkpoint_ = {};  ///< when to ask whether one is due
    domain::Instant tell_again_ = {};       ///< of chains that cannot be sealed, which are met in every round
};

}  // namespace vcare::application
