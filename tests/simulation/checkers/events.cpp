// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "application/tenant_authority.hpp"
#include "simulation/checkers/checker.hpp"
#include "support/event_schema_checker.hpp"

namespace vcare::simulation {
namespace {

using domain::EventType;
using domain::SessionStatus;

/// The event that must tell of a session's arrival in a state.
std::optional<EventType> event_of_arrival(SessionStatus status) {
    switch (status) {
        case SessionStatus::scheduled:
            return EventType::session_created;
        case SessionStatus::waiting:
            return EventType::session_waiting;
        case SessionStatus::active:
            return EventType::session_started;
        case SessionStatus::ended:
            return EventType::session_ended;
        case SessionStatus::cancelled:
            return EventType::session_cancelled;
        case SessionStatus::failed:
            return EventType::session_failed;
    }
    return std::nullopt;
}

/// No change without its event in the same unit, no event without its change, each published exactly once,
/// and those of a session in the order of its changes.
class EveryChangeHasItsEvent final : public Checker {
  public:
    explicit EveryChangeHasItsEvent(World& watched)
        : Checker("every_change_has_its_event_once_in_order", watched) {}

    void committed(const Commit& commit) override {
        for (const application::OutboxEntry& entry : commit.unit.outbox) {
            owed_.insert(entry.id.text());
            if (!entry.event.session.empty()) in_order_[entry.event.session].push_back(entry.id.text());
        }
        for (const application::SessionWrite& write : commit.unit.sessions) {
            if (!write.change.versioned) continue;  // about one person: the rest of it may be older
            const domain::SessionData& session = write.after;
            const auto before = status_.find(session.id);
            const bool arrives = before == status_.end() || before->second != session.status;
            status_[session.id] = session.status;
            expect(!commit.unit.outbox.empty() || is_quiet(write),
                   session.id.text() + " changed without an event");
            if (arrives) check_arrival(commit, session);
        }
    }

    void published(const domain::TenantId&, const application::OutboxEntry& entry) override {
        // What people are told has a checker of its own: it may be overtaken, and goes nowhere then.
        if (entry.event.type == EventType::notification_requested) return;
        const std::string id = entry.id.text();
        expect(owed_.contains(id), "an event was published that no change had written: " +
                                       std::string{to_wire(entry.event.type)});
        expect(published_.insert(id).second, "an event was published twice");
        if (entry.event.session.empty()) return;
        const auto& order = in_order_[entry.event.session];
        std::size_t& next = published_of_[entry.event.session];
        expect(next < order.size() && order[next] == id, entry.event.session + " was told out of order");
        ++next;
    }

    void finished() override {
        expect(published_.size() == owed_.size(),
               std::to_string(owed_.size() - published_.size()) + " events were never published");
    }

  private:
    /// A pending consent that is noted again changes nothing anybody else needs to hear.
    static bool is_quiet(const application::SessionWrite& write) {
        return std::ranges::all_of(write.change.timeline, [](const domain::TimelineItem& item) {
            return item.type.starts_with("consent.");
        });
    }

    void check_arrival(const Commit& commit, const domain::SessionData& session) {
        const auto expected = event_of_arrival(session.status);
        const bool told = std::ranges::any_of(commit.unit.outbox, [&](const application::OutboxEntry& entry) {
            return entry.event.type == expected && entry.event.session == session.id.text();
        });
        expect(told, session.id.text() + " became " + std::string{to_wire(session.status)} + " in silence");
    }

    std::set<std::string> owed_;
    std::set<std::string> published_;
    std::map<std::string, std::vector<std::string>> in_order_;
    std::map<std::string, std::size_t> published_of_;
    std::map<domain::SessionId, SessionStatus> status_;
};

/// What is published is what `api/events` says of it.
class EveryEventFitsItsSchema final : public Checker {
  public:
    explicit EveryEventFitsItsSchema(World& watched) : Checker("every_event_fits_its_schema", watched) {}

    void published(const domain::TenantId&, const application::OutboxEntry& entry) override {
        for (const std::string& problem : support::problems_of_event(entry.event)) expect(false, problem);
    }
};

/// Every versioned change adds one, nothing is skipped, and nothing happens to a session that is over.
class VersionCountsTransitions final : public Checker {
  public:
    explicit VersionCountsTransitions(World& watched) : Checker("version_counts_transitions", watched) {}

    void committed(const Commit& commit) override {
        for (const application::SessionWrite& write : commit.unit.sessions) {
            if (!write.change.versioned) continue;
            const domain::SessionData& session = write.after;
            Known& known = known_.try_emplace(session.id, Known{commit.tenant, 0, {}}).first->second;
            expect(session.version == known.version + 1, session.id.text() + " went from version " +
                                                             std::to_string(known.version) + " to " +
                                                             std::to_string(session.version));
            const bool was_over = known.version > 0 && domain::is_terminal(known.status);
            expect(!was_over || known.status == session.status, session.id.text() + " was reopened");
            known.version = session.version;
            known.status = session.status;
        }
    }

    void finished() override {
        for (const auto& [id, known] : known_) {
            const auto scope = application::TenantAuthority::of_operator(known.tenant);
            const auto session = world().now_of(world().truth().sessions->find_session(scope, id));
            const bool is_there = session && *session;
            expect(is_there, id.text() + " is gone");
            if (!is_there) continue;
            expect((*session)->version == known.version, id.text() + " is stored with another version");
            expect((*session)->status == known.status, id.text() + " is stored with another status");
        }
    }

  private:
    struct Known {
        domain::TenantId tenant;
        std::uint64_t version = 0;
        SessionStatus status{};
    };
    std::map<domain::SessionId, Known> known_;
};

}  // namespace

std::unique_ptr<Checker> every_change_has_its_event_once_in_order(World& world) {
    return std::make_unique<EveryChangeHasItsEvent>(world);
}
std::unique_ptr<Checker> every_event_fits_its_schema(World& world) {
    return std::make_unique<EveryEventFitsItsSchema>(world);
}
std::unique_ptr<Checker> version_counts_transitions(World& world) {
    return std::make_unique<VersionCountsTransitions>(world);
}

}  // namespace vcare::simulation
