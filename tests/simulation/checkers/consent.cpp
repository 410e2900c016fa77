// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "simulation/checkers/checker.hpp"

namespace vcare::simulation {
namespace {

using Patient = std::pair<domain::TenantId, domain::PatientId>;

/// A visit starts only when the owner of consents said "granted" to the very command that starts it, and no
/// withdrawal was made here since.
class NeverActiveWithoutConsent final : public Checker {
  public:
    explicit NeverActiveWithoutConsent(World& watched) : Checker("never_active_without_consent", watched) {}

    void consent_said(const ConsentSaid& said) override {
        if (said.granted) granted_[{said.tenant, said.patient}] = {said.at, said.believed_at};
    }
    void clock_stepped() override { clock_stepped_at_ = world().now(); }

    void committed(const Commit& commit) override {
        for (const application::LocalWithdrawal& withdrawal : commit.unit.withdrawals)
            withdrawn_at_[{commit.tenant, withdrawal.record.patient}] = commit.at;
        for (const application::SessionWrite& write : commit.unit.sessions) {
            const domain::SessionData& session = write.after;
            const bool starts =
                session.status == domain::SessionStatus::active && active_.insert(session.id).second;
            if (starts) check_start(commit, session);
        }
    }

  private:
    /// No command takes longer.
    static constexpr domain::seconds command_at_most{15};
    struct Granted {
        domain::Instant at;
        domain::Instant believed_at;
    };

    void check_start(const Commit& commit, const domain::SessionData& session) {
        const Patient patient{commit.tenant, session.patient};
        const auto granted = granted_.find(patient);
        const bool is_there = granted != granted_.end();
        // The beginning of the command and the answer are told by one clock, unless it was put otherwise in
        // between.
        const bool cannot_be_compared = clock_stepped_at_ && commit.at - *clock_stepped_at_ < command_at_most;
        const bool was_granted_to_this_command =
            is_there && (cannot_be_compared || granted->second.believed_at >= *session.actual_start);
        expect(
            was_granted_to_this_command,
            session.id.text() + " became active, and nobody said granted since its admission was asked for");
        const auto withdrawn = withdrawn_at_.find(patient);
        const bool was_withdrawn_since =
            is_there && withdrawn != withdrawn_at_.end() && withdrawn->second > granted->second.at;
        expect(!was_withdrawn_since, session.id.text() + " became active after a withdrawal made here");
    }

    std::map<Patient, Granted> granted_;
    std::map<Patient, domain::Instant> withdrawn_at_;
    std::optional<domain::Instant> clock_stepped_at_;
    std::set<domain::SessionId> active_;
};

/// A row has its room at every moment, and a room that nobody gave back has its row; only what a crash cut
/// off between the two may be left over, as the name of a room that nobody was told.
class NeverARowWithoutARoom final : public Checker {
  public:
    explicit NeverARowWithoutARoom(World& watched) : Checker("never_a_row_without_a_room", watched) {}

    void room_made(const std::string& name) override { without_a_row_[name] = world().now(); }

    /// What was begun longer ago had been given up, and its room been given back.
    void core_away(domain::Instant since) override {
        std::erase_if(without_a_row_, [&](const auto& room) {
            const bool was_in_the_middle = room.second >= since - longest_create;
            if (was_in_the_middle) cut_off_.insert(room.first);
            return was_in_the_middle;
        });
    }

    void room_given_back(const std::string& name) override {
        without_a_row_.erase(name);
        cut_off_.erase(name);
        expect(!with_rows_.contains(name), name + " was given back, and its session is there");
    }

    void committed(const Commit& commit) override {
        for (const application::SessionWrite& write : commit.unit.sessions) {
            const std::string& room = write.after.room_name;
            const bool is_new = without_a_row_.erase(room) + cut_off_.erase(room) > 0;
            expect(is_new || with_rows_.contains(room),
                   write.after.id.text() + " was written without a room");
            with_rows_.insert(room);
        }
    }

    void finished() override {
        for (const auto& [room, made_at] : without_a_row_)
            expect(false, room + " was left behind without a session");
    }

  private:
    static constexpr domain::seconds longest_create{30};
    std::map<std::string, domain::Instant> without_a_row_;
    std::set<std::string> cut_off_;
    std::set<std::string> with_rows_;
};

}  // namespace

std::unique_ptr<Checker> never_active_without_consent(World& world) {
    return std::make_unique<NeverActiveWithoutConsent>(world);
}
std::unique_ptr<Checker> never_a_row_without_a_room(World& world) {
    return std::make_unique<NeverARowWithoutARoom>(world);
}

}  // namespace vcare::simulation
