// SPDX-License-Identifier: Apache-2.0
#include "application/precheck.hpp"

namespace vcare::application {

Task<Result<void>> Precheck::operator()(StaffContext context, Question question) {
    if (question.starts_something_new) {
        const auto licensed = co_await desk_.require_licence(context.scope, std::nullopt);
        if (!licensed) co_return licensed;
    }
    if (question.scope) {
        if (const auto may = domain::require(context.caller, *question.scope); !may) co_return may;
    }
    if (!question.session) co_return Result<void>{};
    const auto loaded = co_await desk_.load(context.scope, *question.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    const bool participant_is_there = !question.participant || loaded->session.find(*question.participant);
    if (!participant_is_there) co_return refuse(ErrorCode::participant_not_found);
    co_return Result<void>{};
}

}  // namespace vcare::application
