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

struct Joined {
    bool direct = false;  ///< straight into the visit; else the waiting room
    domain::SessionId session;
    domain::ParticipantId participant;
    std::string credential;  ///< the whole visit credential
    domain::Instant cookie_until;
    VisitView view;
};

/// The holder of a link comes in. Whatever refuses leaves the link good; a success uses it up.
class JoinVisit {
  public:
    explicit JoinVisit(const Services& services);
    [[nodiscard]] Task<Result<Joined>> operator()(LinkHolder holder, std::vector<ConsentChoice> consents,
                                                  KeepAnswer<Joined> keep);

  private:
    struct Try {
        LinkHolder holder;
        std::vector<domain::ConsentType> refused;
        KeepAnswer<Joined> keep;
    };
    Task<Result<std::vector<domain::ConsentType>>> take_choices(LinkHolder holder, LoadedSession loaded,
                                                                std::vector<ConsentChoice> choices);
    Task<Result<std::optional<Joined>>> try_once(Try attempt);

    Services services_;
    SessionDesk desk_;
    ConsentDesk consents_;
    CredentialMaker credentials_;
    ViewVisit view_;
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
    CredentialMaker credentials_;
    ViewVisit view_;
};

}  // namespace vcare::application
