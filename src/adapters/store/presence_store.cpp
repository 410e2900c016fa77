// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "adapters/store/consent_standing.hpp"
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::AdmissionBasis;

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

std::vector<Presence> gather_streams(Rows& rows, Instant now) {
    std::vector<Presence> presences;
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
    return presences;
}

Work<Result<std::vector<Presence>>> gather(Connection* connection, TenantId tenant, SessionId session,
                                           Instant now) {
    auto asked_streams = connection->query(Sql::streams_of_session, tenant, session);
    auto asked_calls = connection->query(Sql::calls_of_session, tenant, session);
    Rows streams = co_await asked_streams;
    auto presences = gather_streams(streams, now);
    Rows calls = co_await asked_calls;
    while (calls.next()) {
        if (const auto participant = calls.optional_id<ParticipantId>(0))
            presence_of(presences, *participant)->last_call = calls.instant(1);
    }
    co_return presences;
}

Work<Result<AdmissionBasis>> find_basis(Connection* connection, TenantId tenant, SessionId session,
                                        PatientId patient, Instant now) {
    const StandingAsked asked = ask_standing(connection, tenant, patient, ConsentType::telehealth);
    auto presences = co_await gather(connection, tenant, std::move(session), now);
    auto standing = co_await take_standing(asked, std::move(tenant));
    if (!presences) co_return std::unexpected{presences.error()};
    co_return AdmissionBasis{.presences = *std::move(presences), .telehealth = std::move(standing)};
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
        co_return co_await write<void>(database_, of(scope).that_may_be_lost(), work);
    }

    Task<Result<std::vector<Presence>>> presences(TenantScope scope, SessionId session,
                                                  Instant now) override {
        auto work = [&](Connection* c) { return gather(c, scope.tenant(), session, now); };
        co_return co_await read<std::vector<Presence>>(database_, of(scope).in_one_state(), work);
    }

    Task<Result<AdmissionBasis>> admission_basis(TenantScope scope, SessionId session, PatientId patient,
                                                 Instant now) override {
        auto work = [&](Connection* c) { return find_basis(c, scope.tenant(), session, patient, now); };
        co_return co_await read<AdmissionBasis>(database_, of(scope), work);
    }

    Task<Result<Instant>> heartbeat(std::string replica, Instant at) override {
        auto work = [&](Connection* c) { return beat(c, replica, at); };
        co_return co_await write<Instant>(database_, across_tenants().that_may_be_lost(), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::PresenceStore> make_presence_store(Database* database) {
    return std::make_unique<SqlPresenceStore>(database);
}

}  // namespace vcare::store
