// SPDX-License-Identifier: Apache-2.0
#include "application/retry_delay.hpp"

#include <algorithm>

namespace vcare::application {
namespace {

constexpr std::uint64_t longest_retry_ms = std::uint64_t{5} * 60 * 1000;

}  // namespace

domain::milliseconds retry_delay(unsigned attempts, std::uint32_t random,
                                 std::optional<domain::seconds> asked) {
    if (asked) return std::min<domain::milliseconds>(*asked, domain::milliseconds{longest_retry_ms});
    const unsigned doublings = std::min(attempts, 9U);
    const std::uint64_t ceiling = std::min<std::uint64_t>(longest_retry_ms, 1000ULL << doublings);
    return domain::milliseconds{1 + random % ceiling};
}

}  // namespace vcare::application
