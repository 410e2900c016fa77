// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/rows.hpp"

#include "adapters/json/event_codec.hpp"
#include "adapters/json/tenant_config_codec.hpp"

namespace vcare::store {
namespace {

using namespace domain;

constexpr int session_columns = 27;  // before the participant's, see statements/sessions.inc

/// Hands out the columns of a row from left to right, so that no number is written twice.
class Columns {
  public:
    explicit Columns(const Rows& row, int first = 0) : row_(row), next_(first) {}

    template <class Id>
    std::optional<Id> id() {
        return row_.optional_id<Id>(next_++);
    }
    template <class Word>
    Word word() {
        return row_.word<Word>(next_++);
    }
    template <class Word>
    std::optional<Word> optional_word() {
        return row_.optional_word<Word>(next_++);
    }
    std::string text() { return row_.string(next_++); }
    std::optional<std::string> optional_text() { return row_.optional_string(next_++); }
    std::optional<Phi<std::string>> optional_phi() {
        auto value = optional_text();
        return value ? std::optional{Phi<std::string>{*std::move(value)}} : std::nullopt;
    }
    Instant instant() { return row_.instant(next_++); }
    std::optional<Instant> optional_instant() { return row_.optional_instant(next_++); }
    std::int64_t integer() { return row_.integer(next_++); }
    bool flag() { return row_.flag(next_++); }

  private:
    const Rows& row_;
    int next_;
};

std::optional<SessionData> read_session_columns(const TenantId& tenant, const Rows& row) {
    Columns columns{row};
    auto id = columns.id<SessionId>();
    auto patient = columns.id<PatientId>();
    auto initiator = columns.id<UserId>();
    if (!id || !patient || !initiator) return std::nullopt;
    // Members are initialised in this order, which is the order of the columns but for the tenant.
    SessionData session{.id = *std::move(id),
                        .tenant = tenant,
                        .patient = *std::move(patient),
                        .initiator = *std::move(initiator)};
    session.node = columns.id<NodeId>();
    session.appointment = columns.id<AppointmentId>();
    session.encounter_id = columns.optional_text();
    session.video_backend = columns.text();
    session.room_name = columns.text();
    session.room_url = columns.text();
    session.mode = columns.word<Mode>();
    session.status = columns.word<SessionStatus>();
    session.scheduled_start = columns.instant();
    session.scheduled_end = columns.instant();
    session.actual_start = columns.optional_instant();
    session.actual_end = columns.optional_instant();
    session.recording_enabled = columns.flag();
    session.recording_ref = columns.optional_text();
    session.consent_pending = columns.flag();
    session.failure_reason = columns.optional_text();
    session.cancel_reason = columns.optional_text();
    session.end_reason = columns.optional_text();
    session.messaging_thread_id = columns.optional_text();
    session.reason_for_visit = columns.optional_phi();
    session.language = columns.optional_text();
    session.version = static_cast<std::uint64_t>(columns.integer());
    session.created_at = columns.instant();
    session.updated_at = columns.instant();
    return session;
}

std::optional<Participant> read_participant(const Rows& row) {
    Columns columns{row, session_columns};
    auto id = columns.id<ParticipantId>();
    if (!id) return std::nullopt;
    Participant participant{.id = *std::move(id)};
    participant.role = columns.word<Role>();
    participant.status = columns.word<ParticipantStatus>();
    participant.user_id = columns.id<UserId>();
    participant.display_name = Phi<std::string>{columns.text()};
    participant.contact.email = columns.optional_phi();
    participant.contact.phone = columns.optional_phi();
    participant.language = columns.optional_text();
    participant.linked_to = columns.id<ParticipantId>();
    participant.link_opened_at = columns.optional_instant();
    participant.joined_at = columns.optional_instant();
    participant.admitted_at = columns.optional_instant();
    participant.left_at = columns.optional_instant();
    participant.removed_at = columns.optional_instant();
    participant.removed_reason = columns.optional_text();
    participant.connection = columns.word<ConnectionQuality>();
    participant.media_mode = columns.word<Mode>();
    participant.status_to_resume = columns.optional_word<ParticipantStatus>();
    participant.step = static_cast<std::uint32_t>(columns.integer());
    return participant;
}

}  // namespace

std::optional<SessionData> read_session(const TenantId& tenant, Rows& rows) {
    if (!rows.next()) return std::nullopt;
    auto session = read_session_columns(tenant, rows);
    if (!session) return std::nullopt;
    if (rows.is_null(session_columns)) return session;
    do {
        auto participant = read_participant(rows);
        if (!participant) return std::nullopt;
        session->participants.push_back(*std::move(participant));
    } while (rows.next());
    return session;
}

std::optional<Appointment> read_appointment(const Rows& row) {
    Columns columns{row};
    auto id = columns.id<AppointmentId>();
    if (!id) return std::nullopt;
    Appointment appointment{.id = *std::move(id), .heard_at = {}};
    appointment.state = columns.word<AppointmentState>();
    appointment.waits_for = columns.word<WaitsFor>();
    auto patient = columns.id<PatientId>();
    auto provider = columns.id<UserId>();
    auto node = columns.id<NodeId>();
    auto language = columns.optional_text();
    if (patient)
        appointment.people = AppointmentPeople{.patient = *std::move(patient),
                                               .provider = std::move(provider),
                                               .node = std::move(node),
                                               .language = std::move(language)};
    const auto start = columns.optional_instant();
    const auto end = columns.optional_instant();
    if (start) appointment.time = AppointmentTime{.start = *start, .end = end};
    appointment.time_said_at = columns.optional_instant();
    appointment.closed_said_at = columns.optional_instant();
    appointment.closed_reason = columns.text();
    appointment.session = columns.id<SessionId>();
    appointment.heard_at = columns.instant();
    appointment.due = columns.optional_instant();
    appointment.attempts = static_cast<unsigned>(columns.integer());
    appointment.version = static_cast<std::uint64_t>(columns.integer());
    appointment.cause = domain::TraceContext::parse(columns.text()).value_or(domain::TraceContext{});
    return appointment;
}

std::optional<TimelineItem> read_timeline_item(const Rows& row) {
    Columns columns{row};
    TimelineItem item;
    item.type = columns.text();
    item.at = columns.instant();
    item.actor = columns.text();
    item.participant = columns.id<ParticipantId>();
    item.step = static_cast<std::uint32_t>(columns.integer());
    item.detail = columns.optional_text();
    return item;
}

std::optional<JoinTokenRecord> read_token(const Rows& row) {
    Columns columns{row};
    std::string jti = columns.text();
    auto session = columns.id<SessionId>();
    auto participant = columns.id<ParticipantId>();
    if (!session || !participant) return std::nullopt;
    JoinTokenRecord token{
        .jti = std::move(jti), .session = *std::move(session), .participant = *std::move(participant)};
    token.role = columns.word<Role>();
    token.issued_at = columns.instant();
    token.issued_for = columns.instant();
    token.window.valid_from = columns.instant();
    token.window.expires_at = columns.instant();
    token.code_hash = columns.text();
    token.used_at = columns.optional_instant();
    token.replaced_at = columns.optional_instant();
    token.key_version = static_cast<unsigned>(columns.integer());
    return token;
}

std::optional<ConsentRecord> read_consent(const TenantId& tenant, const Rows& row) {
    Columns columns{row};
    auto id = columns.id<ConsentId>();
    auto patient = columns.id<PatientId>();
    if (!id || !patient) return std::nullopt;
    ConsentRecord record{.id = *std::move(id), .tenant = tenant, .patient = *std::move(patient)};
    record.type = columns.word<ConsentType>();
    record.status = columns.word<ConsentStatus>();
    record.granted_by = columns.text();
    record.capacity = columns.word<ConsentCapacity>();
    record.method = columns.word<ConsentMethod>();
    record.text_version = columns.text();
    record.language = columns.text();
    record.at = columns.instant();
    record.expires_at = columns.optional_instant();
    record.withdrawn_at = columns.optional_instant();
    return record;
}

std::optional<application::OutboxEntry> read_event(const Rows& row) {
    Columns columns{row, 1};
    auto id = columns.id<EventId>();
    const auto type = parse_event_type(row.text(2));
    auto data = json::decode_event_data(row.text(5));
    if (!id || !type || !data) {
        row.note_corrupt();
        return std::nullopt;
    }
    application::OutboxEntry entry{.id = *std::move(id), .event = {.type = *type}};
    entry.event.subject = row.string(3);
    entry.event.session = row.string(4);
    entry.event.data = *std::move(data);
    entry.at = row.instant(6);
    entry.actor = row.string(7);
    entry.correlation_id = row.string(8);
    entry.traceparent = row.string(9);
    return entry;
}

std::optional<application::AuditEntry> read_audit_entry(const Rows& row, int first) {
    Columns columns{row, first};
    auto id = columns.id<AuditId>();
    if (!id) return std::nullopt;
    application::AuditEntry entry{.id = *std::move(id)};
    entry.at = columns.instant();
    entry.actor = columns.text();
    entry.action = columns.text();
    entry.session = columns.id<SessionId>();
    entry.patient = columns.id<PatientId>();
    entry.outcome = columns.text();
    entry.remote_address = columns.text();
    entry.trace_id = columns.text();
    return entry;
}

Result<StoredTenantConfig> read_config(const TenantId& tenant, Rows& rows) {
    if (!rows.next()) return refuse(ErrorCode::not_found);
    auto id = rows.optional_id<TenantConfigId>(0);
    auto config = json::decode_tenant_config(rows.text(1));
    if (!id || !config) {
        rows.note_corrupt();
        return refuse(ErrorCode::internal_error);
    }
    return StoredTenantConfig{.id = *std::move(id),
                              .tenant = tenant,
                              .config = *std::move(config),
                              .version = static_cast<std::uint64_t>(rows.integer(2)),
                              .updated_at = rows.instant(3)};
}

}  // namespace vcare::store
