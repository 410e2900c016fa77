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
    EmbeddedConsentService(application::ConsentStore& store, const application::Clock& clock)
        : store_(store), clock_(clock) {}

    Task<Result<domain::ConsentAnswer>> decision(domain::TenantScope scope, domain::PatientId patient,
                                                 domain::ConsentType type) override {
        const auto newest = co_await store_.newest_consent(scope, patient, type);
        if (!newest) co_return std::unexpected{newest.error()};
        if (!*newest)
            co_return domain::ConsentAnswer{.tenant = scope.tenant(), .patient = patient, .type = type};

        // Named by the record, not by the question: a record of somebody else is seen as nonsense by the
        // gate.
        const domain::ConsentRecord& record = **newest;
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

  private:
    application::ConsentStore& store_;
    const application::Clock& clock_;
};

}  // namespace

std::unique_ptr<application::ConsentService> make_embedded_consent_service(application::ConsentStore& store,
                                                                           const application::Clock& clock) {
    return std::make_unique<EmbeddedConsentService>(store, clock);
}

}  // namespace vcare::consent
