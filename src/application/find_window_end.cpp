// SPDX-License-Identifier: Apache-2.0
#include "application/find_window_end.hpp"

namespace vcare::application {

Task<Result<domain::Instant>> FindWindowEnd::operator()(domain::TenantScope scope,
                                                        domain::SessionId session) {
    const auto loaded = co_await desk_.load(std::move(scope), std::move(session));
    if (!loaded) co_return std::unexpected{loaded.error()};
    co_return loaded->session.data().scheduled_end + loaded->config.join_window_after;
}

}  // namespace vcare::application
