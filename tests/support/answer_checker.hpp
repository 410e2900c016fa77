// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/contract/operations.hpp"

namespace vcare::support {

/// An answer as it came over the wire; `content_type` empty where there is none.
struct ReceivedAnswer {
    int status = 0;
    std::string_view content_type;
    std::string_view body;
};

/// Everything in which an answer differs from what the contract says about this operation, one line each:
/// the status, the content type, the body, and for a problem whether the operation may raise its code.
[[nodiscard]] std::vector<std::string> problems_of_answer(http::contract::OperationId id,
                                                          const ReceivedAnswer& answer);

}  // namespace vcare::support
