// SPDX-License-Identifier: Apache-2.0
#include "main/workers.hpp"

#include <boost/asio/co_spawn.hpp>

#include "application/ports/clock.hpp"
#include "application/ports/presence_store.hpp"
#include "application/ports/telemetry.hpp"

namespace vcare::program {

using application::Round;
using namespace std::chrono_literals;

Workers::Workers(const boost::asio::any_io_executor& executor, const application::Services& services,
                 Wakeup& outbox, Inbox& inbox, Wakeup& received, DependencyBoard& board, WorkerPlan plan)
    : executor_(executor),
      services_(services),
      plan_(std::move(plan)),
      teller_(services),
      relay_(services),
      sweeper_(services, services.clock.now() + plan_.sweeper_rests),
      payer_(services, plan_.pace.encounters_at_once),
      consent_payer_(services),
      sealer_(services),
      watcher_(services),
      reminders_(services),
      bars_(services, plan_.barred),
      inbox_(inbox),
      board_(board),
      all_rest_(executor) {
    // A replica that died between a commit and its numbering is the only one that nobody is roused for.
    workers_.push_back({"live", 5s, [this] { return tell(); }, &outbox});
    relay_wakeup_ = add("relay", 1s, [this] { return relay_.run_once(); }).wakeup;
    workers_.push_back({"inbox", 1s, [this] { return receive(); }, &received});
    booking_wakeup_ = add("appointments", 1s, [this] { return inbox_.book(); }).wakeup;
    add("heartbeat", 5s, [this] { return beat(); });
    sweeping_ = &add("sweeper", plan_.pace.sweep_every, [this] { return sweep(); });
    add("encounters", 1s, [this] { return payer_.run_once(); });
    add("consents", 5s, [this] { return settle_consents(); });
    // Entries are sealed within a second of their commit.
    add("sealer", 500ms, [this] { return sealer_.run_once(); });
    add("queues", 5s, [this] { return watcher_.run_once(); });
    add("bars", 1s, [this] { return bars_.run_once(); });
    add("dependencies", 5s, [this] { return look_at_dependencies(); });
    if (services.notifying.is_on()) add("reminders", 5s, [this] { return reminders_.run_once(); });
    if (plan_.retention) {
        retention_.emplace(services, *plan_.retention);
        add("retention", plan_.retention_every, [this] { return retention_->run_once(); });
    }
    if (plan_.traces) add("traces", 1s, [this] { return send_traces(); });
}

Workers::Worker& Workers::add(std::string_view name, std::chrono::milliseconds every, RunRound run_round) {
    wakeups_.push_back(std::make_unique<Wakeup>(executor_));
    return workers_.emplace_back(name, every, std::move(run_round), wakeups_.back().get());
}

void Workers::keep(WorkerPace pace) {
    sweeping_->every = pace.sweep_every;
    payer_.pay_at_once(pace.encounters_at_once);
}

Task<Result<void>> Workers::announce_replica() {
    const auto beaten = co_await beat();
    if (!beaten) co_return std::unexpected{beaten.error()};
    const auto learned = co_await bars_.run_once();
    if (!learned) co_return std::unexpected{learned.error()};
    co_return co_await teller_.begin();
}

void Workers::start() {
    running_ = workers_.size();
    for (const Worker& worker : workers_) {
        boost::asio::co_spawn(executor_, run(&worker),
                              [this](std::exception_ptr failure) { note_end(std::move(failure)); });
    }
}

Task<void> Workers::run(const Worker* worker) {
    while (!is_stopping_) {
        const auto round = co_await worker->run_round();
        if (!round) {
            services_.telemetry.log(application::Severity::warning, "worker.failed",
                                    {{"worker", std::string{worker->name}},
                                     {"code", std::string{domain::info_of(round.error().code).wire}}});
        }
        const bool goes_on = round && *round == Round::more;
        if (!goes_on && !is_stopping_) co_await worker->wakeup->wait(worker->every);
    }
}

// A worker that throws is a bug; better all die and start again than one kind of work stands still unseen.
void Workers::note_end(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
    --running_;
    all_rest_.wake();
}

Task<void> Workers::stop() {
    is_stopping_ = true;
    for (const Worker& worker : workers_) worker.wakeup->wake();
    while (running_ > 0) co_await all_rest_.wait(1s);
    // What the last rounds did.
    if (plan_.traces) static_cast<void>(co_await plan_.traces->run_once());
}

Task<Result<Round>> Workers::tell() {
    const auto round = co_await teller_.run_once();
    if (!services_.broker.is_embedded()) relay_wakeup_->wake();
    co_return round;
}

Task<Result<Round>> Workers::receive() {
    const auto round = co_await inbox_.receive();
    if (round && *round == Round::more) booking_wakeup_->wake();
    co_return round;
}

Task<Result<Round>> Workers::beat() {
    const domain::Instant now = services_.clock.now();
    const auto since = co_await services_.presence.heartbeat(plan_.replica, now);
    if (!since) co_return std::unexpected{since.error()};
    heartbeat_ = domain::SweepClock{.now = now, .counting_since = *since};
    co_return Round::idle;
}

Task<Result<Round>> Workers::sweep() {
    if (!heartbeat_) co_return Round::idle;
    co_return co_await sweeper_.run_once(*heartbeat_);
}

Task<Result<Round>> Workers::settle_consents() {
    const auto settled = co_await consent_payer_.run_once();
    if (!settled) co_return std::unexpected{settled.error()};
    co_return *settled > 0 ? Round::more : Round::idle;
}

Task<Result<Round>> Workers::look_at_dependencies() {
    co_await board_.look();
    co_return Round::idle;
}

Task<Result<Round>> Workers::send_traces() {
    co_return co_await plan_.traces->run_once() ? Round::more : Round::idle;
}

}  // namespace vcare::program
