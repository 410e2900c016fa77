// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/fhir/fhir_transport.hpp"
#include "domain/time.hpp"

/// Reading what a FHIR server answers. Nothing in it is believed further than it is checked: an answer can
/// come from a proxy, be cut, or repeat what was sent.
namespace vcare::fhir {

[[nodiscard]] std::string_view header_of(const FhirResponse& response, const std::string& name);

/// The id in `[base]/Encounter/<id>[/_history/<version>]`.
[[nodiscard]] std::optional<std::string> encounter_id_in_location(std::string_view location);

/// The id of an Encounter in a body; nothing when the body is something else.
[[nodiscard]] std::optional<std::string> encounter_id_in_body(std::string_view body);

/// The ids of the Encounters in a searchset; nothing when the body is no Bundle.
[[nodiscard]] std::optional<std::vector<std::string>> encounter_ids_in_bundle(std::string_view body);

/// False for a page of a proxy, and for half an answer.
[[nodiscard]] bool is_empty_or_json(std::string_view body);

/// The codes of an OperationOutcome's issues, as FHIR lists them, and nothing of its texts, which may repeat
/// what a person typed. At most ten.
[[nodiscard]] std::vector<std::string> outcome_codes(std::string_view body);

/// `Retry-After` in either of its forms (RFC 9110, section 10.2.3), at most an hour.
[[nodiscard]] std::optional<domain::seconds> parse_retry_after(std::string_view text, domain::Instant now);

}  // namespace vcare::fhir
