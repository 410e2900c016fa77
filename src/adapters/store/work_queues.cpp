// SPDX-License-Identifier: Apache-2.0
#include <ranges>
#include <set>

#include <fmt/format.h>

#include "adapters/store/rows.hpp"
#include "adapters/store/sealer.hpp"
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::CheckpointTurn;
using application::ClaimedEvent;
using application::ConsentDebt;
using application::DebtState;
using application::DueReminder;
using application::DueSession;
using application::EncounterDebt;
using application::EncounterDebtStatus;
using application::OutboxItem;
using application::PublishedEvent;
using application::QueueItem;
using application::QueueLengths;
using application::RelayedEvent;
using application::RelayResult;
using application::Sealing;

/// The name of its counter.
constexpr std::string_view relay_turn = "relay_turn";
constexpr hours kept_answer_life{24};
constexpr hours presence_life{24};
constexpr days published_event_life{3};
constexpr days taken_message_life{90};
constexpr days notification_life{90};

std::optional<QueueItem> read_item(const Rows& row, int column) {
    auto tenant = row.optional_id<TenantId>(column);
    return tenant ? std::optional{QueueItem{*std::move(tenant)}} : std::nullopt;
}

/// By the order of their writing, from 1 on; all 0 for none.
struct Written {
    std::int64_t first = 0;
    std::int64_t last = 0;
};

Work<Written> find_unnumbered(Connection* connection, unsigned limit) {
    Rows rows = co_await connection->query(Sql::unnumbered_events, limit);
    co_return rows.next() ? Written{.first = rows.integer(0), .last = rows.integer(1)} : Written{};
}

Work<Result<std::vector<PublishedEvent>>> number_and_read(Connection* connection, std::uint64_t position,
                                                          unsigned limit,
                                                          std::optional<Instant> published_at) {
    if (const auto [first, last] = co_await find_unnumbered(connection, limit); last > 0) {
        // Whoever numbers does so alone, and sees all that the one before did.
        connection->execute(Sql::lock_numbering);
        connection->execute(Sql::number_events, first, last, published_at);
        connection->execute(Sql::end_numbering);
        connection->execute(Sql::wake_replicas);
    }
    std::vector<PublishedEvent> events;
    Rows rows = co_await connection->query(Sql::numbered_events, position, limit);
    while (rows.next()) {
        auto tenant = rows.optional_id<TenantId>(0);
        auto entry = read_event(rows);
        if (tenant && entry)
            events.push_back({.position = static_cast<std::uint64_t>(rows.integer(10)),
                              .tenant = *std::move(tenant),
                              .entry = *std::move(entry)});
    }
    co_return events;
}

Work<Result<std::uint64_t>> read_last_position(Connection* connection) {
    Rows rows = co_await connection->query(Sql::counter, "outbox_position");
    co_return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

/// Oldest first, and none behind one of its line that was refused and has to wait.
Work<std::vector<ClaimedEvent>> read_claimable(Connection* connection, Instant now, Instant held_until,
                                               unsigned limit) {
    std::vector<ClaimedEvent> events;
    std::set<std::string> held;
    bool is_last = false;
    for (unsigned offset = 0; !is_last && events.size() < limit; offset += limit) {
        Rows rows = co_await connection->query(Sql::waiting_events, limit, offset);
        unsigned count = 0;
        while (events.size() < limit && rows.next() && !rows.is_null(10)) {
            ++count;
            auto item = read_item(rows, 0);
            auto entry = read_event(rows);
            if (!item || !entry) continue;
            std::string line = application::line_of(item->scope().tenant(), entry->event);
            if (const auto next = rows.optional_instant(12); next && *next > now)
                held.insert(std::move(line));
            else if (!held.contains(line))
                events.push_back({.item = *std::move(item),
                                  .position = static_cast<std::uint64_t>(rows.integer(10)),
                                  .entry = *std::move(entry),
                                  .refusals = static_cast<unsigned>(rows.integer(11)),
                                  .held_until = held_until});
        }
        is_last = count < limit;
    }
    co_return events;
}

/// As statements take a list of them; empty for none.
std::string positions_of(std::ranges::input_range auto&& events) {
    std::string list;
    for (const ClaimedEvent& event : events)
        fmt::format_to(std::back_inserter(list), "{}{}", list.empty() ? '[' : ',', event.position);
    if (!list.empty()) list += ']';
    return list;
}

Work<bool> has_waiting(Connection* connection) {
    Rows rows = co_await connection->query(Sql::waiting_events, 1, 0);
    co_return rows.next() && !rows.is_null(10);
}

Work<Result<std::vector<ClaimedEvent>>> claim_waiting(Connection* connection, Instant now, Instant held_until,
                                                      unsigned limit) {
    std::vector<ClaimedEvent> events;
    if (!co_await has_waiting(connection)) co_return events;
    if (co_await connection->count_changed(Sql::take_turn, relay_turn, now, held_until) == 0)
        co_return events;
    events = co_await read_claimable(connection, now, held_until, limit);
    if (events.empty()) connection->execute(Sql::end_turn, relay_turn, held_until, Instant{});
    co_return events;
}

/// What was acknowledged is written down for all together.
void settle(Connection* connection, const RelayedEvent& relayed, Instant at) {
    const ClaimedEvent& event = relayed.event;
    const TenantId& tenant = event.item.scope().tenant();
    switch (relayed.result) {
        case RelayResult::acknowledged:
        case RelayResult::untried:
            break;
        case RelayResult::refused:
            connection->execute(Sql::put_off_event, tenant, event.position, relayed.next_attempt,
                                relayed.problem);
            break;
        case RelayResult::dead:
            connection->execute(Sql::bury_event, tenant, event.position, at, relayed.problem);
            break;
    }
}

void settle_all(Connection* connection, const std::vector<RelayedEvent>& events, Instant at) {
    for (const RelayedEvent& event : events) settle(connection, event, at);
    const auto is_through = [](const RelayedEvent& event) {
        return event.result == RelayResult::acknowledged || event.result == RelayResult::dead;
    };
    const std::string positions =
        positions_of(events | std::views::filter(is_through) | std::views::transform(&RelayedEvent::event));
    if (!positions.empty()) connection->execute(Sql::acknowledge_events, positions, at);
    if (!events.empty())
        connection->execute(Sql::end_turn, relay_turn, events.front().event.held_until, Instant{});
}

Work<Result<std::vector<OutboxItem>>> read_outbox(Connection* connection, unsigned limit) {
    std::vector<OutboxItem> items;
    for (const bool is_dead : {false, true}) {
        Rows rows =
            co_await connection->query(is_dead ? Sql::list_dead_letters : Sql::list_waiting_events, limit);
        while (rows.next()) {
            auto tenant = rows.optional_id<TenantId>(0);
            auto entry = read_event(rows);
            if (tenant && entry)
                items.push_back({.tenant = *std::move(tenant),
                                 .entry = *std::move(entry),
                                 .is_dead = is_dead,
                                 .refusals = static_cast<unsigned>(rows.integer(10)),
                                 .last_problem = rows.string(11)});
        }
    }
    co_return items;
}

constexpr unsigned most_replayed = 10'000;

Work<Result<unsigned>> replay(Connection* connection, std::optional<EventId> wanted) {
    unsigned count = 0;
    const auto items = co_await read_outbox(connection, most_replayed);
    for (const OutboxItem& item : *items) {
        if (!item.is_dead || (wanted && *wanted != item.entry.id)) continue;
        connection->execute(Sql::revive_event, item.tenant, item.entry.id);
        connection->execute(Sql::restore_event, item.tenant, item.entry.id);
        connection->execute(Sql::delete_dead_letter, item.tenant, item.entry.id);
        ++count;
    }
    co_return count;
}

/// Sessions whose row in the queue of `due` is due, `DueSession` or `DueReminder`; `lease` holds each.
template <class Due>
Work<Result<std::vector<Due>>> claim_sessions(Connection* connection, Sql due, Sql lease, Instant now,
                                              Instant held_until, unsigned limit) {
    std::vector<Due> claimed;
    {
        Rows rows = co_await connection->query(due, now, limit);
        while (rows.next()) {
            auto item = read_item(rows, 0);
            auto session = rows.optional_id<SessionId>(1);
            if (item && session)
                claimed.push_back(
                    {.item = *std::move(item), .session = *std::move(session), .held_until = held_until});
        }
    }
    for (const Due& one : claimed)
        connection->execute(lease, one.item.scope().tenant(), one.session, held_until);
    co_return claimed;
}

Work<Result<std::vector<EncounterDebt>>> claim_encounters(Connection* connection, Instant now,
                                                          Instant lease_until, unsigned limit) {
    std::vector<EncounterDebt> debts;
    {
        Rows rows = co_await connection->query(Sql::due_encounter_debts, now, limit);
        while (rows.next()) {
            auto tenant = rows.optional_id<TenantId>(0);
            auto session = rows.optional_id<SessionId>(1);
            const TraceContext cause = TraceContext::parse(rows.text(4)).value_or(TraceContext{});
            if (tenant && session)
                debts.push_back({.item = QueueItem{*std::move(tenant), cause},
                                 .session = *std::move(session),
                                 .owed_since = rows.instant(2),
                                 .attempts = static_cast<unsigned>(rows.integer(3))});
        }
    }
    for (const EncounterDebt& debt : debts)
        connection->execute(Sql::lease_encounter_debt, debt.item.scope().tenant(), debt.session, lease_until);
    co_return debts;
}

Work<Result<std::vector<ConsentDebt>>> claim_consents(Connection* connection, Instant now,
                                                      Instant lease_until, unsigned limit) {
    std::vector<ConsentDebt> debts;
    {
        Rows rows = co_await connection->query(Sql::due_consent_debts, now, limit);
        while (rows.next()) {
            auto item = read_item(rows, 13);
            if (!item) continue;
            auto record = read_consent(item->scope().tenant(), rows);
            if (record)
                debts.push_back({.item = *std::move(item),
                                 .record = *std::move(record),
                                 .attempts = static_cast<unsigned>(rows.integer(12))});
        }
    }
    for (const ConsentDebt& debt : debts)
        connection->execute(Sql::lease_consent_debt, debt.item.scope().tenant(), debt.record.id, lease_until);
    co_return debts;
}

Work<Result<std::vector<EncounterDebtStatus>>> read_debt_statuses(Connection* connection) {
    std::vector<EncounterDebtStatus> debts;
    Rows rows = co_await connection->query(Sql::list_encounter_debts);
    while (rows.next()) {
        auto tenant = rows.optional_id<TenantId>(0);
        auto session = rows.optional_id<SessionId>(1);
        if (tenant && session)
            debts.push_back({.tenant = *std::move(tenant),
                             .session = *std::move(session),
                             .owed_since = rows.instant(2),
                             .attempts = static_cast<unsigned>(rows.integer(3)),
                             .next_attempt = rows.instant(4),
                             .state = rows.text(5) == "dead" ? DebtState::dead : DebtState::open,
                             .last_problem = rows.string(6)});
    }
    co_return debts;
}

Work<Result<unsigned>> make_due(Connection* connection, std::optional<SessionId> session, Instant now) {
    const int changed = session ? co_await connection->count_changed(Sql::retry_encounter_debt, now, *session)
                                : co_await connection->count_changed(Sql::retry_encounter_debts, now);
    co_return static_cast<unsigned>(changed);
}

std::uint64_t count(const Rows& row, int column) {
    return static_cast<std::uint64_t>(row.integer(column));
}

Work<Result<QueueLengths>> read_lengths(Connection* connection) {
    QueueLengths lengths;
    if (Rows rows = co_await connection->query(Sql::count_unpublished); rows.next()) {
        lengths.outbox_pending = count(rows, 0);
        lengths.oldest_unpublished = rows.optional_instant(1);
    }
    if (Rows rows = co_await connection->query(Sql::count_dead_letters); rows.next())
        lengths.outbox_dead = count(rows, 0);
    if (Rows rows = co_await connection->query(Sql::count_encounter_debts); rows.next()) {
        lengths.encounter_debts = count(rows, 0);
        lengths.oldest_encounter_debt = rows.optional_instant(1);
        lengths.encounter_dead = count(rows, 2);
    }
    if (Rows rows = co_await connection->query(Sql::count_waiting); rows.next())
        lengths.waiting_participants = count(rows, 0);
    if (Rows rows = co_await connection->query(Sql::count_open_sessions, QueueLengths::most_sessions_counted);
        rows.next())
        lengths.open_sessions = count(rows, 0);
    co_return lengths;
}

struct Batch {
    Sql sql{};
    Instant until;
};

Work<Result<unsigned>> tidy(Connection* connection, Instant now, unsigned limit) {
    const std::array batches = {
        Batch{Sql::tidy_kept_answers, now - kept_answer_life},
        Batch{Sql::tidy_whereabouts, now},
        Batch{Sql::tidy_closed_streams, now - presence_life},
        Batch{Sql::tidy_dead_streams, now - presence_life},
        Batch{Sql::tidy_heartbeats, now - presence_life},
        Batch{Sql::tidy_calls, now - presence_life},
        Batch{Sql::tidy_inbox, now - taken_message_life},
        Batch{Sql::tidy_barred_users, now - bar_life},
        Batch{Sql::tidy_notifications, now - notification_life},
    };
    unsigned gone = 0;
    for (const auto& [sql, until] : batches)
        gone += static_cast<unsigned>(co_await connection->count_changed(sql, until, limit - gone));
    const Instant served = now - published_event_life;
    connection->execute(Sql::raise_outbox_floor, served, limit - gone);
    gone += static_cast<unsigned>(co_await connection->count_changed(Sql::tidy_outbox, served, limit - gone));
    co_return gone;
}

/// A lease that is lost runs out, as it were, and is taken again.
Sight leasing() {
    return across_tenants().that_may_be_lost();
}

class SqlWorkQueues final : public application::WorkQueues {
  public:
    explicit SqlWorkQueues(Database* database) : database_(database) {}

    Task<Result<std::vector<PublishedEvent>>> number_events(std::uint64_t position, unsigned limit,
                                                            std::optional<Instant> published_at) override {
        auto work = [=](Connection* c) { return number_and_read(c, position, limit, published_at); };
        co_return co_await write<std::vector<PublishedEvent>>(database_, across_tenants(), work);
    }

    Task<Result<std::uint64_t>> last_position() override {
        auto work = [](Connection* c) { return read_last_position(c); };
        co_return co_await read<std::uint64_t>(database_, across_tenants(), work);
    }

    Task<Result<std::vector<ClaimedEvent>>> claim_events(Instant now, Instant held_until,
                                                         unsigned limit) override {
        auto work = [=](Connection* c) { return claim_waiting(c, now, held_until, limit); };
        co_return co_await write<std::vector<ClaimedEvent>>(database_, leasing(), work);
    }

    Task<Result<void>> settle_events(std::vector<RelayedEvent> events, Instant at) override {
        auto work = [&](Connection* c) -> Result<void> {
            settle_all(c, events, at);
            return {};
        };
        // The broker knows an event that comes again by its id.
        co_return co_await write<void>(database_, across_tenants().that_may_be_lost(), work);
    }

    Task<Result<std::vector<OutboxItem>>> list_outbox(unsigned limit) override {
        auto work = [=](Connection* c) { return read_outbox(c, limit); };
        co_return co_await read<std::vector<OutboxItem>>(database_, across_tenants(), work);
    }

    Task<Result<unsigned>> replay_dead_letters(std::optional<EventId> event) override {
        auto work = [&](Connection* c) { return replay(c, event); };
        co_return co_await write<unsigned>(database_, across_tenants(), work);
    }

    Task<Result<std::vector<DueSession>>> claim_due_sessions(Instant now, Instant held_until,
                                                             unsigned limit) override {
        auto work = [=](Connection* c) {
            return claim_sessions<DueSession>(c, Sql::due_sessions, Sql::lease_due_time, now, held_until,
                                              limit);
        };
        co_return co_await write<std::vector<DueSession>>(database_, leasing(), work);
    }

    Task<Result<void>> look_again(DueSession session, std::optional<Instant> at) override {
        auto work = [&](Connection* c) -> Result<void> {
            const TenantId& tenant = session.item.scope().tenant();
            if (at) {
                c->execute(Sql::look_again, tenant, session.session, session.held_until, *at);
            } else {
                c->execute(Sql::look_never_again, tenant, session.session, session.held_until);
            }
            return {};
        };
        co_return co_await write<void>(database_, across_tenants().that_may_be_lost(), work);
    }

    Task<Result<std::vector<DueReminder>>> claim_reminders(Instant now, Instant held_until,
                                                           unsigned limit) override {
        auto work = [=](Connection* c) {
            return claim_sessions<DueReminder>(c, Sql::due_reminders, Sql::lease_reminder, now, held_until,
                                               limit);
        };
        co_return co_await write<std::vector<DueReminder>>(database_, leasing(), work);
    }

    Task<Result<std::vector<EncounterDebt>>> claim_encounter_debts(Instant now, Instant lease_until,
                                                                   unsigned limit) override {
        auto work = [=](Connection* c) { return claim_encounters(c, now, lease_until, limit); };
        co_return co_await write<std::vector<EncounterDebt>>(database_, leasing(), work);
    }

    Task<Result<void>> postpone_encounter_debt(EncounterDebt debt, Instant next,
                                               std::string problem) override {
        auto work = [&](Connection* c) -> Result<void> {
            c->execute(Sql::postpone_encounter_debt, debt.item.scope().tenant(), debt.session, next, problem);
            return {};
        };
        co_return co_await write<void>(database_, across_tenants(), work);
    }

    Task<Result<void>> bury_encounter_debt(EncounterDebt debt, std::string problem) override {
        auto work = [&](Connection* c) -> Result<void> {
            c->execute(Sql::bury_encounter_debt, debt.item.scope().tenant(), debt.session, problem);
            return {};
        };
        co_return co_await write<void>(database_, across_tenants(), work);
    }

    Task<Result<std::vector<EncounterDebtStatus>>> list_encounter_debts() override {
        auto work = [](Connection* c) { return read_debt_statuses(c); };
        co_return co_await read<std::vector<EncounterDebtStatus>>(database_, across_tenants(), work);
    }

    Task<Result<unsigned>> retry_encounter_debts(std::optional<SessionId> session, Instant now) override {
        auto work = [&](Connection* c) { return make_due(c, session, now); };
        co_return co_await write<unsigned>(database_, across_tenants(), work);
    }

    Task<Result<std::vector<ConsentDebt>>> claim_consent_debts(Instant now, Instant lease_until,
                                                               unsigned limit) override {
        auto work = [=](Connection* c) { return claim_consents(c, now, lease_until, limit); };
        co_return co_await write<std::vector<ConsentDebt>>(database_, leasing(), work);
    }

    Task<Result<void>> settle_consent_debt(ConsentDebt debt) override {
        auto work = [&](Connection* c) -> Result<void> {
            c->execute(Sql::settle_consent_debt, debt.item.scope().tenant(), debt.record.id);
            return {};
        };
        co_return co_await write<void>(database_, across_tenants(), work);
    }

    Task<Result<Sealing>> seal_audit(unsigned limit) override {
        const auto sealed = co_await seal_chains(Chains{}, limit);
        if (sealed) co_return Sealing{.entries = *sealed};
        if (sealed.error().code == ErrorCode::store_unavailable) co_return std::unexpected{sealed.error()};
        co_return co_await seal_one_by_one(limit);
    }

    Task<Result<CheckpointTurn>> claim_checkpoint(Instant now, Instant held_until, Instant next) override {
        auto work = [=](Connection* c) { return take_checkpoint_turn(c, now, held_until, next); };
        co_return co_await write<CheckpointTurn>(database_, leasing(), work);
    }

    Task<Result<void>> keep_checkpoint(CheckpointTurn turn, std::string signature, Instant at,
                                       Instant next) override {
        auto work = [&](Connection* c) { return write_checkpoint(c, turn, signature, at, next); };
        co_return co_await write<void>(database_, across_tenants(), work);
    }

    Task<Result<QueueLengths>> lengths() override {
        auto work = [](Connection* c) { return read_lengths(c); };
        co_return co_await read<QueueLengths>(database_, across_tenants().in_one_state(), work);
    }

    Task<Result<unsigned>> tidy_up(Instant now, unsigned limit) override {
        auto work = [=](Connection* c) { return tidy(c, now, limit); };
        co_return co_await write<unsigned>(database_, across_tenants(), work);
    }

  private:
    Task<Result<unsigned>> seal_chains(Chains chains, unsigned limit) {
        auto work = [&](Connection* c) { return seal(c, chains, limit); };
        // A signed checkpoint waits for the disk, and with it all that was sealed before.
        co_return co_await write<unsigned>(database_, across_tenants().that_may_be_lost(), work);
    }

    /// One of the chains cannot be sealed as it is: each for itself, so that it holds up no other.
    Task<Result<Sealing>> seal_one_by_one(unsigned limit) {
        auto list = [](Connection* c) { return read_unsealed_chains(c); };
        const auto tenants = co_await read<std::vector<std::string>>(database_, across_tenants(), list);
        if (!tenants) co_return std::unexpected{tenants.error()};
        Sealing sealing;
        for (const std::string& tenant : *tenants) {
            const auto sealed = co_await seal_chains({.first = tenant, .last = tenant}, limit);
            const bool is_away = !sealed && sealed.error().code == ErrorCode::store_unavailable;
            if (is_away) co_return std::unexpected{sealed.error()};
            if (sealed) {
                sealing.entries += *sealed;
            } else {
                ++sealing.stuck_chains;
            }
        }
        co_return sealing;
    }

    Database* database_;
};

}  // namespace

std::unique_ptr<application::WorkQueues> make_work_queues(Database* database) {
    return std::make_unique<SqlWorkQueues>(database);
}

}  // namespace vcare::store
