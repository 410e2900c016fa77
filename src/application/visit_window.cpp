// SPDX-License-Identifier: Apache-2.0
#include "application/visit_window.hpp"

namespace vcare::application {
namespace {

constexpr domain::hours longest_visit{24};

}  // namespace

domain::Result<domain::Instant> check_window(domain::Instant start, std::optional<domain::Instant> end,
                                             const domain::TenantConfig& config, domain::Instant now) {
    const domain::Instant until = end.value_or(start + config.default_duration);
    if (until <= start) return domain::refuse_field("/scheduledEnd", "must be after scheduledStart");
    if (until - start > longest_visit)
        return domain::refuse_field("/scheduledEnd", "must be at most 24 hours after scheduledStart");
    if (until + config.join_window_after <= now)
        return domain::refuse_field("/scheduledStart", "the time to join this visit would be over already");
    return until;
}

}  // namespace vcare::application
