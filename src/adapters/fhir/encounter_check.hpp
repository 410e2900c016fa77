// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vcare::fhir {

/// One thing that is wrong with a resource, as an OperationOutcome says it. Repeats no value.
struct Issue {
    std::string_view code;   ///< https://hl7.org/fhir/R4/valueset-issue-type.html
    std::string expression;  ///< FHIRPath, such as `Encounter.participant[1].period`

    friend bool operator==(const Issue&, const Issue&) = default;
};

struct EncounterIdentifier {
    std::string system;
    std::string value;

    friend bool operator==(const EncounterIdentifier&, const EncounterIdentifier&) = default;
};

/// Checks an Encounter by the elements a visit has: each known, of its type, as often as R4 allows, with
/// codes of the bound value sets and periods that do not run backwards. Any other element is an issue.
[[nodiscard]] std::vector<Issue> issues_of_encounter(std::string_view json);

/// The first identifier of an Encounter that has no issues.
[[nodiscard]] std::optional<EncounterIdentifier> identifier_of_encounter(std::string_view json);

/// The Encounter as a server keeps it: with its id, its version and when it came.
[[nodiscard]] std::string with_id_and_version(std::string_view json, std::string_view id,
                                              std::string_view last_updated);

[[nodiscard]] std::string write_operation_outcome(const std::vector<Issue>& issues);

}  // namespace vcare::fhir
