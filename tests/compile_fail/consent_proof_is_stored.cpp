// SPDX-License-Identifier: Apache-2.0
// A proof of consent cannot be put aside for a later command.
#include "domain/consent.hpp"

using vcare::domain::TelehealthProof;

void keep(TelehealthProof& kept, TelehealthProof proof) {
#ifdef VCARE_CONTROL
    TelehealthProof used{std::move(proof)};
    (void)used;
    (void)kept;
#else
    kept = std::move(proof);
#endif
}
