// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/consent_desk.hpp"
#include "application/link_authentication.hpp"
#include "application/visit_view.hpp"

namespace vcare::application {

/// What a page answered to a consent question.
struct ConsentChoice {
    domain::ConsentType type{};
    enum class Decision : std::uint8_t { granted, refused, withdrawn } decision{};
    std::string text_version;
    domain::ConsentCapacity capacity = domain::ConsentCapacity::self;
};
constexpr domain::WireWords<ConsentChoice::Decision, 3> words_of(ConsentChoice::Decision) {
    return {{{ConsentChoice::Decision::granted, "granted"},
             {ConsentChoice::Decision::refused, "refused"},
             {ConsentChoice::Decision::withdrawn, "withdrawn"}}};
}

/// The patient's yes to a question of their page, as its owner is to have it; `consent_required` where there
/// is no text that it could have been asked with.
[[nodiscard]] Result<ConsentDesk::NewConsent> consent_on_page(const Services& services,
                                                              const LoadedSession& loaded,
                                                              ConsentChoice choice);

struct Joined {
    bool direct = false;  ///< straight into the visit; else the waiting room
    domain::SessionId session;
    domain::ParticipantId participant;
    std::string credential;  ///< the whole visit credential
    domain::Instant cookie_until;
    VisitView view;
};

/// What both ways in share: the person joins, gets a credential of their own, and is shown the visit.
class Entrance {
  public:
    explicit Entrance(const Services& services);
    struct Newcomer {
        domain::TenantScope scope;
        domain::ParticipantId participant;
        std::string basis = {};  ///< what the credential is bound to: a token's jti; staff have none
        std::optional<domain::TelehealthProof> proof = {};
        std::optional<IdempotencyKey> key = {};
    };
    /// Changes the session and adds all of it to the unit, for the caller to commit; both outlive the call.
    [[nodiscard]] Task<Result<Joined>> come_in(Newcomer newcomer, LoadedSession* loaded, UnitBuilder* unit);

  private:
    Services services_;
    CredentialMaker credentials_;
    ViewVisit view_;
};

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

/// A staff member comes in through their bearer, on their own seat or a provider seat nobody has.
class JoinAsStaff {
  public:
    explicit JoinAsStaff(const Services& services);
    struct Command {
        domain::SessionId session;
        domain::ParticipantId participant;
    };
    [[nodiscard]] Task<Result<Joined>> operator()(StaffContext context, Command command,
                                                  KeepAnswer<Joined> keep);

  private:
    Task<Result<std::optional<Joined>>> try_once(StaffContext context, Command command,
                                                 KeepAnswer<Joined> keep);
    Services services_;
    SessionDesk desk_;
    Entrance entrance_;
};

}  // namespace vcare::application
