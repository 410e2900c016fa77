// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/work_queues.hpp"

namespace vcare::application {

/// Published events, to resume a live stream by position; kept for at least an hour.
class EventLog {
  public:
    virtual ~EventLog() = default;

    /// Events of the tenant after `position`, in order, at most `limit`; of one session when it is named.
    /// `not_found` when `position` is older than what is kept.
    [[nodiscard]] virtual Task<Result<std::vector<PublishedEvent>>> events_after(
        domain::TenantScope scope, std::optional<domain::SessionId> session, std::uint64_t position,
        unsigned limit) = 0;
    /// The newest position of the tenant; 0 when nothing was published yet.
    [[nodiscard]] virtual Task<Result<std::uint64_t>> newest_position(domain::TenantScope scope) = 0;
};

}  // namespace vcare::application
