// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "chaos/evidence.hpp"

namespace vcare::chaos {

struct Broken {
    std::string checker;
    std::string what;
};

using Problems = std::vector<std::string>;

/// Looks for one thing that must never happen, in what was found and what people were told. A finding that
/// another could explain better is left to that one.
struct Checker {
    std::string_view name;
    Problems (*problems)(const Evidence& evidence, const Clinics& clinics);
};

[[nodiscard]] Problems acknowledged_is_kept(const Evidence& evidence, const Clinics& clinics);
[[nodiscard]] Problems every_change_has_its_event_once_in_order(const Evidence& evidence,
                                                                const Clinics& clinics);
[[nodiscard]] Problems never_two_encounters_nor_none(const Evidence& evidence, const Clinics& clinics);
[[nodiscard]] Problems never_active_without_consent(const Evidence& evidence, const Clinics& clinics);
[[nodiscard]] Problems no_tenant_sees_another(const Evidence& evidence, const Clinics& clinics);
[[nodiscard]] Problems audit_chain_verifies(const Evidence& evidence, const Clinics& clinics);
[[nodiscard]] Problems what_is_owed_is_paid(const Evidence& evidence, const Clinics& clinics);
[[nodiscard]] Problems everybody_gets_an_answer(const Evidence& evidence, const Clinics& clinics);

/// One for each "never" of the service, by the names that the simulation gives them.
[[nodiscard]] std::span<const Checker> all_checkers();

/// Everything that any of them found.
[[nodiscard]] std::vector<Broken> check(const Evidence& evidence, const Clinics& clinics);

}  // namespace vcare::chaos
