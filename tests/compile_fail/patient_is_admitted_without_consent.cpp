// SPDX-License-Identifier: Apache-2.0
// Nobody is admitted without a proof of consent.
#include "domain/session.hpp"

using namespace vcare::domain;

Result<void> admit(Session& session, TelehealthProof proof, const ProviderPresent& provider,
                   const Occasion& occasion) {
#ifdef VCARE_CONTROL
    return session.admit_patient(false, std::move(proof), provider, occasion);
#else
    (void)proof;
    return session.admit_patient(false, provider, occasion);
#endif
}
