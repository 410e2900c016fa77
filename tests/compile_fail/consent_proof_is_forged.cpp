// SPDX-License-Identifier: Apache-2.0
// Only the gate makes a proof of consent.
#include "domain/consent.hpp"

using namespace vcare::domain;

Result<TelehealthProof> forge(ConsentQuestion question, const Result<ConsentAnswer>& answer, Instant now) {
#ifdef VCARE_CONTROL
    return ConsentGate::open<ConsentType::telehealth>(std::move(question), answer, false, now);
#else
    return answer && now > Instant{} ? TelehealthProof{std::move(question)} : TelehealthProof{question};
#endif
}
