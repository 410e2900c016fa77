// SPDX-License-Identifier: Apache-2.0
#include "adapters/consent/embedded_consent_service.hpp"

namespace vcare::consent {
namespace {

bool stands(const domain::ConsentRecord& record, domain::Instant now) {
    const bool withdrawn = record.status != domain::ConsentStatus::granted || record.withdrawn_at;
    const bool expired = record.expires_at && *record.expires_at <= now;
    return !withdrawn && !expired;
}

class EmbeddedConsentService final : public application::ConsentService {
  public:
    explicit EmbeddedConsentService(const application::Clock& clock) : clock_(clock) {}

    Task<Result<domain::ConsentAnswer>> decision(domain::TenantScope scope, domain::PatientId patient,
                                                 domain::ConsentType type,
                                                 application::ConsentStanding here) override {
        if (!here.newest)
            co_return domain::ConsentAnswer{.tenant = scope.tenant(), .patient = patient, .type = type};

        // Named by the record, not by the question: a record of somebody else is seen as nonsense by the
        // gate.
        const domain::ConsentRecord& record = *here.newest;
        co_return domain::ConsentAnswer{.tenant = record.tenant,
                                        .patient = record.patient,
                                        .type = record.type,
                                        .granted = stands(record, clock_.now()),
                                        .text_version = record.text_version,
                                        .expires_at = record.expires_at};
    }

    Task<Result<Kept>> record(domain::TenantScope, domain::ConsentRecord) override {
        co_return Kept::with_the_unit;
    }

    bool is_embedded() const override { return true; }

  private:
    const application::Clock& clock_;
};

}  // namespace

std::unique_ptr<application::ConsentService> make_embedded_consent_service(const application::Clock& clock) {
    return std::make_unique<EmbeddedConsentService>(clock);
}

}  // namespace vcare::consent
