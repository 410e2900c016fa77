// SPDX-License-Identifier: Apache-2.0
#include "adapters/notify/notification_log.hpp"

#include <utility>

namespace vcare::notify {
namespace {

using application::CommitOutcome;
using application::NotificationWrite;

class NotificationLog final : public application::UnitOfWorkRunner {
  public:
    NotificationLog(application::UnitOfWorkRunner& units, application::Telemetry& telemetry)
        : units_(units), telemetry_(telemetry) {}

    Task<Result<CommitOutcome>> commit(domain::TenantScope scope, application::UnitOfWork unit) override {
        const std::vector<NotificationWrite> shown = std::exchange(unit.notifications, {});
        const auto outcome = co_await units_.commit(std::move(scope), std::move(unit));
        const bool is_seen = telemetry_.is_logged(application::Severity::info);
        if (outcome != CommitOutcome::done || !is_seen) co_return outcome;
        for (const NotificationWrite& write : shown) {
            telemetry_.log(application::Severity::info, "notification.shown",
                           {{"category", std::string{to_wire(write.told.category)}},
                            {"session", write.session.text()},
                            {"participant", write.told.participant.text()}});
        }
        co_return outcome;
    }

  private:
    application::UnitOfWorkRunner& units_;
    application::Telemetry& telemetry_;
};

}  // namespace

std::unique_ptr<application::UnitOfWorkRunner> make_notification_log(application::UnitOfWorkRunner& units,
                                                                     application::Telemetry& telemetry) {
    return std::make_unique<NotificationLog>(units, telemetry);
}

}  // namespace vcare::notify
