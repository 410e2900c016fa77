// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "application/ports/consent_service.hpp"
#include "application/ports/event_bus.hpp"
#include "application/ports/unit_of_work.hpp"
#include "simulation/world/outside.hpp"

/// Bugs that a hurried change could bring in, each wrapped around a port. The simulation must find them.
namespace vcare::simulation {

enum class Planted : std::uint8_t {
    nothing,
    event_outside_the_transaction,
    event_that_says_too_much,
    remembered_consent,
    sweeper_that_trusts_the_clock,
    sweeper_that_asks_the_time_again,
    rooms_left_behind,
};
constexpr domain::WireWords<Planted, 7> words_of(Planted) {
    return {{{Planted::nothing, "nothing"},
             {Planted::event_outside_the_transaction, "event_outside_the_transaction"},
             {Planted::event_that_says_too_much, "event_that_says_too_much"},
             {Planted::remembered_consent, "remembered_consent"},
             {Planted::sweeper_that_trusts_the_clock, "sweeper_that_trusts_the_clock"},
             {Planted::sweeper_that_asks_the_time_again, "sweeper_that_asks_the_time_again"},
             {Planted::rooms_left_behind, "rooms_left_behind"}}};
}

/// Publishes a unit's events by itself once the unit is written: quicker, until something dies in between.
class EventOutsideTheTransaction final : public application::UnitOfWorkRunner {
  public:
    EventOutsideTheTransaction(application::UnitOfWorkRunner& units, application::EventBroker& broker)
        : units_(units), broker_(broker) {}

    Task<Result<application::CommitOutcome>> commit(domain::TenantScope scope,
                                                    application::UnitOfWork unit) override {
        const std::vector<application::OutboxEntry> events = std::exchange(unit.outbox, {});
        const auto outcome = co_await units_.commit(scope, std::move(unit));
        if (!outcome || *outcome != application::CommitOutcome::done) co_return outcome;
        for (const application::OutboxEntry& event : events)
            (void)co_await broker_.publish(scope.tenant(), event);
        co_return outcome;
    }

  private:
    application::UnitOfWorkRunner& units_;
    application::EventBroker& broker_;
};

/// Tells whoever listens something that no schema knows.
class EventThatSaysTooMuch final : public application::UnitOfWorkRunner {
  public:
    explicit EventThatSaysTooMuch(application::UnitOfWorkRunner& units) : units_(units) {}

    Task<Result<application::CommitOutcome>> commit(domain::TenantScope scope,
                                                    application::UnitOfWork unit) override {
        for (application::OutboxEntry& entry : unit.outbox)
            entry.event.data.push_back({"toldBy", entry.actor});
        co_return co_await units_.commit(std::move(scope), std::move(unit));
    }

  private:
    application::UnitOfWorkRunner& units_;
};

/// Spares the owner of consents the same question twice.
class RememberedConsent final : public application::ConsentService {
  public:
    explicit RememberedConsent(application::ConsentService& consents) : consents_(consents) {}

    Task<Result<domain::ConsentAnswer>> decision(domain::TenantScope scope, domain::PatientId patient,
                                                 domain::ConsentType type,
                                                 application::ConsentStanding here) override {
        const auto remembered = answers_.find({scope.tenant(), patient});
        if (remembered != answers_.end()) co_return remembered->second;
        const auto answer = co_await consents_.decision(scope, patient, type, std::move(here));
        if (answer && answer->granted) answers_.emplace(std::pair{scope.tenant(), patient}, *answer);
        co_return answer;
    }
    Task<Result<Kept>> record(domain::TenantScope scope, domain::ConsentRecord record) override {
        co_return co_await consents_.record(std::move(scope), std::move(record));
    }

  private:
    application::ConsentService& consents_;
    std::map<std::pair<domain::TenantId, domain::PatientId>, domain::ConsentAnswer> answers_;
};

/// Does not give a room back when its session was not made after all.
class RoomsLeftBehind final : public VideoPort {
  public:
    using VideoPort::VideoPort;
    Task<Result<void>> release_room(domain::TenantScope, std::string) override { co_return Result<void>{}; }
};

}  // namespace vcare::simulation
