// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/http_client.hpp"

namespace vcare::support {

/// Fails the running test when an answer of the API is not what the contract says about its operation.
void expect_contract(const HttpRequest& request, const HttpResponse& response);

}  // namespace vcare::support
