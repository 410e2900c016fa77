// SPDX-License-Identifier: Apache-2.0
#include "simulation/world/core.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>

#include "adapters/keys/cryptography.hpp"

namespace vcare::simulation {

namespace asio = boost::asio;
using application::PublishedEvent;
using domain::seconds;

namespace {

/// How long a started process closes no visit: everybody needs the time to come back.
constexpr seconds rest{120};
constexpr seconds sweep_every{15};
constexpr seconds beat_every{5};
constexpr unsigned encounters_at_once = 8;

void rethrow(std::exception_ptr problem) {
    if (problem) std::rethrow_exception(problem);
}

}  // namespace

Core::Core(const Surroundings& surroundings, Owner owner, std::uint64_t seed)
    : surroundings_(surroundings),
      owner_(owner),
      replica_("replica-" + std::to_string(static_cast<unsigned>(owner))),
      clock_(surroundings.weather.timeline, owner),
      randomness_(seed),
      road_(surroundings_.weather, surroundings.database, owner),
      unit_road_(surroundings_.weather, surroundings.database, owner),
      store_(&road_),
      consent_port_(surroundings_.weather, surroundings.consents, owner),
      video_(surroundings_.weather, owner),
      hasty_video_(surroundings_.weather, owner),
      record_(surroundings_.weather, surroundings.record, owner),
      broker_(surroundings_.weather, surroundings.broker, owner),
      keys_(surroundings_.weather, owner),
      licences_(surroundings_.weather, owner),
      telemetry_(surroundings.weather.observers),
      cryptography_(keys::make_cryptography()),
      hasty_units_(unit_road_, broker_),
      talkative_units_(unit_road_),
      forgetless_consents_(consent_port_),
      services_{
          .clock = clock_,
          .randomness = randomness_,
          .units = units_with(surroundings.planted),
          .sessions = *store_.sessions,
          .credentials = *store_.credentials,
          .tenants = *store_.tenants,
          .consents = *store_.consents,
          .audit = *store_.audit,
          .presence = *store_.presence,
          .queues = *store_.queues,
          .inbox = *store_.inbox,
          .event_log = *store_.event_log,
          .broker = broker_,
          .live = *this,
          .consent_service = surroundings.planted == Planted::remembered_consent
                                 ? static_cast<application::ConsentService&>(forgetless_consents_)
                                 : consent_port_,
          .video = surroundings.planted == Planted::rooms_left_behind ? hasty_video_ : video_,
          .keys = keys_,
          .cryptography = *cryptography_,
          .bearers = bearers_,
          .fhir = record_,
          .licensing = licences_,
          .telemetry = telemetry_,
          .notifying = {.by = application::Notifying::By::events, .page_url = "https://visits.example/v/#"}},
      teller_(services_),
      relay_(services_),
      sweeper_(services_, surroundings.planted == Planted::sweeper_that_trusts_the_clock
                              ? domain::Instant{}
                              : clock_.now() + rest),
      payer_(services_, encounters_at_once),
      sealer_(services_),
      watcher_(services_),
      reminders_(services_),
      consent_debts_(services_),
      trail_(services_),
      staff(services_),
      visits(services_),
      links(services_),
      idempotency(services_),
      create(services_),
      issue_token(services_),
      remove(services_),
      add(services_),
      admit(services_),
      end(services_),
      cancel(services_),
      reschedule(services_),
      fall_back(services_),
      preview(services_),
      new_link(services_),
      join(services_),
      join_as_staff(services_),
      follow_visit(services_),
      view(services_),
      answer_consent(services_),
      report_connection(services_, samples_),
      enter_video(services_),
      give_whereabouts(services_),
      leave(services_),
      read(services_, trail_),
      configure(services_) {
    asio::co_spawn(io_, beat(), rethrow);
    asio::co_spawn(io_, run_sweeper(), rethrow);
    asio::co_spawn(io_, repeat(&teller_, seconds{3}), rethrow);
    asio::co_spawn(io_, repeat(&relay_, seconds{3}), rethrow);
    asio::co_spawn(io_, repeat(&payer_, seconds{5}), rethrow);
    asio::co_spawn(io_, repeat(&sealer_, seconds{20}), rethrow);
    asio::co_spawn(io_, repeat(&watcher_, seconds{60}), rethrow);
    asio::co_spawn(io_, repeat(&reminders_, seconds{5}), rethrow);
    asio::co_spawn(io_, pay_consent_debts(), rethrow);
    asio::co_spawn(io_, write_read_audit(), rethrow);
}

/// Whatever is under way waits on the timeline; its coroutines unwind here, before what they point to goes.
application::UnitOfWorkRunner& Core::units_with(Planted planted) {
    if (planted == Planted::event_outside_the_transaction) return hasty_units_;
    if (planted == Planted::event_that_says_too_much) return talkative_units_;
    return unit_road_;
}

Core::~Core() {
    surroundings_.weather.timeline.drop(owner_);
    io_.restart();
    io_.poll();
}

bool Core::poll() {
    io_.restart();
    return io_.poll() > 0;
}

void Core::keep(Stream stream) {
    surroundings_.weather.observers.stream_opened(stream.context.session, stream.context.participant);
    const std::string id = stream.id;
    streams_.insert_or_assign(id, std::move(stream));
}

void Core::forget(const std::string& stream_id) {
    const auto stream = streams_.find(stream_id);
    if (stream == streams_.end()) return;
    const application::VisitContext who = stream->second.context;
    streams_.erase(stream);
    surroundings_.weather.observers.stream_closed(who.session, who.participant);
}

bool Core::has_open(const std::string& stream_id) const {
    const auto stream = streams_.find(stream_id);
    return stream != streams_.end() && !stream->second.closed;
}

void Core::announce(std::vector<PublishedEvent> events) {
    for (const auto& [id, stream] : streams_) {
        std::vector<PublishedEvent> of_this_visit;
        for (const PublishedEvent& event : events) {
            const bool is_of_it = event.tenant == stream.context.scope.tenant() &&
                                  event.entry.event.session == stream.context.session.text();
            if (is_of_it) of_this_visit.push_back(event);
        }
        if (!of_this_visit.empty() && !stream.closed)
            asio::co_spawn(io_, follow(id, std::move(of_this_visit)), rethrow);
    }
}

Task<void> Core::follow(std::string stream_id, std::vector<PublishedEvent> events) {
    const auto stream = streams_.find(stream_id);
    if (stream == streams_.end()) co_return;
    const auto frames = co_await follow_visit.follow(stream->second.context, std::move(events));
    if (!frames) co_return;
    const bool closes = std::ranges::any_of(*frames, &application::VisitFrame::closes);
    const auto still = streams_.find(stream_id);
    if (closes && still != streams_.end()) still->second.closed = true;
}

Task<void> Core::beat() {
    for (;;) {
        const domain::Instant now = clock_.now();
        const auto counting_since = co_await store_.presence->heartbeat(replica_, now);
        if (counting_since) heartbeat_ = domain::SweepClock{.now = now, .counting_since = *counting_since};
        co_await clock_.wait_for(beat_every);
    }
}

Task<void> Core::run_sweeper() {
    for (;;) {
        co_await clock_.wait_for(sweep_every);
        if (heartbeat_) (void)co_await sweeper_.run_once(as_planted(*heartbeat_));
    }
}

domain::SweepClock Core::as_planted(domain::SweepClock heartbeat) const {
    switch (surroundings_.planted) {
        case Planted::sweeper_that_trusts_the_clock:
            return {.now = clock_.now(), .counting_since = {}};
        case Planted::sweeper_that_asks_the_time_again:
            return {.now = clock_.now(), .counting_since = heartbeat.counting_since};
        default:
            return heartbeat;
    }
}

template <class Worker>
Task<void> Core::repeat(Worker* worker, seconds pause) {
    for (;;) {
        const auto round = co_await worker->run_once();
        const bool there_is_more = round && *round == application::Round::more;
        if (!there_is_more) co_await clock_.wait_for(pause);
    }
}

Task<void> Core::pay_consent_debts() {
    for (;;) {
        (void)co_await consent_debts_.run_once();
        co_await clock_.wait_for(seconds{10});
    }
}

Task<void> Core::write_read_audit() {
    for (;;) {
        co_await trail_.flush();
        co_await clock_.wait_for(seconds{2});
    }
}

}  // namespace vcare::simulation
