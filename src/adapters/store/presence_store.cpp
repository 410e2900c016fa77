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

void gather_streams(Connection& connection, const TenantId& tenant, const SessionId& session, Instant now,
                    std::vector<Presence>& presences) {
    Rows rows = connection.query(Sql::streams_of_session, tenant, session);
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
}

void gather_calls(Connection& connection, const TenantId& tenant, const SessionId& session,
                  std::vector<Presence>& presences) {
    Rows rows = connection.query(Sql::calls_of_session, tenant, session);
    while (rows.next()) {
        if (const auto participant = rows.optional_id<ParticipantId>(0))
            presence_of(presences, *participant)->last_call = rows.instant(1);
    }
}

std::optional<Instant> read_maximum(Rows rows) {
    return rows.next() ? rows.optional_instant(0) : std::nullopt;
}

class SqlitePresenceStore final : public application::PresenceStore {
  public:
    explicit SqlitePresenceStore(Database* database) : database_(database) {}

    Task<Result<void>> stream_opened(TenantScope scope, SessionId session, ParticipantId participant,
                                     std::string stream_id, std::string replica, Instant at) override {
        auto work = [&](Connection& connection) -> Result<void> {
            // An open stream says more than any that was closed before it.
            connection.execute(Sql::forget_closed_streams, scope.tenant(), session, participant);
            connection.execute(Sql::open_stream, scope.tenant(), session, participant, stream_id, replica,
                               at);
            return {};
        };
        co_return co_await write<void>(database_, work);
    }

    Task<Result<void>> stream_closed(TenantScope scope, SessionId session, ParticipantId participant,
                                     std::string stream_id, Instant at, Instant look_at) override {
        auto work = [&](Connection& connection) -> Result<void> {
            connection.execute(Sql::close_stream, scope.tenant(), session, participant, stream_id, at);
            connection.execute(Sql::bring_forward_due_time, scope.tenant(), session, look_at);
            return {};
        };
        co_return co_await write<void>(database_, work);
    }

    Task<Result<void>> called(TenantScope scope, SessionId session, ParticipantId participant,
                              Instant at) override {
        auto work = [&](Connection& connection) -> Result<void> {
            connection.execute(Sql::put_call, scope.tenant(), session, participant, at);
            return {};
        };
        co_return co_await write<void>(database_, work);
    }

    Task<Result<std::vector<Presence>>> presences(TenantScope scope, SessionId session,
                                                  Instant now) override {
        auto work = [&](Connection& connection) -> Result<std::vector<Presence>> {
            const Snapshot snapshot{connection};
            std::vector<Presence> presences;
            gather_streams(connection, scope.tenant(), session, now, presences);
            gather_calls(connection, scope.tenant(), session, presences);
            return presences;
        };
        co_return co_await read<std::vector<Presence>>(database_, work);
    }

    Task<Result<Instant>> heartbeat(std::string replica, Instant at) override {
        auto work = [&](Connection& connection) -> Result<Instant> {
            const auto newest = read_maximum(connection.query(Sql::newest_heartbeat));
            if (!newest || at - *newest > replica_silence) connection.execute(Sql::insert_clock_gap, at);
            connection.execute(Sql::put_heartbeat, replica, at);
            return read_maximum(connection.query(Sql::newest_clock_gap)).value_or(at);
        };
        co_return co_await write<Instant>(database_, work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::PresenceStore> make_presence_store(Database* database) {
    return std::make_unique<SqlitePresenceStore>(database);
}

}  // namespace vcare::store
