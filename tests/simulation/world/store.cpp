// SPDX-License-Identifier: Apache-2.0
#include "simulation/world/store.hpp"

namespace vcare::simulation {

using application::CommitOutcome;

namespace {

std::unexpected<Error> store_is_away() {
    return std::unexpected{Error{.code = ErrorCode::store_unavailable, .retry_after = domain::seconds{1}}};
}

}  // namespace

Task<void> DatabaseRoad::perform_read(store::Job* job) {
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.store_read_refused)) {
        job->fail(store::Failure::overloaded);
        co_return;
    }
    co_await database_.perform_read(job);
    co_await travel(&weather_, owner_);
}

Task<void> DatabaseRoad::perform_write(store::Job* job) {
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.commit_refused)) {
        job->fail(store::Failure::overloaded);
        co_return;
    }
    co_await database_.perform_write(job);
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.commit_answer_lost)) job->fail(store::Failure::overloaded);
}

Task<Result<CommitOutcome>> UnitRoad::commit(domain::TenantScope scope, application::UnitOfWork unit) {
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.commit_refused)) co_return store_is_away();
    Commit commit{.tenant = scope.tenant(), .unit = unit, .at = weather_.timeline.now()};
    const auto outcome = co_await units_->commit(std::move(scope), std::move(unit));  // without a pause
    if (outcome && *outcome == CommitOutcome::done) weather_.observers.committed(commit);
    co_await travel(&weather_, owner_);
    if (weather_.strikes(weather_.rates.commit_answer_lost)) co_return store_is_away();
    co_return outcome;
}

}  // namespace vcare::simulation
