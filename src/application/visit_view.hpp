// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/session_desk.hpp"

namespace vcare::application {

enum class ConsentAsked : std::uint8_t { granted, needed, withdrawn, refused };
constexpr domain::WireWords<ConsentAsked, 4> words_of(ConsentAsked) {
    return {{{ConsentAsked::granted, "granted"},
             {ConsentAsked::needed, "needed"},
             {ConsentAsked::withdrawn, "withdrawn"},
             {ConsentAsked::refused, "refused"}}};
}

/// One question of the page.
struct ConsentView {
    domain::ConsentType type{};
    bool required = true;
    ConsentAsked status{};
    std::string text_version;
    std::string text;
    std::string language;
    /// False: the owner of consents hears of them elsewhere, or the clinic has no text to ask with.
    bool answerable = true;
};

/// A visit as one of its participants sees it: `GET /visit`, and the data of every `state` frame.
struct VisitView {
    domain::SessionData session;  ///< adapters show its public part only
    domain::Participant self;
    std::vector<domain::Participant> others;  ///< those this person may know of
    domain::Branding branding;
    std::vector<ConsentView> consents;            ///< of the patient only
    std::optional<unsigned> queue_position = {};  ///< 1 is next; while waiting
};

/// Makes the view. Somebody who waits sees the providers and themself, nobody else.
class ViewVisit {
  public:
    explicit ViewVisit(const Services& services) : services_(services), desk_(services) {}
    [[nodiscard]] Task<Result<VisitView>> operator()(VisitContext context);
    /// From what is loaded already.
    [[nodiscard]] Task<Result<VisitView>> of(domain::TenantScope scope, domain::SessionData session,
                                             domain::TenantConfig config, domain::ParticipantId participant);

  private:
    Services services_;
    SessionDesk desk_;
};

/// The telehealth question as this patient has it now.
[[nodiscard]] ConsentView telehealth_question(const Services& services, const domain::SessionData& session,
                                              const domain::TenantConfig& config, bool refused,
                                              std::string_view language);

}  // namespace vcare::application
