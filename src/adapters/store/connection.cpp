// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/connection.hpp"

namespace vcare::store {

std::string_view to_word(Failure failure) {
    switch (failure) {
        case Failure::none:
            return "none";
        case Failure::unique:
            return "unique";
        case Failure::foreign_key:
            return "foreign_key";
        case Failure::unchanged:
            return "unchanged";
        case Failure::full:
            return "full";
        case Failure::broken:
            return "broken";
        case Failure::busy:
            return "busy";
        case Failure::corrupt_row:
            return "corrupt_row";
        case Failure::overloaded:
            return "overloaded";
        case Failure::closed:
            return "closed";
    }
    return "unknown";
}

void Rows::note_corrupt() const {
    connection_->fail(Failure::corrupt_row, std::nullopt, "a stored value does not have its form");
}

}  // namespace vcare::store
