// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/stores.hpp"
#include "adapters/store/unit_writer.hpp"

namespace vcare::store {
namespace {

using application::CommitOutcome;
using application::UnitOfWork;

class CommitJob final : public Job {
  public:
    CommitJob(domain::TenantScope scope, UnitOfWork unit, const EventsWritten& events_written)
        : scope_(std::move(scope)), unit_(std::move(unit)), events_written_(events_written) {}

    bool run(Connection& connection) override {
        result_ = write_unit(connection, scope_.tenant(), unit_);
        return result_ == CommitOutcome::done;
    }

    void fail(Failure failure) override {
        if (failure == Failure::unique) {
            result_ = CommitOutcome::stale;
        } else {
            result_ = std::unexpected{to_error(failure)};
        }
    }

    void committed() override {
        if (!unit_.outbox.empty() && events_written_) events_written_();
    }

    [[nodiscard]] Result<CommitOutcome> take() { return std::move(result_); }

  private:
    domain::TenantScope scope_;
    UnitOfWork unit_;
    const EventsWritten& events_written_;
    Result<CommitOutcome> result_ = CommitOutcome::stale;
};

class UnitRunner final : public application::UnitOfWorkRunner {
  public:
    UnitRunner(Database* database, EventsWritten events_written)
        : database_(database), events_written_(std::move(events_written)) {}

    Task<Result<CommitOutcome>> commit(domain::TenantScope scope, UnitOfWork unit) override {
        CommitJob job{std::move(scope), std::move(unit), events_written_};
        co_await database_->perform_write(&job);
        co_return job.take();
    }

  private:
    Database* database_;
    EventsWritten events_written_;
};

}  // namespace

std::unique_ptr<application::UnitOfWorkRunner> make_unit_runner(Database* database,
                                                                EventsWritten events_written) {
    return std::make_unique<UnitRunner>(database, std::move(events_written));
}

}  // namespace vcare::store
