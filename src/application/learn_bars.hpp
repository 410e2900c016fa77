// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "application/ports/inbox_store.hpp"
#include "application/round.hpp"
#include "application/services.hpp"
#include "application/task.hpp"

namespace vcare::application {

/// Tells this process of users who were barred, whichever process wrote it: bearers are verified without a
/// look into the store. Run before anybody is served, and every second from then on. Belongs to one loop.
class LearnBars {
  public:
    /// `heard` is told each that is news, once the verifier knows of it.
    using Heard = std::function<void(const domain::BarredUser&)>;
    LearnBars(const Services& services, Heard heard) : services_(services), heard_(std::move(heard)) {}

    [[nodiscard]] Task<Result<Round>> run_once();

  private:
    Services services_;
    Heard heard_;
    BarPlace last_ = {};
    std::optional<domain::Instant> read_all_at_ = {};
};

}  // namespace vcare::application
