// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "adapters/http/contract/operations.hpp"

/// What the contract says the service answers, publishes and reads, as tables for tests. Unlike in the
/// contract itself, which leaves room for fields to come, an object that it makes has no field that is not
/// described.
namespace vcare::support {

/// One described answer: `status` is "200" or a range like "4XX", `node` checks a JSON body.
struct Answer {
    http::contract::OperationId id{};
    std::string_view status;
    std::string_view content_type;
    std::uint16_t node = http::contract::none;
};

/// The node checks the data of an event of this type.
struct EventSchema {
    std::string_view type;
    std::uint16_t node = http::contract::none;
};

[[nodiscard]] const http::contract::SchemaTable& answer_schema_table();
[[nodiscard]] std::span<const Answer> answers();
[[nodiscard]] std::span<const std::string_view> error_codes_of(http::contract::OperationId id);

[[nodiscard]] const http::contract::SchemaTable& event_schema_table();
[[nodiscard]] std::span<const EventSchema> event_types();
[[nodiscard]] std::uint16_t envelope_node();

/// What other services send; here an object may have fields that are not described.
[[nodiscard]] const http::contract::SchemaTable& consumed_schema_table();
[[nodiscard]] std::span<const EventSchema> consumed_types();
[[nodiscard]] std::uint16_t consumed_envelope_node();

}  // namespace vcare::support
