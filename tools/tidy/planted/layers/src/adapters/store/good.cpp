// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include "adapters/store/store.hpp"
#include "application/task.hpp"
