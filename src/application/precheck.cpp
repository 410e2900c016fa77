// SPDX-License-Identifier: Apache-2.0
#include "application/precheck.hpp"

namespace vcare::application {

Task<Result<std::optional<LoadedSession>>> Precheck::find(StaffContext context, Question question) {
    if (question.scope) {
        if (const auto may = domain::require(context.caller, *question.scope); !may)
            co_return std::unexpected{may.error()};
    }
    if (!question.session) co_return std::nullopt;
    auto loaded = co_await desk_.load(context.scope, *question.session);
    if (!loaded) co_return std::unexpected{loaded.error()};
    co_return std::optional{std::move(*loaded)};
}

Task<Result<void>> Precheck::operator()(StaffContext context, Question question) {
    const auto found = co_await find(context, question);
    const bool has_session = found && *found;
    if (question.starts_something_new) {
        const auto node = has_session ? (*found)->session.data().node : std::nullopt;
        const auto licensed = co_await desk_.require_licence(context.scope, node);
        if (!licensed) co_return licensed;
    }
    if (!found) co_return std::unexpected{found.error()};
    if (!has_session) co_return Result<void>{};
    const bool participant_is_there = !question.participant || (*found)->session.find(*question.participant);
    if (!participant_is_there) co_return refuse(ErrorCode::participant_not_found);
    co_return Result<void>{};
}

}  // namespace vcare::application
