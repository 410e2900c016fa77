// SPDX-License-Identifier: Apache-2.0
#include "chaos/checkers/checker.hpp"

namespace vcare::chaos {
namespace {

constexpr std::array checkers = {
    Checker{"acknowledged_is_kept", acknowledged_is_kept},
    Checker{"every_change_has_its_event_once_in_order", every_change_has_its_event_once_in_order},
    Checker{"never_two_encounters_nor_none", never_two_encounters_nor_none},
    Checker{"never_active_without_consent", never_active_without_consent},
    Checker{"no_tenant_sees_another", no_tenant_sees_another},
    Checker{"audit_chain_verifies", audit_chain_verifies},
    Checker{"what_is_owed_is_paid", what_is_owed_is_paid},
    Checker{"everybody_gets_an_answer", everybody_gets_an_answer},
};

}  // namespace

std::span<const Checker> all_checkers() {
    return checkers;
}

std::vector<Broken> check(const Evidence& evidence, const Clinics& clinics) {
    std::vector<Broken> broken;
    for (const Checker& checker : checkers) {
        for (std::string& problem : checker.problems(evidence, clinics))
            broken.push_back({std::string{checker.name}, std::move(problem)});
    }
    return broken;
}

Problems audit_chain_verifies(const Evidence& evidence, const Clinics& /*clinics*/) {
    if (evidence.audit.exit_code == 0) return {};
    return {"vcare audit verify ended with " + std::to_string(evidence.audit.exit_code) + ": " +
            evidence.audit.output + evidence.audit.error};
}

Problems what_is_owed_is_paid(const Evidence& evidence, const Clinics& /*clinics*/) {
    if (!evidence.is_settled || evidence.owed.is_nothing()) return {};
    return {"still owed: " + std::to_string(evidence.owed.events) + " events, " +
            std::to_string(evidence.owed.dead_letters) + " of them given up, " +
            std::to_string(evidence.owed.encounters) + " Encounters, " +
            std::to_string(evidence.owed.consents) + " withdrawals"};
}

Problems everybody_gets_an_answer(const Evidence& /*evidence*/, const Clinics& clinics) {
    Problems problems;
    for (const auto& clinic : clinics) {
        for (const std::string& how : clinic->stuck()) problems.push_back(how);
    }
    return problems;
}

}  // namespace vcare::chaos
