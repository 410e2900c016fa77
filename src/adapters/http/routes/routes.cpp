// SPDX-License-Identifier: Apache-2.0
#include "adapters/http/routes/routes.hpp"

#include <array>

namespace vcare::http {
namespace {

constexpr std::array table = {
#define VCARE_OPERATION(identifier, name) Route{routes::identifier},
#include "generated/contract_operations.inc"
#undef VCARE_OPERATION
};

}  // namespace

Route route_of(contract::OperationId operation) {
    return table.at(static_cast<std::size_t>(operation));
}

}  // namespace vcare::http
