// SPDX-License-Identifier: Apache-2.0
#include "adapters/store/unit_writer.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "adapters/json/event_codec.hpp"
#include "adapters/json/tenant_config_codec.hpp"
#include "adapters/store/caching_tenant_store.hpp"
#include "application/whereabouts.hpp"
#include "domain/check.hpp"

namespace vcare::store {
namespace {

using namespace domain;
using application::AuditEntry;
using application::SessionWrite;
using application::UnitOfWork;

/// Writes one unit for one tenant. Each member stops by itself once the connection has failed.
class UnitWriter {
  public:
    UnitWriter(Connection& connection, const TenantId& tenant, const TraceContext& cause)
        : connection_(connection), tenant_(tenant), cause_(cause) {}

    void write(const UnitOfWork& unit) {
        // First, so that a repeat is known as one even when the session has moved on since.
        if (unit.kept_answer) write_kept_answer(*unit.kept_answer);
        if (unit.inbox) write_inbox(*unit.inbox, unit.at);
        if (unit.tenant_config) write_new_config(*unit.tenant_config);
        for (const SessionWrite& session : unit.sessions) write_session(session);
        write_credentials(unit);
        write_consents(unit);
        write_about_participants(unit);
        for (const Appointment& appointment : unit.appointments) write_appointment(appointment);
        for (const PatientId& patient : unit.appointments_to_try)
            connection_.execute(Sql::try_appointments_of, tenant_, patient, unit.at);
        if (unit.licence) write_licence(*unit.licence, unit.at);
        if (const auto& barred = unit.barred)
            connection_.execute(Sql::bar_user, tenant_, barred->user, barred->session, barred->barred_at,
                                unit.at);
        if (unit.paid_encounter) connection_.change(Sql::pay_encounter_debt, tenant_, *unit.paid_encounter);
        if (unit.hastened_encounter)
            connection_.execute(Sql::hasten_encounter_debt, tenant_, *unit.hastened_encounter, unit.at);
        for (const application::OutboxEntry& entry : unit.outbox) write_event(entry);
        for (const application::NotificationWrite& told : unit.notifications) write_notification(told);
        for (const application::ReminderWrite& reminder : unit.reminders) write_reminder(reminder);
        for (const AuditEntry& entry : unit.audit) write_audit(connection_, tenant_, entry);
    }

  private:
    void write_kept_answer(const application::KeptAnswerRecord& kept) {
        connection_.execute(Sql::insert_kept_answer, tenant_, kept.key.caller, kept.key.key,
                            kept.key.fingerprint, kept.answer.status, kept.answer.location, kept.answer.etag,
                            kept.answer.body, kept.answer.secret_of, kept.at);
    }

    void write_inbox(const application::InboxRecord& taken, Instant at) {
        connection_.execute(Sql::insert_inbox, tenant_, taken.consumer, taken.message_id, taken.type,
                            taken.about, taken.said_at, at);
    }

    void write_appointment(const Appointment& a) {
        const std::optional<AppointmentPeople> who = a.people;
        const auto patient = who ? std::optional{who->patient} : std::nullopt;
        const auto provider = who ? who->provider : std::nullopt;
        const auto node = who ? who->node : std::nullopt;
        const auto language = who ? who->language : std::nullopt;
        const auto start = a.time ? std::optional{a.time->start} : std::nullopt;
        const auto end = a.time ? a.time->end : std::nullopt;
        if (a.version == 0) {
            connection_.execute(Sql::insert_appointment, tenant_, a.id, a.state, a.waits_for, patient,
                                provider, node, language, start, end, a.time_said_at, a.closed_said_at,
                                a.closed_reason, a.session, a.heard_at, a.due, a.attempts, 1,
                                a.cause.to_traceparent());
        } else {
            connection_.change(Sql::update_appointment, tenant_, a.id, a.version, a.state, a.waits_for,
                               patient, provider, node, language, start, end, a.time_said_at,
                               a.closed_said_at, a.closed_reason, a.session, a.due, a.attempts, a.version + 1,
                               a.cause.to_traceparent());
        }
    }

    void write_licence(const application::LicenceWrite& said, Instant at) {
        if (said.node) {
            connection_.execute(Sql::set_facility_licensed, tenant_, *said.node, said.licensed, said.said_at);
        } else {
            connection_.execute(Sql::set_tenant_licensed, tenant_, said.licensed, said.said_at);
        }
        if (!said.licensed) return;
        // By then no replica remembers the word before.
        const Instant due = at + tenant_remembered_for + seconds{1};
        connection_.execute(Sql::try_unlicensed_appointments, tenant_, due, said.node);
    }

    void write_new_config(const StoredTenantConfig& config) {
        VCARE_CHECK(config.tenant == tenant_, "a use case loads a configuration in the scope it commits in");
        write_config(connection_, Sql::insert_config, config);
    }

    void write_session(const SessionWrite& write) {
        const SessionData& session = write.after;
        const SessionChange& change = write.change;
        VCARE_CHECK(session.tenant == tenant_, "a use case loads a session in the scope it commits in");
        const bool is_new = change.versioned && change.previous_version == 0;
        if (is_new) {
            insert_session(session);
            write_timeline(write);
            for (std::size_t i = 0; i < session.participants.size(); ++i) put_participant(session, i);
        } else {
            // The timeline comes before everything else: a stale writer fails at its first line.
            write_timeline(write);
            update_session(write);
            for (std::size_t i = 0; i < session.participants.size(); ++i) {
                const bool is_touched =
                    std::ranges::find(change.touched, session.participants[i].id) != change.touched.end();
                if (is_touched) put_participant(session, i);
            }
        }
        write_waiting(write);
        write_due_time(write);
        const bool is_over_now =
            is_terminal(session.status) && change.status_before && !is_terminal(*change.status_before);
        if (is_over_now)
            connection_.execute(
                Sql::delete_whereabouts_at, tenant_, session.id,
                session.actual_end.value_or(session.updated_at) + application::whereabouts_kept);
        if (change.owes_encounter)
            connection_.execute(Sql::insert_encounter_debt, tenant_, session.id, session.updated_at,
                                cause_.to_traceparent());
    }

    void write_timeline(const SessionWrite& write) {
        const auto version =
            write.change.versioned ? std::optional{write.after.version} : std::optional<std::uint64_t>{};
        std::size_t ordinal = 0;
        for (const TimelineItem& item : write.change.timeline) {
            const auto step = item.participant ? std::optional{item.step} : std::optional<std::uint32_t>{};
            connection_.execute(Sql::insert_transition, tenant_, write.after.id, version, ordinal++,
                                item.participant, step, item.type, item.at, item.actor, item.detail);
        }
    }

    void insert_session(const SessionData& s) {
        connection_.execute(Sql::insert_session, tenant_, s.id, s.patient, s.initiator, s.node, s.appointment,
                            s.encounter_id, s.video_backend, s.room_name, s.room_url, s.mode, s.status,
                            s.scheduled_start, s.scheduled_end, s.actual_start, s.actual_end,
                            s.recording_enabled, s.recording_ref, s.consent_pending, s.failure_reason,
                            s.cancel_reason, s.end_reason, s.messaging_thread_id, s.reason_for_visit,
                            s.language, s.version, s.created_at, s.updated_at);
    }

    void update_session(const SessionWrite& write) {
        const SessionData& s = write.after;
        if (write.change.versioned) {
            connection_.change(Sql::update_session, tenant_, s.id, write.change.previous_version,
                               s.encounter_id, s.video_backend, s.room_name, s.room_url, s.mode, s.status,
                               s.scheduled_start, s.scheduled_end, s.actual_start, s.actual_end,
                               s.recording_enabled, s.recording_ref, s.consent_pending, s.failure_reason,
                               s.cancel_reason, s.end_reason, s.messaging_thread_id, s.reason_for_visit,
                               s.language, s.version, s.updated_at, s.patient);
            connection_.execute(Sql::move_participants, tenant_, s.id, s.scheduled_start);
            return;
        }
        // A line about nobody in particular is about the session itself. Lines about people need no look
        // at the session: their steps guard them.
        const bool is_annotated = std::ranges::any_of(
            write.change.timeline, [](const TimelineItem& item) { return !item.participant; });
        if (is_annotated)
            connection_.change(Sql::annotate_session, tenant_, s.id, s.version, s.encounter_id,
                               s.recording_ref, s.messaging_thread_id);
    }

    void put_participant(const SessionData& session, std::size_t ordinal) {
        const Participant& p = session.participants[ordinal];
        connection_.execute(Sql::put_participant, tenant_, session.id, p.id, ordinal, p.role, p.status,
                            p.user_id, p.display_name, p.contact.email, p.contact.phone, p.language,
                            p.linked_to, p.link_opened_at, p.joined_at, p.admitted_at, p.left_at,
                            p.removed_at, p.removed_reason, p.connection, p.media_mode, p.status_to_resume,
                            p.step, session.scheduled_start);
    }

    /// Whoever lost the transport keeps the place in the queue; whoever left gave it up.
    static bool is_waiting(const Participant& p) {
        const bool lost_while_waiting = p.status == ParticipantStatus::disconnected && !p.left_at &&
                                        p.status_to_resume == ParticipantStatus::waiting;
        return p.status == ParticipantStatus::waiting || lost_while_waiting;
    }

    void write_waiting(const SessionWrite& write) {
        const SessionData& session = write.after;
        if (is_terminal(session.status)) {
            connection_.execute(Sql::delete_waiting_of_session, tenant_, session.id);
            return;
        }
        for (const TimelineItem& item : write.change.timeline) {
            if (!item.participant) continue;
            const auto who = std::ranges::find(session.participants, *item.participant, &Participant::id);
            if (who == session.participants.end()) continue;
            if (is_waiting(*who)) {
                connection_.execute(Sql::put_waiting, tenant_, session.id, who->id, who->role, item.at);
            } else if (write.change.previous_version != 0 || !write.change.versioned) {
                connection_.execute(Sql::delete_waiting, tenant_, session.id, who->id);
            }
        }
    }

    void write_due_time(const SessionWrite& write) {
        if (write.due) {
            connection_.execute(Sql::put_due_time, tenant_, write.after.id, *write.due);
        } else if (write.change.versioned) {
            connection_.execute(Sql::delete_due_time, tenant_, write.after.id);
        }
    }

    void write_credentials(const UnitOfWork& unit) {
        for (const application::UsedJoinToken& used : unit.used_tokens)
            connection_.change(Sql::use_token, tenant_, used.jti, used.at);
        for (const JoinTokenRecord& token : unit.issued_tokens) {
            connection_.execute(Sql::replace_token, tenant_, token.participant, token.issued_at);
            connection_.execute(Sql::insert_token, tenant_, token.jti, token.session, token.participant,
                                token.role, token.issued_at, token.issued_for, token.window.valid_from,
                                token.window.expires_at, token.code_hash, token.used_at, token.replaced_at,
                                token.key_version);
        }
        for (const ParticipantId& participant : unit.voided_credentials)
            connection_.execute(Sql::void_credential, tenant_, participant, unit.at);
        for (const application::VisitCredentialRecord& credential : unit.credentials) {
            connection_.execute(Sql::void_credential, tenant_, credential.participant, credential.issued_at);
            connection_.execute(Sql::insert_credential, tenant_, credential.participant,
                                credential.secret_hash, credential.session, credential.issued_at,
                                credential.voided_at);
        }
    }

    void write_consents(const UnitOfWork& unit) {
        for (const ConsentRecord& c : unit.consents) {
            connection_.execute(Sql::put_consent, tenant_, c.id, c.patient, c.type, c.status, c.granted_by,
                                c.capacity, c.method, c.text_version, c.language, c.at, c.expires_at,
                                c.withdrawn_at);
        }
        for (const application::LocalWithdrawal& withdrawal : unit.withdrawals) {
            if (withdrawal.owner_told) continue;
            const ConsentRecord& c = withdrawal.record;
            connection_.execute(Sql::put_consent_debt, tenant_, c.id, c.patient, c.type, c.status,
                                c.granted_by, c.capacity, c.method, c.text_version, c.language, c.at,
                                c.expires_at, c.withdrawn_at, unit.at);
        }
    }

    void write_about_participants(const UnitOfWork& unit) {
        for (const application::ConsentRefusal& refusal : unit.refusals)
            connection_.change(Sql::put_refusal, tenant_, refusal.participant, refusal.type, refusal.at);
        for (const application::WhereaboutsRecord& record : unit.whereabouts)
            connection_.change(Sql::put_whereabouts, tenant_, record.participant, Bytes{record.sealed},
                               record.key_version, record.delete_at);
        for (const application::DeviceCheckRecord& check : unit.device_checks)
            connection_.change(Sql::put_device_check, tenant_, check.participant, check.at, check.camera,
                               check.microphone, check.speaker, check.rtt_ms, check.loss_pct, check.kbps);
        for (const application::FeedbackRecord& feedback : unit.feedback)
            connection_.execute(Sql::put_feedback, tenant_, feedback.session, feedback.participant,
                                feedback.rating, feedback.comment, feedback.at);
    }

    void write_event(const application::OutboxEntry& entry) {
        connection_.execute(Sql::insert_event, tenant_, entry.id, to_wire(entry.event.type),
                            entry.event.subject, entry.event.session,
                            json::encode_event_data(entry.event.data), entry.at, entry.actor,
                            entry.correlation_id, entry.traceparent);
    }

    void write_notification(const application::NotificationWrite& write) {
        if (!write.intent) return;
        const Notification& told = write.told;
        const application::OutboxEntry& entry = *write.intent;
        connection_.execute(Sql::note_notification, tenant_, write.session, told.participant, told.category,
                            told.occasion, entry.id, entry.at);
        connection_.execute(
            Sql::insert_intent, tenant_, entry.id, to_wire(entry.event.type), entry.event.subject,
            entry.event.session, json::encode_event_data(entry.event.data), entry.at, entry.actor,
            entry.correlation_id, entry.traceparent, told.participant, told.category, told.occasion);
    }

    void write_reminder(const application::ReminderWrite& write) {
        if (write.held_until && write.due) {
            connection_.change(Sql::next_reminder, tenant_, write.session, *write.held_until, *write.due);
        } else if (write.held_until) {
            connection_.change(Sql::last_reminder, tenant_, write.session, *write.held_until);
        } else if (write.due) {
            connection_.execute(Sql::put_reminder, tenant_, write.session, *write.due);
        } else {
            connection_.execute(Sql::delete_reminder, tenant_, write.session);
        }
    }

    Connection& connection_;
    const TenantId& tenant_;
    const TraceContext& cause_;
};

boost::json::value text_or_null(const auto& id) {
    return id ? boost::json::value(id->text()) : boost::json::value();
}

/// As `insert_audits` takes it.
boost::json::array row_of(const AuditEntry& entry) {
    return {entry.id.text(), to_unix_ms(entry.at),        entry.actor,
            entry.action,    text_or_null(entry.session), text_or_null(entry.patient),
            entry.outcome,   entry.remote_address,        entry.trace_id};
}

}  // namespace

void write_unit(Connection& connection, const TenantId& tenant, const UnitOfWork& unit,
                const TraceContext& cause) {
    UnitWriter{connection, tenant, cause}.write(unit);
}

void write_audit(Connection& connection, const TenantId& tenant, const AuditEntry& entry) {
    connection.execute(Sql::insert_audit, tenant, entry.id, entry.at, entry.actor, entry.action,
                       entry.session, entry.patient, entry.outcome, entry.remote_address, entry.trace_id);
    connection.execute(Sql::insert_unsealed, tenant, entry.id);
}

void write_audits(Connection& connection, const TenantId& tenant, const std::vector<AuditEntry>& entries) {
    if (entries.size() == 1) return write_audit(connection, tenant, entries.front());
    boost::json::array rows;
    for (const AuditEntry& entry : entries) rows.push_back(row_of(entry));
    const std::string list = boost::json::serialize(rows);
    connection.execute(Sql::insert_audits, tenant, list);
    connection.execute(Sql::insert_all_unsealed, tenant, list);
}

void write_config(Connection& connection, Sql sql, const StoredTenantConfig& config) {
    connection.execute(sql, config.tenant, config.version, config.id,
                       json::encode_tenant_config(config.config), config.updated_at);
}

}  // namespace vcare::store
