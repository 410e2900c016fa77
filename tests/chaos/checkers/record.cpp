// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "chaos/checkers/checker.hpp"

namespace vcare::chaos {
namespace {

using support::progress_of;

void check_sessions(const Evidence& evidence, const Clinic& clinic, Problems& problems) {
    for (const auto& [id, known] : clinic.ledger().sessions()) {
        const auto found = evidence.sessions.find(id);
        if (found == evidence.sessions.end()) {
            problems.push_back(id + " was acknowledged and is gone");
            continue;
        }
        const SessionRow& row = found->second;
        if (row.version < known.version)
            problems.push_back(id + " was acknowledged at version " + std::to_string(known.version) +
                               " and is at " + std::to_string(row.version));
        if (progress_of(row.status) < progress_of(known.status))
            problems.push_back(id + " was acknowledged as " + known.status + " and is " + row.status);
    }
}

void check_answers(const Evidence& evidence, const Clinic& clinic, Problems& problems) {
    const auto kept = evidence.kept_answers.find(clinic.tenant());
    for (const std::string& key : clinic.ledger().keys()) {
        const bool is_kept = kept != evidence.kept_answers.end() && kept->second.contains(key);
        if (!is_kept) problems.push_back("the command " + key + " was acknowledged and is not known");
    }
}

}  // namespace

Problems acknowledged_is_kept(const Evidence& evidence, const Clinics& clinics) {
    Problems problems;
    for (const auto& clinic : clinics) {
        check_sessions(evidence, *clinic, problems);
        check_answers(evidence, *clinic, problems);
    }
    return problems;
}

Problems never_two_encounters_nor_none(const Evidence& evidence, const Clinics& /*clinics*/) {
    Problems problems;
    for (const auto& [id, encounters] : evidence.encounters) {
        const SessionRow& row = evidence.sessions.at(id);
        const bool is_owed = row.status == "ended" && row.actual_start;
        if (encounters.size() > (is_owed ? 1U : 0U))
            problems.push_back(id + " is " + row.status + " and has " + std::to_string(encounters.size()) +
                               " Encounters");
        const bool is_paid = !row.encounter.empty();
        if (is_paid && std::ranges::find(encounters, row.encounter) == encounters.end())
            problems.push_back(id + " names an Encounter " + row.encounter + " that is not there");
        const bool may_come = !evidence.is_settled && evidence.encounter_debts.contains(id);
        if (is_owed && !is_paid && !may_come)
            problems.push_back(id + " has ended, and its Encounter is neither there nor owed");
    }
    return problems;
}

Problems no_tenant_sees_another(const Evidence& evidence, const Clinics& clinics) {
    Problems problems;
    for (const auto& clinic : clinics) {
        for (const std::string& id : clinic->seen()) {
            const auto owner = evidence.tenant_of.find(id);
            const bool is_foreign = owner != evidence.tenant_of.end() && owner->second != clinic->tenant();
            if (is_foreign)
                problems.push_back(clinic->tenant() + " was shown " + id + " of " + owner->second);
        }
    }
    for (const Told& told : evidence.stream) {
        const auto owner = evidence.tenant_of.find(told.session);
        const bool is_foreign = owner != evidence.tenant_of.end() && owner->second != told.tenant;
        if (is_foreign)
            problems.push_back(told.type + " of " + told.session + " was told in the name of " + told.tenant);
    }
    return problems;
}

}  // namespace vcare::chaos
