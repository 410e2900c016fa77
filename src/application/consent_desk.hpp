// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/ports/consent_service.hpp"
#include "application/unit_builder.hpp"

namespace vcare::application {

/// Asks the owner of consents and makes the answer a proof or a refusal; counts both. Nothing it learns is
/// kept for the next command.
class ConsentDesk {
  public:
    explicit ConsentDesk(const Services& services) : services_(services) {}

    /// A proof for this one command; `consent_required`, or `consent_service_unavailable` (closed).
    [[nodiscard]] Task<Result<domain::TelehealthProof>> ask_telehealth(domain::TenantScope scope,
                                                                       domain::PatientId patient,
                                                                       std::string command);
    /// The same when this command has read already how the consent stands here.
    [[nodiscard]] Task<Result<domain::TelehealthProof>> ask_telehealth(domain::TenantScope scope,
                                                                       domain::PatientId patient,
                                                                       std::string command,
                                                                       ConsentStanding here);

    struct NewConsent {
        domain::PatientId patient;
        domain::ConsentType type{};
        std::string granted_by;
        domain::ConsentCapacity capacity{};
        domain::ConsentMethod method{};
        std::string text_version;
        std::string language;
        std::optional<domain::Instant> expires_at = {};
    };
    struct Granted {
        domain::ConsentRecord record;
        ConsentService::Kept kept{};

        /// The event, and (embedded) the record itself; appointments that wait for it are tried again.
        void add_to(UnitBuilder& unit) const;
    };
    /// Writes a grant to its owner before anything may rely on it; the caller adds it to a unit. A withdrawal
    /// the owner has not taken yet is taken to it first. `consent_required` where the owner takes none.
    [[nodiscard]] Task<Result<Granted>> grant(domain::TenantScope scope, NewConsent consent);

  private:
    Task<Result<domain::ConsentAnswer>> decision(domain::TenantScope scope, domain::PatientId patient,
                                                 domain::ConsentType type, ConsentStanding here);
    Services services_;
};

/// The event that tells of a consent given or withdrawn.
[[nodiscard]] domain::Event event_of(const domain::ConsentRecord& record);

/// Tells the owner of consents of every withdrawal it has not taken; repeats until it has.
class ConsentDebtPayer {
  public:
    explicit ConsentDebtPayer(const Services& services) : services_(services) {}
    /// One round; answers how many were settled.
    [[nodiscard]] Task<Result<unsigned>> run_once();

  private:
    Services services_;
};

}  // namespace vcare::application
