// SPDX-License-Identifier: Apache-2.0
// The application does not see an adapter.
#include "application/task.hpp"

#ifdef VCARE_CONTROL
vcare::Task<int> one() {
    co_return 1;
}
#else
#include "adapters/store/sqlite_store.hpp"
#endif
