// SPDX-License-Identifier: Apache-2.0
// Only the check of presence says that a provider is there.
#include "domain/presence.hpp"

using namespace vcare::domain;

Result<ProviderPresent> claim(std::span<const Participant> people, std::span<const Presence> presences) {
#ifdef VCARE_CONTROL
    return ProviderPresent::check(people, presences, Instant{}, seconds{1});
#else
    (void)people;
    (void)presences;
    return ProviderPresent{};
#endif
}
