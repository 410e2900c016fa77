// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/consent_desk.hpp"
#include "application/ports/consent_store.hpp"
#include "application/session_desk.hpp"

namespace vcare::application {

/// A withdrawal takes effect here at once, whatever the owner of consents does: in one transaction it becomes
/// a local fact that overrides every "granted", its event is told, and (telehealth) every open visit of the
/// patient ends, is cancelled or is marked. The write to the owner is a debt.
class WithdrawConsent {
  public:
    explicit WithdrawConsent(const Services& services) : services_(services), desk_(services) {}
    struct Command {
        domain::TenantScope scope;
        RequestContext request;
        std::string actor;
        domain::PatientId patient;
        domain::ConsentType type{};
        domain::ConsentCapacity capacity = domain::ConsentCapacity::self;
        std::string text_version = {};
        bool owner_knows = false;  ///< who keeps the consents said so: nobody is to be told
        KeepAnswer<domain::ConsentRecord> keep = {};
    };
    [[nodiscard]] Task<Result<domain::ConsentRecord>> operator()(Command command);
    /// The same as a part of a unit that has more in it; whoever commits it pays the debt to the owner. The
    /// unit outlives the call.
    [[nodiscard]] Task<Result<domain::ConsentRecord>> add_to(UnitBuilder* unit, Command command);

  private:
    Task<Result<std::optional<domain::ConsentRecord>>> try_once(Command command);
    Services services_;
    SessionDesk desk_;
};

}  // namespace vcare::application
