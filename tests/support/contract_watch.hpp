// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/http_client.hpp"

namespace vcare::support {

/// Fails the running test when an answer of the API is not what the contract says about its operation.
void expect_contract(const HttpRequest& request, const HttpResponse& response);

/// Fails the running test when an event of this service, as it was told under this type, does not fit its
/// schema. Events of others are none of its business.
void expect_event_schema(std::string_view type, std::string_view cloud_event);

}  // namespace vcare::support
