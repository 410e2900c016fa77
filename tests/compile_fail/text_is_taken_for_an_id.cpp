// SPDX-License-Identifier: Apache-2.0
// Text becomes an id only by being parsed.
#include <optional>
#include <string>

#include "domain/ids.hpp"

using vcare::domain::SessionId;

std::optional<SessionId> id_of(const std::string& text) {
#ifdef VCARE_CONTROL
    return SessionId::parse(text);
#else
    return SessionId{text};
#endif
}
