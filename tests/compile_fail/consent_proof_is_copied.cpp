// SPDX-License-Identifier: Apache-2.0
// A proof of consent opens one gate, once.
#include "domain/consent.hpp"

vcare::domain::TelehealthProof keep(vcare::domain::TelehealthProof& proof) {
#ifdef VCARE_CONTROL
    return std::move(proof);
#else
    return proof;
#endif
}
