// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/database.hpp"

namespace vcare::store {

Error to_error(Failure failure) {
    constexpr domain::seconds retry_after{2};
    switch (failure) {
        case Failure::corrupt_row:
        case Failure::foreign_key:
        case Failure::unique:
        case Failure::unchanged:
            return Error{.code = ErrorCode::internal_error, .detail = "The store and the service disagree."};
        default:
            return Error{.code = ErrorCode::store_unavailable, .retry_after = retry_after};
    }
}

}  // namespace vcare::store
