// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "adapters/http/contract/schema.hpp"

/// What api/openapi.yaml says about every operation, as tables.
namespace vcare::http::contract {

enum class OperationId : std::uint8_t {
#define VCARE_OPERATION(identifier, name) identifier,
#include "generated/contract_operations.inc"
#undef VCARE_OPERATION
};

/// Any one of those named lets the caller in; `none_credential` alone means that none is asked for.
using Credentials = std::uint8_t;
inline constexpr Credentials none_credential = 0;
inline constexpr Credentials bearer_credential = 1;
inline constexpr Credentials visit_credential = 2;
inline constexpr Credentials link_credential = 4;

/// A caller passes with this scope and one of these roles.
struct Grant {
    std::string_view scope;
    std::span<const std::string_view> roles;
};

enum class Place : std::uint8_t { query, header };

struct Parameter {
    std::string_view name;
    Place place{};
    bool required = false;
    std::uint16_t node = 0;
};

enum class BodyKind : std::uint8_t { none, json, binary };

struct Operation {
    OperationId id{};
    std::string_view name;
    std::string_view method;
    Credentials credentials = none_credential;
    std::span<const Grant> grants;  ///< any one is enough; empty without the bearer credential
    std::span<const Parameter> parameters;
    BodyKind body = BodyKind::none;
    bool body_required = false;
    std::uint16_t body_node = none;
    std::uint32_t max_body_bytes = 0;
};

/// One way to an operation. The path is whole, with `{name}` for a segment that varies; a path without such
/// segments stands before one that would match it too.
struct Route {
    std::string_view method;
    std::string_view path;
    OperationId id{};
};

/// All operations, indexed by their id.
[[nodiscard]] std::span<const Operation> operations();
[[nodiscard]] inline const Operation& operation(OperationId id) {
    return operations()[static_cast<std::size_t>(id)];
}

[[nodiscard]] std::span<const Route> routes();

/// The schemas that bodies and parameters of requests are checked with.
[[nodiscard]] const SchemaTable& request_schema_table();

/// A problem's `type` is this and its code.
[[nodiscard]] std::string_view problem_type_prefix();

}  // namespace vcare::http::contract
