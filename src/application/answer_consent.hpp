// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application/consent_choice.hpp"
#include "application/consent_desk.hpp"
#include "application/session_desk.hpp"
#include "application/visit_view.hpp"

namespace vcare::application {

/// A participant answers a consent question, or withdraws. A withdrawal takes effect here at once.
class AnswerConsent {
  public:
    explicit AnswerConsent(const Services& services);
    using Questions = std::vector<ConsentView>;
    [[nodiscard]] Task<Result<Questions>> operator()(VisitContext context, ConsentChoice choice,
                                                     KeepAnswer<Questions> keep = {});

  private:
    struct Answering {
        VisitContext context;
        ConsentChoice choice;
        LoadedSession loaded;
        bool was_refused = false;  ///< at some time before
        KeepAnswer<Questions> keep;
    };
    Task<Result<Questions>> grant(Answering answering);
    Task<Result<Questions>> keep_refusal(Answering answering);
    Task<Result<Questions>> withdraw(Answering answering);
    Services services_;
    SessionDesk desk_;
    ConsentDesk consents_;
};

}  // namespace vcare::application
