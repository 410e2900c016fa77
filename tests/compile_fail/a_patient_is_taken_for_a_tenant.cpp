// SPDX-License-Identifier: Apache-2.0
// Ids of different things do not mix.
#include "domain/ids.hpp"

using namespace vcare::domain;

#ifdef VCARE_CONTROL
using Id = TenantId;
#else
using Id = PatientId;
#endif

TenantId tenant_of(Id id) {
    return id;
}
