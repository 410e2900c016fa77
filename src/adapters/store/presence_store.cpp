// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;

/// A replica that was silent for longer is dead.
constexpr seconds replica_silence{15};

/// The presence of one participant among those gathered; rows come in the order of participants.
Presence* presence_of(std::vector<Presence>& presences, const ParticipantId& participant) {
    const auto found = std::ranges::find(presences, participant, &Presence::participant);
    return found == presences.end() ? &presences.emplace_back(participant) : &*found;
}

template <class T>
void raise(std::optional<T>& newest, T candidate) {
    if (!newest || *newest < candidate) newest = candidate;
}

Work<std::vector<Presence>> gather_streams(Connection* connection, TenantId tenant, SessionId session,
                                           Instant now) {
    std::vector<Presence> presences;
    Rows rows = co_await connection->query(Sql::streams_of_session, tenant, session);
    while (rows.next()) {
        const auto participant = rows.optional_id<ParticipantId>(0);
        if (!participant) continue;
        Presence* presence = presence_of(presences, *participant);
        if (const auto closed_at = rows.optional_instant(2)) {
            raise(presence->last_closed, *closed_at);
            continue;
        }
        // A replica that has not beaten yet was alive when it opened the stream.
        const Instant last_sign = std::max(rows.optional_instant(3).value_or(Instant{}), rows.instant(1));
        if (now - last_sign <= replica_silence) {
            presence->stream_open = true;
        } else {
            raise(presence->last_closed, last_sign);
        }
    }
    co_return presences;
}

Work<Result<std::vector<Presence>>> gather(Connection* connection, TenantId tenant, SessionId session,
                                           Instant now) {
    auto presences = co_await gather_streams(connection, tenant, session, now);
    Rows calls = co_await connection->query(Sql::calls_of_session, tenant, session);
    while (calls.next()) {
        if (const auto participant = calls.optional_id<ParticipantId>(0))
            presence_of(presences, *participant)->last_call = calls.instant(1);
    }
    co_return presences;
}

Work<std::optional<Instant>> read_maximum(Connection* connection, Sql sql) {
    Rows rows = co_await connection->query(sql);
    co_return rows.next() ? rows.optional_instant(0) : std::nullopt;
}

Work<Result<Instant>> beat(Connection* connection, std::string replica, Instant at) {
    const auto newest = co_await read_maximum(connection, Sql::newest_heartbeat);
    if (!newest || at - *newest > replica_silence) connection->execute(Sql::insert_clock_gap, at);
    connection->execute(Sql::put_heartbeat, replica, at);
    const auto gap = co_await read_maximum(connection, Sql::newest_clock_gap);
    co_return gap.value_or(at);
}

class SqlPresenceStore final : public application::PresenceStore {
  public:
    explicit SqlPresenceStore(Database* database) : database_(database) {}

    Task<Result<void>> stream_opened(TenantScope scope, SessionId session, ParticipantId participant,
                                     std::string stream_id, std::string replica, Instant at) override {
        auto work = [&](Connection* c) -> Result<void> {
            // An open stream says more than any that was closed before it.
            c->execute(Sql::forget_closed_streams, scope.tenant(), session, participant);
            c->execute(Sql::open_stream, scope.tenant(), session, participant, stream_id, replica, at);
            return {};
        };
        co_return co_await write<void>(database_, of(scope), work);
    }

    Task<Result<void>> stream_closed(TenantScope scope, SessionId session, ParticipantId participant,
                                     std::string stream_id, Instant at, Instant look_at) override {
        auto work = [&](Connection* c) -> Result<void> {
            c->execute(Sql::close_stream, scope.tenant(), session, participant, stream_id, at);
            c->execute(Sql::bring_forward_due_time, scope.tenant(), session, look_at);
            return {};
        };
        co_return co_await write<void>(database_, of(scope), work);
    }

    Task<Result<void>> called(TenantScope scope, SessionId session, ParticipantId participant,
                              Instant at) override {
        auto work = [&](Connection* c) -> Result<void> {
            c->execute(Sql::put_call, scope.tenant(), session, participant, at);
            return {};
        };
        co_return co_await write<void>(database_, of(scope), work);
    }

    Task<Result<std::vector<Presence>>> presences(TenantScope scope, SessionId session,
                                                  Instant now) override {
        auto work = [&](Connection* c) { return gather(c, scope.tenant(), session, now); };
        co_return co_await read<std::vector<Presence>>(database_, of(scope).in_one_state(), work);
    }

    Task<Result<Instant>> heartbeat(std::string replica, Instant at) override {
        auto work = [&](Connection* c) { return beat(c, replica, at); };
        co_return co_await write<Instant>(database_, across_tenants(), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::PresenceStore> make_presence_store(Database* database) {
    return std::make_unique<SqlPresenceStore>(database);
}

}  // namespace vcare::store
