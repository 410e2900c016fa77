// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/round.hpp"
#include "application/take_message.hpp"

namespace vcare::application {

/// Takes what a source has ready, and dead letters that are to be taken again. Several replicas may: each
/// claims dead letters of its own, and what one that dies had claimed is taken again after `claim_life`.
class ReceiveMessages {
  public:
    /// `source` and `reader` outlive it.
    ReceiveMessages(const Services& services, MessageSource& source, const MessageReader& reader)
        : services_(services), source_(source), take_(services, reader) {}
    [[nodiscard]] Task<Result<Round>> run_once();
    static constexpr domain::seconds claim_life{60};

  private:
    Task<Result<Round>> replay();
    Task<Result<void>> replay(FailedMessage letter);
    Services services_;
    MessageSource& source_;
    TakeMessage take_;
};

}  // namespace vcare::application
