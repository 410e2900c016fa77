// SPDX-License-Identifier: Apache-2.0
#include "adapters/json/session_codec.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "adapters/json/fields.hpp"

namespace vcare::json {
namespace {

using boost::json::serialize;

object to_json(const domain::Participant& participant) {
    object person;
    person["id"] = participant.id.text();
    person["role"] = domain::to_wire(participant.role);
    person["status"] = domain::to_wire(participant.status);
    put(person, "userId", participant.user_id);
    put_if_any(person, "displayName", participant.display_name.reveal());
    object contact;
    put(contact, "email", participant.contact.email);
    put(contact, "phone", participant.contact.phone);
    if (!contact.empty()) person["contact"] = std::move(contact);
    put(person, "language", participant.language);
    put(person, "linkedTo", participant.linked_to);
    put(person, "joinedAt", participant.joined_at);
    put(person, "admittedAt", participant.admitted_at);
    put(person, "leftAt", participant.left_at);
    put(person, "removedAt", participant.removed_at);
    put(person, "removedReason", participant.removed_reason);
    person["connection"] = domain::to_wire(participant.connection);
    person["mediaMode"] = domain::to_wire(participant.media_mode);
    return person;
}

array people_of(const domain::SessionData& session) {
    array people;
    people.reserve(session.participants.size());
    for (const auto& participant : session.participants) people.push_back(to_json(participant));
    return people;
}

object to_json(const domain::SessionData& session) {
    object document;
    document["id"] = session.id.text();
    document["tenantId"] = session.tenant.text();
    put(document, "nodeId", session.node);
    document["patientId"] = session.patient.text();
    put(document, "appointmentId", session.appointment);
    document["encounterId"] = nullptr;
    put(document, "encounterId", session.encounter_id);
    document["initiatorId"] = session.initiator.text();
    document["videoBackend"] = session.video_backend;
    document["roomName"] = session.room_name;
    document["roomUrl"] = session.room_url;
    document["mode"] = domain::to_wire(session.mode);
    document["status"] = domain::to_wire(session.status);
    document["scheduledStart"] = text_of(session.scheduled_start);
    document["scheduledEnd"] = text_of(session.scheduled_end);
    put(document, "actualStart", session.actual_start);
    put(document, "actualEnd", session.actual_end);
    document["recordingEnabled"] = session.recording_enabled;
    put(document, "recordingRef", session.recording_ref);
    document["consentPending"] = session.consent_pending;
    put(document, "endReason", session.end_reason);
    put(document, "failureReason", session.failure_reason);
    put(document, "cancelReason", session.cancel_reason);
    put(document, "messagingThreadId", session.messaging_thread_id);
    put(document, "reasonForVisit", session.reason_for_visit);
    put(document, "language", session.language);
    document["version"] = session.version;
    document["createdAt"] = text_of(session.created_at);
    document["updatedAt"] = text_of(session.updated_at);
    document["participants"] = people_of(session);
    return document;
}

object to_json(const application::DeviceCheckRecord& check) {
    object result{{"camera", check.camera},
                  {"microphone", check.microphone},
                  {"speaker", check.speaker},
                  {"at", text_of(check.at)}};
    put(result, "rttMs", check.rtt_ms);
    put(result, "lossPct", check.loss_pct);
    put(result, "kbps", check.kbps);
    return result;
}

}  // namespace

std::string encode_session(const domain::SessionData& session) {
    return serialize(to_json(session));
}

std::string encode_session(const application::SessionView& view) {
    auto document = to_json(view.session);
    if (view.whereabouts) {
        auto& people = document["participants"].as_array();
        for (std::size_t i = 0; i < people.size(); ++i) {
            if (view.session.participants[i].role != domain::Role::patient) continue;
            people[i].as_object()["whereabouts"] =
                object{{"address", view.whereabouts->address.reveal()},
                       {"callbackNumber", view.whereabouts->callback_number.reveal()}};
        }
    }
    return serialize(document);
}

std::string encode_session_page(const application::Page<domain::SessionData>& page) {
    array items;
    items.reserve(page.items.size());
    for (const auto& session : page.items) items.push_back(to_json(session));
    object document{{"items", std::move(items)}};
    put(document, "nextCursor", page.next_cursor);
    return serialize(document);
}

std::string encode_participant(const domain::Participant& participant) {
    return serialize(to_json(participant));
}

std::string encode_participants(const domain::SessionData& session) {
    return serialize(object{{"items", people_of(session)}});
}

std::string encode_timeline(const std::vector<domain::TimelineItem>& items) {
    array list;
    for (const auto& item : items) {
        object line{{"at", text_of(item.at)}, {"type", item.type}};
        put(line, "participantId", item.participant);
        put_if_any(line, "actor", item.actor);
        put(line, "detail", item.detail);
        list.push_back(std::move(line));
    }
    return serialize(object{{"items", std::move(list)}});
}

std::string encode_waiting_room(const std::vector<application::WaitingEntry>& entries, domain::Instant now) {
    array list;
    for (const auto& entry : entries) {
        const auto waited = std::chrono::duration_cast<std::chrono::seconds>(now - entry.waiting_since);
        object line{{"sessionId", entry.session.text()},
                    {"participantId", entry.participant.id.text()},
                    {"role", domain::to_wire(entry.participant.role)}};
        put_if_any(line, "displayName", entry.participant.display_name.reveal());
        line["waitSeconds"] = std::max<std::int64_t>(0, waited.count());
        line["connection"] = domain::to_wire(entry.participant.connection);
        put(line, "language", entry.language);
        line["interpreterNeeded"] = entry.interpreter_needed;
        list.push_back(std::move(line));
    }
    return serialize(object{{"items", std::move(list)}});
}

std::string encode_waiting_appointments(const std::vector<domain::Appointment>& appointments) {
    array list;
    for (const domain::Appointment& appointment : appointments) {
        if (!appointment.people || !appointment.time) continue;
        object line{{"appointmentId", appointment.id.text()},
                    {"patientId", appointment.people->patient.text()}};
        put(line, "providerId", appointment.people->provider);
        put(line, "nodeId", appointment.people->node);
        line["scheduledStart"] = text_of(appointment.time->start);
        put(line, "scheduledEnd", appointment.time->end);
        line["waitsFor"] = domain::to_wire(appointment.waits_for);
        line["waitingSince"] = text_of(appointment.heard_at);
        put(line, "nextTryAt", appointment.due);
        list.push_back(std::move(line));
    }
    return serialize(object{{"items", std::move(list)}});
}

std::string encode_preparation(const application::Preparation& preparation) {
    array people;
    for (const auto& person : preparation.people) {
        object link;
        put(link, "issuedAt", person.link_issued_at);
        put(link, "openedAt", person.link_opened_at);
        put(link, "requestedAt", person.link_requested_at);
        object line{{"participantId", person.id.text()},
                    {"role", domain::to_wire(person.role)},
                    {"status", domain::to_wire(person.status)},
                    {"reachable", person.is_reachable},
                    {"link", std::move(link)}};
        put_if_any(line, "displayName", person.display_name.reveal());
        if (person.device_check) line["deviceCheck"] = to_json(*person.device_check);
        people.push_back(std::move(line));
    }
    const auto& session = preparation.session;
    return serialize(
        object{{"sessionId", session.id.text()},
               {"backend", object{{"name", session.video_backend},
                                  {"healthy", preparation.backend.healthy},
                                  {"checkedAt", text_of(preparation.backend.checked_at)}}},
               {"consents", array{object{{"type", "telehealth"},
                                         {"required", true},
                                         {"status", session.consent_pending ? "needed" : "granted"}}}},
               {"participants", std::move(people)},
               {"interpreter", object{{"needed", preparation.interpreter_invited},
                                      {"confirmed", preparation.interpreter_confirmed}}}});
}

}  // namespace vcare::json
