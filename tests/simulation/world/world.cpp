// SPDX-License-Identifier: Apache-2.0
#include "simulation/world/world.hpp"

#include "adapters/store/migrate.hpp"
#include "adapters/store/sqlite_database.hpp"

namespace vcare::simulation {

using domain::milliseconds;

namespace {

/// 2026-03-02T08:00:00Z
constexpr domain::Instant first_morning = domain::from_unix_ms(1772438400000);

std::unique_ptr<store::Database> make_database_in_memory() {
    std::string why;
    auto connection = store::SqliteConnection::open(":memory:", store::SqliteConnection::Access::create, why);
    VCARE_CHECK(connection != nullptr, "memory can always be opened");
    store::migrate(*connection);
    return store::make_inline_database(std::move(connection));
}

}  // namespace

World::World(const Options& options)
    : options_(options),
      rates_(options.rates),
      timeline_(first_morning),
      client_dice_(options.seed * 4 + 1),
      weather_dice_(options.seed * 4 + 2),
      seeds_(options.seed * 4 + 3),
      clock_dice_(options.seed * 4 + 4),
      database_(make_database_in_memory()),
      truth_(database_.get()),
      weather_{timeline_, weather_dice_, rates_, observers_},
      surroundings_{.weather = weather_,
                    .database = *database_,
                    .consents = consents_,
                    .record = record_,
                    .broker = broker_,
                    .planted = options.planted} {
    start();
    plan_crash();
    plan_freeze();
    plan_clock_step();
    plan_record_outage();
}

World::~World() {
    core_.reset();
    timeline_.drop(Owner::clients);
    clients_.restart();
    clients_.poll();
}

void World::start() {
    ++lives_;
    core_ = std::make_unique<Core>(surroundings_, Owner{lives_}, seeds_.any());
    observers_.core_started();
    trace("start");
}

void World::crash() {
    if (!core_) return;
    trace("crash");
    observers_.core_away(timeline_.now());
    core_.reset();
}

/// Between two steps of whatever runs; the next life begins seconds, minutes or (rarely) hours later.
void World::plan_crash() {
    if (rates_.between_crashes == milliseconds{0}) return;
    const milliseconds until = client_dice_.between(milliseconds{0}, 2 * rates_.between_crashes);
    timeline_.at(Owner::clients, timeline_.now() + until, [this] {
        if (faults_ended_) return;
        crash();
        milliseconds away = client_dice_.between(domain::seconds{1}, domain::seconds{40});
        if (client_dice_.chance(0.3)) away += domain::minutes{client_dice_.below(30)};
        if (client_dice_.chance(0.05)) away += domain::hours{client_dice_.below(4)};
        timeline_.at(Owner::clients, timeline_.now() + away, [this] {
            if (!core_) start();
            plan_crash();
        });
    });
}

void World::plan_freeze() {
    if (rates_.between_freezes == milliseconds{0}) return;
    const milliseconds until = client_dice_.between(milliseconds{0}, 2 * rates_.between_freezes);
    timeline_.at(Owner::clients, timeline_.now() + until, [this] {
        if (faults_ended_) return;
        if (core_) {
            const auto stands_still = client_dice_.between(domain::seconds{5}, domain::minutes{40});
            trace("freeze");
            observers_.core_away(timeline_.now());
            timeline_.freeze(Owner{lives_}, timeline_.now() + stands_still);
            timeline_.at(Owner::clients, timeline_.now() + stands_still, [this, life = lives_] {
                if (core_ && life == lives_) observers_.core_started();
            });
        }
        plan_freeze();
    });
}

void World::plan_clock_step() {
    if (rates_.between_clock_steps == milliseconds{0}) return;
    const milliseconds until = clock_dice_.between(milliseconds{0}, 2 * rates_.between_clock_steps);
    timeline_.at(Owner::clients, timeline_.now() + until, [this] {
        if (faults_ended_) return;
        trace("clock step");
        const milliseconds most = clock_wrong_by_at_most;
        const bool is_put_right = clock_dice_.chance(0.5);
        timeline_.put_clock_wrong_by(is_put_right ? milliseconds{0}
                                                  : clock_dice_.between(milliseconds{0}, 2 * most) - most);
        observers_.clock_stepped();
        plan_clock_step();
    });
}

void World::plan_record_outage() {
    if (rates_.between_record_outages == milliseconds{0}) return;
    const milliseconds until = client_dice_.between(milliseconds{0}, 2 * rates_.between_record_outages);
    timeline_.at(Owner::clients, timeline_.now() + until, [this] {
        if (faults_ended_) return;
        record_.down_until = timeline_.now() + client_dice_.between(domain::minutes{10}, domain::hours{4});
        plan_record_outage();
    });
}

void World::end_faults() {
    faults_ended_ = true;
    rates_ = no_faults;
    record_.down_until = {};
    timeline_.put_clock_wrong_by(milliseconds{0});
    if (!core_) start();
}

void World::deliver(std::function<void()> action) {
    const milliseconds took = weather_dice_.between(milliseconds{1}, milliseconds{120});
    timeline_.at(Owner::clients, timeline_.now() + took, std::move(action));
}

void World::spawn(Task<void> client) {
    boost::asio::co_spawn(clients_, std::move(client), detail::rethrow);
}

bool World::run(const std::function<bool()>& done) {
    for (;;) {
        for (bool moved = true; moved;) {
            clients_.restart();
            moved = clients_.poll() > 0;
            moved = (core_ && core_->poll()) || moved;
        }
        if (done()) return true;
        if (!timeline_.step()) return false;
    }
}

void World::trace(std::string_view text) {
    const auto mix = [&](unsigned char byte) { trace_hash_ = (trace_hash_ ^ byte) * 0x100000001b3; };
    for (int shift = 0; shift < 64; shift += 8)
        mix(static_cast<unsigned char>(domain::to_unix_ms(timeline_.now()) >> shift));
    for (const char c : text) mix(static_cast<unsigned char>(c));
}

}  // namespace vcare::simulation
