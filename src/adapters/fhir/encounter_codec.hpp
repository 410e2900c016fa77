// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "domain/encounter.hpp"

namespace vcare::fhir {

/// The Encounter as FHIR R4 JSON (https://hl7.org/fhir/R4/encounter.html). Holds PHI.
[[nodiscard]] std::string write_encounter(const domain::Encounter& encounter,
                                          std::string_view identifier_system);

}  // namespace vcare::fhir
