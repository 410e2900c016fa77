// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "chaos/checkers/checker.hpp"

namespace vcare::chaos {
namespace {

using support::OwnerLine;
using Patient = std::pair<std::string, std::string>;

/// When the owner said granted, to whoever asked, about each patient.
std::map<Patient, std::vector<std::int64_t>> grants_of(const Evidence& evidence) {
    std::map<Patient, std::vector<std::int64_t>> grants;
    for (const OwnerLine& line : evidence.consents) {
        const bool is_grant = line.kind == OwnerLine::Kind::said && line.granted && line.type == "telehealth";
        if (is_grant) grants[{line.tenant, line.patient}].push_back(line.at);
    }
    return grants;
}

}  // namespace

// Every patient of the load has one session. A booking takes its time after it has asked; an admission takes
// it before it asks, so that a grant of the time before counts for nothing.
Problems never_active_without_consent(const Evidence& evidence, const Clinics& /*clinics*/) {
    Problems problems;
    auto grants = grants_of(evidence);
    for (const auto& [id, row] : evidence.sessions) {
        const auto& said = grants[{row.tenant, row.patient}];
        const auto before = [&](std::int64_t at) { return at <= row.created_at; };
        const auto since = [&](std::int64_t at) { return at >= *row.actual_start; };
        if (!std::ranges::any_of(said, before))
            problems.push_back(id + " was made, and nobody had said granted about " + row.patient);
        if (row.actual_start && !std::ranges::any_of(said, since))
            problems.push_back(id +
                               " became active, and nobody said granted since its admission was asked for");
    }
    return problems;
}

}  // namespace vcare::chaos
