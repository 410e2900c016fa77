// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "adapters/json/tenant_config_codec.hpp"
#include "adapters/store/rows.hpp"
#include "adapters/store/session_list.hpp"
#include "adapters/store/stores.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::ConsentRefusal;
using application::DeviceCheckRecord;
using application::Page;
using application::SessionQuery;
using application::WaitingEntry;
using application::WhereaboutsRecord;

std::optional<SessionData> find(Connection& connection, const TenantId& tenant, std::string_view id) {
    Rows rows = connection.query(Sql::find_session, tenant, id);
    return read_session(tenant, rows);
}

std::vector<SessionData> find_all(Connection& connection, const TenantId& tenant,
                                  const std::vector<std::string>& ids) {
    std::vector<SessionData> sessions;
    sessions.reserve(ids.size());
    for (const std::string& id : ids) {
        if (auto session = find(connection, tenant, id)) sessions.push_back(*std::move(session));
    }
    return sessions;
}

std::string first_language_of_clinic(Connection& connection, const TenantId& tenant) {
    Rows rows = connection.query(Sql::load_config, tenant);
    if (!rows.next()) return {};
    const auto config = json::decode_tenant_config(rows.text(1));
    if (!config || config->languages.empty()) return {};
    return config->languages.front();
}

/// `fa-AF` and `fa` are one language to an interpreter.
std::string_view primary_language(std::string_view tag) {
    return tag.substr(0, tag.find('-'));
}

bool needs_interpreter(const SessionData& session, const std::string& language, const std::string& clinic) {
    const bool speaks_as_clinic =
        language.empty() || clinic.empty() || primary_language(language) == primary_language(clinic);
    const bool interpreter_is_here = std::ranges::any_of(session.participants, [](const Participant& p) {
        return p.role == Role::interpreter && p.joined_at && !p.left_at && !p.is_removed();
    });
    return !speaks_as_clinic && !interpreter_is_here;
}

bool is_in_reach(const Reach& reach, const SessionData& session) {
    if (reach.whole_tenant) return true;
    if (reach.patient && *reach.patient == session.patient) return true;
    const bool of_their_node =
        session.node && std::ranges::find(reach.nodes, *session.node) != reach.nodes.end();
    const bool takes_part =
        reach.participant_user && std::ranges::any_of(session.participants, [&](const Participant& p) {
            return p.user_id == reach.participant_user && !p.is_removed();
        });
    return of_their_node || takes_part;
}

struct Waiting {
    std::string session;
    std::string participant;
    Instant since;
};

std::vector<Waiting> read_waiting(Connection& connection, const TenantId& tenant) {
    std::vector<Waiting> waiting;
    Rows rows = connection.query(Sql::waiting_people, tenant);
    while (rows.next())
        waiting.push_back(
            {.session = rows.string(0), .participant = rows.string(1), .since = rows.instant(2)});
    return waiting;
}

std::optional<WaitingEntry> to_entry(const Waiting& waiting, const SessionData& session,
                                     const std::string& clinic) {
    const auto who = std::ranges::find_if(
        session.participants, [&](const Participant& p) { return p.id.text() == waiting.participant; });
    if (who == session.participants.end()) return std::nullopt;
    auto language = who->language ? who->language : session.language;
    const bool interpreter_needed = needs_interpreter(session, language.value_or(""), clinic);
    return WaitingEntry{.session = session.id,
                        .participant = *who,
                        .waiting_since = waiting.since,
                        .language = std::move(language),
                        .interpreter_needed = interpreter_needed};
}

class SqliteSessionStore final : public application::SessionStore {
  public:
    explicit SqliteSessionStore(Database* database) : database_(database) {}

    Task<Result<std::optional<SessionData>>> find_session(TenantScope scope, SessionId id) override {
        using Found = std::optional<SessionData>;
        auto work = [&](Connection& connection) -> Result<Found> {
            return find(connection, scope.tenant(), id.text());
        };
        co_return co_await read<Found>(database_, work);
    }

    Task<Result<std::optional<SessionData>>> find_session_of(TenantScope scope,
                                                             ParticipantId participant) override {
        using Found = std::optional<SessionData>;
        auto work = [&](Connection& connection) -> Result<Found> {
            Rows rows = connection.query(Sql::find_session_of, scope.tenant(), participant);
            return read_session(scope.tenant(), rows);
        };
        co_return co_await read<Found>(database_, work);
    }

    Task<Result<Page<SessionData>>> list_sessions(TenantScope scope, SessionQuery query) override {
        auto work = [&](Connection& connection) -> Result<Page<SessionData>> {
            const Snapshot snapshot{connection};
            auto keys = list_session_ids(connection, scope.tenant(), query);
            if (!keys) return std::unexpected{std::move(keys.error())};
            return Page<SessionData>{.items = find_all(connection, scope.tenant(), keys->items),
                                     .next_cursor = std::move(keys->next_cursor)};
        };
        co_return co_await read<Page<SessionData>>(database_, work);
    }

    Task<Result<std::vector<SessionData>>> open_sessions_of(TenantScope scope, PatientId patient) override {
        auto work = [&](Connection& connection) -> Result<std::vector<SessionData>> {
            const Snapshot snapshot{connection};
            std::vector<std::string> ids;
            Rows rows = connection.query(Sql::open_sessions_of, scope.tenant(), patient);
            while (rows.next()) ids.push_back(rows.string(0));
            return find_all(connection, scope.tenant(), ids);
        };
        co_return co_await read<std::vector<SessionData>>(database_, work);
    }

    Task<Result<std::vector<WaitingEntry>>> waiting_room(TenantScope scope, Reach reach) override {
        auto work = [&](Connection& connection) -> Result<std::vector<WaitingEntry>> {
            const Snapshot snapshot{connection};
            const std::string clinic = first_language_of_clinic(connection, scope.tenant());
            std::vector<WaitingEntry> entries;
            for (const Waiting& waiting : read_waiting(connection, scope.tenant())) {
                const auto session = find(connection, scope.tenant(), waiting.session);
                if (!session || !is_in_reach(reach, *session)) continue;
                if (auto entry = to_entry(waiting, *session, clinic)) entries.push_back(*std::move(entry));
            }
            return entries;
        };
        co_return co_await read<std::vector<WaitingEntry>>(database_, work);
    }

    Task<Result<unsigned>> waiting_before(TenantScope scope, SessionId session,
                                          ParticipantId participant) override {
        auto work = [&](Connection& connection) -> Result<unsigned> {
            Rows rows = connection.query(Sql::waiting_before, scope.tenant(), session, participant);
            return rows.next() ? static_cast<unsigned>(rows.integer(0)) : 0U;
        };
        co_return co_await read<unsigned>(database_, work);
    }

    Task<Result<std::vector<TimelineItem>>> timeline(TenantScope scope, SessionId id) override {
        auto work = [&](Connection& connection) -> Result<std::vector<TimelineItem>> {
            std::vector<TimelineItem> items;
            Rows rows = connection.query(Sql::timeline, scope.tenant(), id);
            while (rows.next()) {
                if (auto item = read_timeline_item(rows)) items.push_back(*std::move(item));
            }
            return items;
        };
        co_return co_await read<std::vector<TimelineItem>>(database_, work);
    }

    Task<Result<std::vector<DeviceCheckRecord>>> device_checks(TenantScope scope, SessionId id) override {
        auto work = [&](Connection& connection) -> Result<std::vector<DeviceCheckRecord>> {
            std::vector<DeviceCheckRecord> checks;
            Rows rows = connection.query(Sql::device_checks, scope.tenant(), id);
            while (rows.next()) {
                auto participant = rows.optional_id<ParticipantId>(0);
                if (!participant) continue;
                checks.push_back({.participant = *std::move(participant),
                                  .at = rows.instant(1),
                                  .camera = rows.string(2),
                                  .microphone = rows.string(3),
                                  .speaker = rows.string(4),
                                  .rtt_ms = rows.optional_real(5),
                                  .loss_pct = rows.optional_real(6),
                                  .kbps = rows.optional_real(7)});
            }
            return checks;
        };
        co_return co_await read<std::vector<DeviceCheckRecord>>(database_, work);
    }

    Task<Result<std::vector<WhereaboutsRecord>>> whereabouts(TenantScope scope, SessionId id) override {
        auto work = [&](Connection& connection) -> Result<std::vector<WhereaboutsRecord>> {
            std::vector<WhereaboutsRecord> records;
            Rows rows = connection.query(Sql::whereabouts, scope.tenant(), id);
            while (rows.next()) {
                auto participant = rows.optional_id<ParticipantId>(0);
                if (!participant) continue;
                records.push_back({.participant = *std::move(participant),
                                   .sealed = rows.string(1),
                                   .key_version = static_cast<unsigned>(rows.integer(2)),
                                   .delete_at = rows.instant(3)});
            }
            return records;
        };
        co_return co_await read<std::vector<WhereaboutsRecord>>(database_, work);
    }

    Task<Result<std::vector<ConsentRefusal>>> refusals(TenantScope scope, SessionId id) override {
        auto work = [&](Connection& connection) -> Result<std::vector<ConsentRefusal>> {
            std::vector<ConsentRefusal> refusals;
            Rows rows = connection.query(Sql::refusals, scope.tenant(), id);
            while (rows.next()) {
                auto participant = rows.optional_id<ParticipantId>(0);
                if (!participant) continue;
                refusals.push_back({.participant = *std::move(participant),
                                    .type = rows.word<ConsentType>(1),
                                    .at = rows.instant(2)});
            }
            return refusals;
        };
        co_return co_await read<std::vector<ConsentRefusal>>(database_, work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::SessionStore> make_session_store(Database* database) {
    return std::make_unique<SqliteSessionStore>(database);
}

}  // namespace vcare::store
