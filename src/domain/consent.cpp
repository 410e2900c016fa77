// SPDX-License-Identifier: Apache-2.0
#include "domain/consent.hpp"

namespace vcare::domain {
namespace {

std::unexpected<Error> closed_for_want_of_an_answer() {
    return std::unexpected{Error{.code = ErrorCode::consent_service_unavailable, .retry_after = seconds{5}}};
}

std::unexpected<Error> closed_for_want_of_consent(ConsentType purpose) {
    return refuse(purpose == ConsentType::recording ? ErrorCode::recording_consent_required
                                                    : ErrorCode::consent_required);
}

bool speaks_of(const ConsentAnswer& answer, const ConsentQuestion& question) {
    return answer.tenant == question.tenant && answer.patient == question.patient &&
           answer.type == question.type;
}

}  // namespace

Result<void> ConsentGate::judge(ConsentType purpose, const ConsentQuestion& question,
                                const Result<ConsentAnswer>& answer, bool withdrawn_here, Instant now) {
    if (question.type != purpose) return closed_for_want_of_an_answer();
    if (withdrawn_here) return closed_for_want_of_consent(purpose);
    if (!answer || !speaks_of(*answer, question)) return closed_for_want_of_an_answer();
    const bool expired = answer->expires_at && *answer->expires_at <= now;
    if (!answer->granted || expired) return closed_for_want_of_consent(purpose);
    return {};
}

}  // namespace vcare::domain
