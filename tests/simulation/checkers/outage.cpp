// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "application/tenant_authority.hpp"
#include "simulation/checkers/checker.hpp"
#include "simulation/faults.hpp"

namespace vcare::simulation {
namespace {

using domain::Instant;
using domain::seconds;

/// Shorter gaps are no outage: heartbeats come every 5 s, and 15 s of silence are one.
constexpr seconds no_outage{15};
/// How long after a start no visit is closed.
constexpr seconds rest{120};
/// What the road to the store and back may take out of a measured time.
constexpr seconds on_the_way{2};

/// The sweeper closes a visit only when people had all their time with a core that was there to connect to.
class NeverClosedByOurOutage final : public Checker {
  public:
    explicit NeverClosedByOurOutage(World& watched) : Checker("never_closed_by_our_outage", watched) {}

    void core_away(Instant since) override {
        for (const auto& [session, people] : connected_) last_connected_[session] = since;
        connected_.clear();
        if (!away_since_) away_since_ = since;
    }
    void core_started() override {
        const Instant now = world().now();
        const bool was_an_outage = away_since_ && now - *away_since_ > no_outage;
        if (was_an_outage) back_since_ = now;
        away_since_.reset();
        started_at_ = now;
    }
    void stream_opened(const domain::SessionId& session, const domain::ParticipantId& who) override {
        connected_[session].insert(who);
    }
    void stream_closed(const domain::SessionId& session, const domain::ParticipantId& who) override {
        auto people = connected_.find(session);
        if (people == connected_.end()) return;
        people->second.erase(who);
        if (people->second.empty()) connected_.erase(people);
        last_connected_[session] = world().now();
    }

    void committed(const Commit& commit) override {
        for (const application::SessionWrite& write : commit.unit.sessions) {
            const bool by_the_sweeper = !write.change.timeline.empty() &&
                                        write.change.timeline.front().actor == "system:sweeper" &&
                                        domain::is_terminal(write.after.status) && write.change.versioned;
            if (by_the_sweeper) check(commit, write.after);
        }
    }

  private:
    void check(const Commit& commit, const domain::SessionData& session) {
        const auto config = configuration_of(commit.tenant);
        const std::string id = session.id.text();
        expect(commit.at + on_the_way >= started_at_ + rest,
               id + " was closed while everybody was coming back");

        const bool abandoned = session.status == domain::SessionStatus::ended;
        const domain::milliseconds had_to_wait = abandoned ? domain::milliseconds{config.abandon_after}
                                                           : domain::milliseconds{config.join_window_after};
        const Instant ready_since = back_since_;
        expect(commit.at + on_the_way >= ready_since + had_to_wait,
               id + " was closed although we were away until " + domain::to_rfc3339(ready_since));
        if (abandoned) {
            expect(!connected_.contains(session.id), id + " was abandoned with somebody in it");
            const Instant last =
                last_connected_.contains(session.id) ? last_connected_[session.id] : Instant{};
            expect(commit.at + on_the_way >= last + had_to_wait,
                   id + " was abandoned, somebody was there at " + domain::to_rfc3339(last));
        } else {
            // The hour that the patient was told is the only time here that the service reads off its clock.
            expect(commit.at + on_the_way + clock_wrong_by_at_most >= session.scheduled_end + had_to_wait,
                   id + " was cancelled too early");
        }
    }

    domain::TenantConfig configuration_of(const domain::TenantId& tenant) {
        const auto scope = application::TenantAuthority::of_operator(tenant);
        return world().now_of(world().truth().tenants->load_config(scope)).value().config;
    }

    Instant started_at_ = world().now();
    Instant back_since_ = {};
    std::optional<Instant> away_since_;
    std::map<domain::SessionId, std::set<domain::ParticipantId>> connected_;
    std::map<domain::SessionId, Instant> last_connected_;
};

}  // namespace

std::unique_ptr<Checker> never_closed_by_our_outage(World& world) {
    return std::make_unique<NeverClosedByOurOutage>(world);
}

}  // namespace vcare::simulation
