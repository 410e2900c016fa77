// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/stores.hpp"
#include "adapters/store/unit_writer.hpp"

namespace vcare::store {
namespace {

using application::CommitOutcome;
using application::UnitOfWork;

class CommitJob final : public Job {
  public:
    CommitJob(const domain::TenantScope& scope, UnitOfWork unit, const EventsWritten& events_written)
        : Job(of(scope)), unit_(std::move(unit)), events_written_(events_written) {}

    Work<bool> run(Connection* connection) override {
        write_unit(*connection, *sight().tenant, unit_, sight().trace);
        result_ = CommitOutcome::done;
        co_return true;
    }

    void fail(Failure failure, std::optional<Sql> statement) override {
        const bool is_stale = failure == Failure::unique || failure == Failure::unchanged;
        if (!is_stale) {
            result_ = std::unexpected{to_error(failure)};
        } else if (statement == Sql::insert_kept_answer || statement == Sql::insert_inbox) {
            result_ = CommitOutcome::answered_before;
        } else {
            result_ = CommitOutcome::stale;
        }
    }

    void committed() override {
        const bool has_events = !unit_.outbox.empty() || !unit_.notifications.empty();
        if (has_events && events_written_) events_written_();
    }

    [[nodiscard]] Result<CommitOutcome> take() { return std::move(result_); }

  private:
    UnitOfWork unit_;
    const EventsWritten& events_written_;
    Result<CommitOutcome> result_ = CommitOutcome::stale;
};

class UnitRunner final : public application::UnitOfWorkRunner {
  public:
    UnitRunner(Database* database, EventsWritten events_written)
        : database_(database), events_written_(std::move(events_written)) {}

    Task<Result<CommitOutcome>> commit(domain::TenantScope scope, UnitOfWork unit) override {
        CommitJob job{scope, std::move(unit), events_written_};
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
