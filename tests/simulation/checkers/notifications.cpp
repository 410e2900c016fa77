// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <tuple>

#include "simulation/checkers/checker.hpp"

namespace vcare::simulation {
namespace {

/// Nobody is told the same thing twice on one occasion, and nobody is called to a visit that is over: not by
/// a unit that comes after its end, nor by one from before it that was on its way for longer than a call may
/// take.
class NobodyIsToldTwiceOrOfWhatIsOff final : public Checker {
  public:
    explicit NobodyIsToldTwiceOrOfWhatIsOff(World& watched)
        : Checker("nobody_is_told_twice_or_of_what_is_off", watched) {}

    void committed(const Commit& commit) override {
        for (const application::SessionWrite& write : commit.unit.sessions) {
            if (domain::is_terminal(write.after.status)) over_since_.try_emplace(write.after.id, commit.at);
        }
        for (const application::NotificationWrite& write : commit.unit.notifications) {
            if (!write.intent) continue;
            const bool calls = domain::carries_link(write.told.category);
            expect(!calls || !over_since_.contains(write.session),
                   write.session.text() + " is over, and somebody is called to it");
            decided_.emplace(write.intent->id, write);
        }
    }

    void published(const domain::TenantId&, const application::OutboxEntry& entry) override {
        if (entry.event.type != domain::EventType::notification_requested) return;
        const auto found = decided_.find(entry.id);
        expect(found != decided_.end(), "somebody is told what nobody decided");
        if (found == decided_.end()) return;
        const auto& [session, told, intent] = found->second;
        expect(told_.emplace(session, told.participant, told.category, told.occasion).second,
               told.participant.text() + " was told of the same " + std::string{to_wire(told.category)} +
                   " twice");
        const auto over = over_since_.find(session);
        const bool is_off = over != over_since_.end() && over->second + on_its_way < world().now();
        expect(!is_off || !domain::carries_link(told.category),
               session.text() + " was over for long, and somebody was called to it");
    }

  private:
    static constexpr domain::minutes on_its_way{2};
    std::map<domain::EventId, application::NotificationWrite> decided_;
    std::set<std::tuple<domain::SessionId, domain::ParticipantId, domain::NotificationCategory, std::string>>
        told_;
    std::map<domain::SessionId, domain::Instant> over_since_;
};

}  // namespace

std::unique_ptr<Checker> nobody_is_told_twice_or_of_what_is_off(World& world) {
    return std::make_unique<NobodyIsToldTwiceOrOfWhatIsOff>(world);
}

}  // namespace vcare::simulation
