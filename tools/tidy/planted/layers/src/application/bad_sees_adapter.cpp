// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/store.hpp"
