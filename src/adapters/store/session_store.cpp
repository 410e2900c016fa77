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
using application::FoundSession;
using application::Page;
using application::SessionQuery;
using application::WaitingEntry;
using application::WhereaboutsRecord;

Work<std::optional<SessionData>> find(Connection* connection, TenantId tenant, std::string id) {
    Rows rows = co_await connection->query(Sql::find_session, tenant, id);
    co_return read_session(tenant, rows);
}

Work<Result<std::optional<FoundSession>>> find_with_config_of(Connection* connection, TenantId tenant,
                                                              SessionId id) {
    auto asked = connection->query(Sql::load_config, tenant);
    auto session = co_await find(connection, tenant, id.text());
    Rows rows = co_await asked;
    if (!session) co_return std::optional<FoundSession>{};
    auto config = read_config(tenant, rows);
    if (!config) co_return std::unexpected{config.error()};
    co_return FoundSession{.session = *std::move(session), .config = std::move(config->config)};
}

Work<std::vector<SessionData>> find_all(Connection* connection, TenantId tenant,
                                        std::vector<std::string> ids) {
    std::vector<SessionData> sessions;
    sessions.reserve(ids.size());
    for (const std::string& id : ids) {
        if (auto session = co_await find(connection, tenant, id)) sessions.push_back(*std::move(session));
    }
    co_return sessions;
}

Work<std::string> first_language_of_clinic(Connection* connection, TenantId tenant) {
    Rows rows = co_await connection->query(Sql::load_config, tenant);
    if (!rows.next()) co_return "";
    const auto config = json::decode_tenant_config(rows.text(1));
    if (!config || config->languages.empty()) co_return "";
    co_return config->languages.front();
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

Work<std::vector<Waiting>> read_waiting(Connection* connection, TenantId tenant) {
    std::vector<Waiting> waiting;
    Rows rows = co_await connection->query(Sql::waiting_people, tenant);
    while (rows.next())
        waiting.push_back(
            {.session = rows.string(0), .participant = rows.string(1), .since = rows.instant(2)});
    co_return waiting;
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

Work<Result<std::optional<SessionData>>> find_one(Connection* connection, TenantId tenant, SessionId id) {
    co_return co_await find(connection, std::move(tenant), id.text());
}

Work<Result<std::optional<SessionData>>> find_of(Connection* connection, TenantId tenant,
                                                 ParticipantId participant) {
    Rows rows = co_await connection->query(Sql::find_session_of, tenant, participant);
    co_return read_session(tenant, rows);
}

Work<Result<Page<SessionData>>> list(Connection* connection, TenantId tenant, SessionQuery query) {
    auto keys = co_await list_session_ids(connection, tenant, std::move(query));
    if (!keys) co_return std::unexpected{std::move(keys.error())};
    auto sessions = co_await find_all(connection, std::move(tenant), std::move(keys->items));
    co_return Page<SessionData>{.items = std::move(sessions), .next_cursor = std::move(keys->next_cursor)};
}

Work<Result<std::vector<SessionData>>> find_open(Connection* connection, TenantId tenant, PatientId patient) {
    std::vector<std::string> ids;
    {
        Rows rows = co_await connection->query(Sql::open_sessions_of, tenant, patient);
        while (rows.next()) ids.push_back(rows.string(0));
    }
    co_return co_await find_all(connection, std::move(tenant), std::move(ids));
}

Work<Result<std::vector<SessionData>>> find_open_with(Connection* connection, TenantId tenant, UserId user) {
    std::vector<std::string> ids;
    {
        Rows rows = co_await connection->query(Sql::open_sessions_with, tenant, user);
        while (rows.next()) ids.push_back(rows.string(0));
    }
    co_return co_await find_all(connection, std::move(tenant), std::move(ids));
}

Work<Result<std::optional<SessionData>>> find_for(Connection* connection, TenantId tenant,
                                                  AppointmentId appointment) {
    std::string id;
    {
        Rows rows = co_await connection->query(Sql::session_for_appointment, tenant, appointment);
        if (!rows.next()) co_return std::optional<SessionData>{};
        id = rows.string(0);
    }
    co_return co_await find(connection, std::move(tenant), std::move(id));
}

Work<Result<std::vector<WaitingEntry>>> find_waiting(Connection* connection, TenantId tenant, Reach reach) {
    const std::string clinic = co_await first_language_of_clinic(connection, tenant);
    const auto everybody = co_await read_waiting(connection, tenant);
    std::vector<WaitingEntry> entries;
    for (const Waiting& waiting : everybody) {
        const auto session = co_await find(connection, tenant, waiting.session);
        if (!session || !is_in_reach(reach, *session)) continue;
        if (auto entry = to_entry(waiting, *session, clinic)) entries.push_back(*std::move(entry));
    }
    co_return entries;
}

Work<Result<unsigned>> count_before(Connection* connection, TenantId tenant, SessionId session,
                                    ParticipantId participant) {
    Rows rows = co_await connection->query(Sql::waiting_before, tenant, session, participant);
    co_return rows.next() ? static_cast<unsigned>(rows.integer(0)) : 0U;
}

Work<Result<std::vector<TimelineItem>>> read_timeline(Connection* connection, TenantId tenant, SessionId id) {
    std::vector<TimelineItem> items;
    Rows rows = co_await connection->query(Sql::timeline, tenant, id);
    while (rows.next()) {
        if (auto item = read_timeline_item(rows)) items.push_back(*std::move(item));
    }
    co_return items;
}

Work<Result<std::vector<DeviceCheckRecord>>> read_device_checks(Connection* connection, TenantId tenant,
                                                                SessionId id) {
    std::vector<DeviceCheckRecord> checks;
    Rows rows = co_await connection->query(Sql::device_checks, tenant, id);
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
    co_return checks;
}

Work<Result<std::vector<WhereaboutsRecord>>> read_whereabouts(Connection* connection, TenantId tenant,
                                                              SessionId id) {
    std::vector<WhereaboutsRecord> records;
    Rows rows = co_await connection->query(Sql::whereabouts, tenant, id);
    while (rows.next()) {
        auto participant = rows.optional_id<ParticipantId>(0);
        if (!participant) continue;
        records.push_back({.participant = *std::move(participant),
                           .sealed = rows.string(1),
                           .key_version = static_cast<unsigned>(rows.integer(2)),
                           .delete_at = rows.instant(3)});
    }
    co_return records;
}

Work<Result<std::vector<ConsentRefusal>>> read_refusals(Connection* connection, TenantId tenant,
                                                        SessionId id) {
    std::vector<ConsentRefusal> refusals;
    Rows rows = co_await connection->query(Sql::refusals, tenant, id);
    while (rows.next()) {
        auto participant = rows.optional_id<ParticipantId>(0);
        if (!participant) continue;
        refusals.push_back({.participant = *std::move(participant),
                            .type = rows.word<ConsentType>(1),
                            .at = rows.instant(2)});
    }
    co_return refusals;
}

class SqlSessionStore final : public application::SessionStore {
  public:
    explicit SqlSessionStore(Database* database) : database_(database) {}

    Task<Result<std::optional<SessionData>>> find_session(TenantScope scope, SessionId id) override {
        auto work = [&](Connection* c) { return find_one(c, scope.tenant(), id); };
        co_return co_await read<std::optional<SessionData>>(database_, of(scope), work);
    }

    Task<Result<std::optional<FoundSession>>> find_with_config(TenantScope scope, SessionId id) override {
        auto work = [&](Connection* c) { return find_with_config_of(c, scope.tenant(), id); };
        co_return co_await read<std::optional<FoundSession>>(database_, of(scope), work);
    }

    Task<Result<std::optional<SessionData>>> find_session_of(TenantScope scope,
                                                             ParticipantId participant) override {
        auto work = [&](Connection* c) { return find_of(c, scope.tenant(), participant); };
        co_return co_await read<std::optional<SessionData>>(database_, of(scope), work);
    }

    Task<Result<Page<SessionData>>> list_sessions(TenantScope scope, SessionQuery query) override {
        auto work = [&](Connection* c) { return list(c, scope.tenant(), query); };
        co_return co_await read<Page<SessionData>>(database_, of(scope).in_one_state(), work);
    }

    Task<Result<std::vector<SessionData>>> open_sessions_of(TenantScope scope, PatientId patient) override {
        auto work = [&](Connection* c) { return find_open(c, scope.tenant(), patient); };
        co_return co_await read<std::vector<SessionData>>(database_, of(scope).in_one_state(), work);
    }

    Task<Result<std::vector<SessionData>>> open_sessions_with(TenantScope scope, UserId user) override {
        auto work = [&](Connection* c) { return find_open_with(c, scope.tenant(), user); };
        co_return co_await read<std::vector<SessionData>>(database_, of(scope).in_one_state(), work);
    }

    Task<Result<std::optional<SessionData>>> find_session_for(TenantScope scope,
                                                              AppointmentId appointment) override {
        auto work = [&](Connection* c) { return find_for(c, scope.tenant(), appointment); };
        co_return co_await read<std::optional<SessionData>>(database_, of(scope).in_one_state(), work);
    }

    Task<Result<std::vector<WaitingEntry>>> waiting_room(TenantScope scope, Reach reach) override {
        auto work = [&](Connection* c) { return find_waiting(c, scope.tenant(), reach); };
        co_return co_await read<std::vector<WaitingEntry>>(database_, of(scope).in_one_state(), work);
    }

    Task<Result<unsigned>> waiting_before(TenantScope scope, SessionId session,
                                          ParticipantId participant) override {
        auto work = [&](Connection* c) { return count_before(c, scope.tenant(), session, participant); };
        co_return co_await read<unsigned>(database_, of(scope), work);
    }

    Task<Result<std::vector<TimelineItem>>> timeline(TenantScope scope, SessionId id) override {
        auto work = [&](Connection* c) { return read_timeline(c, scope.tenant(), id); };
        co_return co_await read<std::vector<TimelineItem>>(database_, of(scope), work);
    }

    Task<Result<std::vector<DeviceCheckRecord>>> device_checks(TenantScope scope, SessionId id) override {
        auto work = [&](Connection* c) { return read_device_checks(c, scope.tenant(), id); };
        co_return co_await read<std::vector<DeviceCheckRecord>>(database_, of(scope), work);
    }

    Task<Result<std::vector<WhereaboutsRecord>>> whereabouts(TenantScope scope, SessionId id) override {
        auto work = [&](Connection* c) { return read_whereabouts(c, scope.tenant(), id); };
        co_return co_await read<std::vector<WhereaboutsRecord>>(database_, of(scope), work);
    }

    Task<Result<std::vector<ConsentRefusal>>> refusals(TenantScope scope, SessionId id) override {
        auto work = [&](Connection* c) { return read_refusals(c, scope.tenant(), id); };
        co_return co_await read<std::vector<ConsentRefusal>>(database_, of(scope), work);
    }

  private:
    Database* database_;
};

}  // namespace

std::unique_ptr<application::SessionStore> make_session_store(Database* database) {
    return std::make_unique<SqlSessionStore>(database);
}

}  // namespace vcare::store
