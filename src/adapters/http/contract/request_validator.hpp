// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "adapters/http/contract/operations.hpp"
#include "domain/error.hpp"

namespace vcare::http::contract {

/// What is wrong with a body of this operation; empty when nothing is. The operation takes a JSON body.
[[nodiscard]] std::vector<domain::FieldError> validate(const boost::json::value& body, OperationId id);

/// One parameter of a query or one header, decoded.
struct NamedText {
    std::string_view name;
    std::string_view text;
};

/// What is wrong with the query of a request: unknown and repeated parameters too. The name of a parameter
/// stands in the pointer like that of a field.
[[nodiscard]] std::vector<domain::FieldError> validate_query(std::span<const NamedText> query,
                                                             OperationId id);

/// What is wrong with those headers that the operation describes. Names match in any case; others pass.
[[nodiscard]] std::vector<domain::FieldError> validate_headers(std::span<const NamedText> headers,
                                                               OperationId id);

}  // namespace vcare::http::contract
