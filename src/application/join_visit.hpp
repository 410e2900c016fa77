// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/consent_choice.hpp"
#include "application/entrance.hpp"
#include "application/link_authentication.hpp"

namespace vcare::application {

/// The holder of a link comes in. Whatever refuses leaves the link good; a success uses it up.
class JoinVisit {
  public:
    explicit JoinVisit(const Services& services);
    [[nodiscard]] Task<Result<Joined>> operator()(LinkHolder holder, std::vector<ConsentChoice> consents,
                                                  KeepAnswer<Joined> keep);
    /// Whether the link lets its holder in now, whatever else they say.
    [[nodiscard]] Task<Result<void>> check_link(LinkHolder holder);

  private:
    /// The answers that are no grant.
    struct Declined {
        std::vector<domain::ConsentType> refused = {};
        std::vector<domain::ConsentType> withdrawn = {};
    };
    struct Attempt {
        LinkHolder holder;
        Declined declined;
        KeepAnswer<Joined> keep;
    };
    Task<Result<Declined>> take_choices(LinkHolder holder, LoadedSession loaded,
                                        std::vector<ConsentChoice> choices);
    Task<Result<void>> grant(LinkHolder holder, LoadedSession loaded, ConsentChoice choice);
    Task<Result<void>> withdraw(LinkHolder holder, domain::PatientId patient, ConsentChoice choice);
    Task<Result<std::optional<domain::TelehealthProof>>> ask_for_proof(domain::TenantScope scope,
                                                                       LoadedSession loaded);
    /// `at_hand` is the session when it was loaded just now, which spares a question.
    Task<Result<std::optional<Joined>>> try_once(Attempt attempt, std::optional<LoadedSession> at_hand);

    Services services_;
    SessionDesk desk_;
    ConsentDesk consents_;
    Entrance entrance_;
};

}  // namespace vcare::application
