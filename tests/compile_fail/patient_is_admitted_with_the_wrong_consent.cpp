// SPDX-License-Identifier: Apache-2.0
// Consent to be recorded admits nobody.
#include "domain/session.hpp"

using namespace vcare::domain;

#ifdef VCARE_CONTROL
using Proof = TelehealthProof;
#else
using Proof = RecordingProof;
#endif

Result<void> admit(Session& session, Proof proof, const ProviderPresent& provider, const Occasion& occasion) {
    return session.admit_patient(false, std::move(proof), provider, occasion);
}
