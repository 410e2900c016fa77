// SPDX-License-Identifier: Apache-2.0
#include "adapters/events/event_mapping.hpp"

namespace vcare::events {
namespace {

/// CloudEvents 1.0 in structured JSON, each on the subject that is its type.
constexpr std::string_view cloud_events = R"json({
  "streams": [
    {"name": "SCHEDULING"}, {"name": "ACCESS_POLICY"}, {"name": "IDENTITY"},
    {"name": "REGISTRATION"}, {"name": "COMMUNICATION"}, {"name": "LICENSING"}
  ],
  "head": {
    "id": ["/id"], "type": ["/type"], "time": ["/time"],
    "tenant": ["/tenantid", "/data/tenantId"], "actor": ["/actorid", "/data/actorId"],
    "correlation": ["/correlationid"], "traceparent": ["/traceparent"]
  },
  "events": [
    {"event": "scheduling.appointment.scheduled.v1",
     "fields": {"appointmentId": ["/data/appointmentId", "/subject"], "patientId": ["/data/patientId"],
                "providerId": ["/data/providerId", "/data/providerUserId"], "nodeId": ["/data/nodeId"],
                "language": ["/data/language"], "visitType": ["/data/visitType"],
                "start": ["/data/scheduledStart", "/data/startAt"], "end": ["/data/scheduledEnd", "/data/endAt"]}},
    {"event": "scheduling.appointment.rescheduled.v1",
     "fields": {"appointmentId": ["/data/appointmentId", "/subject"], "providerId": ["/data/providerId"],
                "start": ["/data/scheduledStart", "/data/startAt"], "end": ["/data/scheduledEnd", "/data/endAt"]}},
    {"event": "scheduling.appointment.cancelled.v1",
     "fields": {"appointmentId": ["/data/appointmentId", "/subject"]}},
    {"event": "scheduling.appointment.noshow.v1",
     "fields": {"appointmentId": ["/data/appointmentId", "/subject"]}},
    {"event": "access_policy.consent.revoked.v1",
     "fields": {"patientId": ["/data/patientId"], "consentType": ["/data/type", "/data/consentType"]}},
    {"event": "access_policy.consent.granted.v1",
     "fields": {"patientId": ["/data/patientId"], "consentType": ["/data/type", "/data/consentType"]}},
    {"event": "identity.user.deactivated.v1", "fields": {"userId": ["/data/userId", "/subject"]}},
    {"event": "identity.user.suspended.v1", "fields": {"userId": ["/data/userId", "/subject"]}},
    {"event": "identity.session.revoked.v1", "fields": {"userId": ["/data/userId"], "sid": ["/data/sid"]}},
    {"event": "registration.patient.vital_status_changed.v1",
     "fields": {"patientId": ["/data/patientId", "/subject"], "vitalStatus": ["/data/vitalStatus", "/data/status"]}},
    {"event": "registration.patient.merged.v1",
     "fields": {"fromPatientId": ["/data/fromPatientId", "/data/mergedPatientId"],
                "intoPatientId": ["/data/intoPatientId", "/data/survivingPatientId"]}},
    {"event": "communication.thread.created", "types": ["communication.thread.created.v1"],
     "fields": {"sessionId": ["/data/sessionId"], "threadId": ["/data/threadId", "/subject"]}},
    {"event": "licensing.entitlement.changed.v1",
     "fields": {"module": ["/data/module", "/data/moduleCode"], "nodeId": ["/data/nodeId"],
                "licensed": ["/data/licensed", "/data/status"]}}
  ]
})json";

/// Plain JSON whose subject says what it is; who and whose are inside `data`.
constexpr std::string_view plain = R"json({
  "streams": [
    {"name": "SCHEDULING"}, {"name": "ACCESS_POLICY"}, {"name": "IDENTITY"},
    {"name": "REGISTRATION"}, {"name": "COMMUNICATION"}, {"name": "LICENSING"}
  ],
  "head": {
    "id": ["/id", "/eventId"], "type": ["/type", "/eventType"], "time": ["/time", "/occurredAt", "/timestamp"],
    "tenant": ["/data/tenantId"], "actor": ["/data/actorId"],
    "correlation": ["/correlationId", "/data/correlationId"], "traceparent": ["/traceparent"]
  },
  "events": [
    {"event": "scheduling.appointment.scheduled.v1", "types": ["SCHEDULING.appointment.created"],
     "fields": {"appointmentId": ["/data/appointmentId", "/data/id"], "patientId": ["/data/patientId"],
                "providerId": ["/data/providerId"], "nodeId": ["/data/nodeId", "/data/facilityId"],
                "language": ["/data/language"], "visitType": ["/data/visitType"],
                "start": ["/data/startAt"], "end": ["/data/endAt"]}},
    {"event": "scheduling.appointment.rescheduled.v1", "types": ["SCHEDULING.appointment.updated"],
     "only_with": "/data/newSlotId",
     "fields": {"appointmentId": ["/data/appointmentId", "/data/id"], "providerId": ["/data/providerId"],
                "start": ["/data/startAt"], "end": ["/data/endAt"]}},
    {"event": "scheduling.appointment.cancelled.v1", "types": ["SCHEDULING.appointment.cancelled"],
     "fields": {"appointmentId": ["/data/appointmentId", "/data/id"]}},
    {"event": "scheduling.appointment.noshow.v1", "types": ["SCHEDULING.appointment.noshow"],
     "fields": {"appointmentId": ["/data/appointmentId", "/data/id"]}},
    {"event": "access_policy.consent.revoked.v1", "types": ["ACCESS_POLICY.consent.revoked"],
     "fields": {"patientId": ["/data/patientId"], "consentType": ["/data/type", "/data/consentType"]}},
    {"event": "access_policy.consent.granted.v1", "types": ["ACCESS_POLICY.consent.granted"],
     "fields": {"patientId": ["/data/patientId"], "consentType": ["/data/type", "/data/consentType"]}},
    {"event": "identity.user.deactivated.v1", "types": ["IDENTITY.user.deactivated"],
     "fields": {"userId": ["/data/userId"]}},
    {"event": "identity.user.suspended.v1", "types": ["IDENTITY.user.suspended"],
     "fields": {"userId": ["/data/userId"]}},
    {"event": "identity.session.revoked.v1", "types": ["IDENTITY.session.revoked"],
     "fields": {"userId": ["/data/userId"], "sid": ["/data/sid"]}},
    {"event": "registration.patient.vital_status_changed.v1",
     "types": ["REGISTRATION.patient.vital_status_changed", "REGISTRATION.patient.vitalStatusChanged"],
     "fields": {"patientId": ["/data/patientId"], "vitalStatus": ["/data/vitalStatus", "/data/status"]}},
    {"event": "registration.patient.merged.v1", "types": ["REGISTRATION.patient.merged"],
     "fields": {"fromPatientId": ["/data/fromPatientId", "/data/mergedPatientId"],
                "intoPatientId": ["/data/intoPatientId", "/data/survivingPatientId"]}},
    {"event": "communication.thread.created", "types": ["COMMUNICATION.thread.created"],
     "fields": {"sessionId": ["/data/sessionId"], "threadId": ["/data/threadId"]}},
    {"event": "licensing.entitlement.changed.v1", "types": ["LICENSING.entitlement.changed"],
     "fields": {"module": ["/data/module", "/data/moduleCode"], "nodeId": ["/data/nodeId", "/data/facilityId"],
                "licensed": ["/data/licensed", "/data/status"]}}
  ]
})json";

}  // namespace

std::string_view shipped_mapping(std::string_view name) {
    if (name == "cloudevents") return cloud_events;
    if (name == "plain") return plain;
    return {};
}

}  // namespace vcare::events
