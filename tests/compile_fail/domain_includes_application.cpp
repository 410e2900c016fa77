// SPDX-License-Identifier: Apache-2.0
// The domain does not see the application.
#include "domain/ids.hpp"

#ifdef VCARE_CONTROL
vcare::domain::SessionId copy(vcare::domain::SessionId id) {
    return id;
}
#else
#include "application/task.hpp"
#endif
