-- SPDX-License-Identifier: Apache-2.0
-- What other services told us: which of their messages had their effect, what is known of their appointments,
-- and which messages failed. Ids, states and times only: what a message says beside them is never stored.

-- Written in the transaction of the effect: a second delivery finds its row and changes nothing. `about` names
-- what an event is the newest word on, where only the newest counts.
CREATE TABLE inbox (
    tenant_id {key} NOT NULL,
    consumer {key} NOT NULL,
    message_id {key} NOT NULL,
    type {text} NOT NULL,
    about {key} NOT NULL,
    said_at {instant} NOT NULL,
    taken_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, consumer, message_id)
) {clustered};
CREATE INDEX inbox_by_subject ON inbox (tenant_id, about, said_at) WHERE about <> '';
CREATE INDEX inbox_by_time ON inbox (taken_at);

-- One row an appointment, whatever is delivered how often and in which order: so it has one session at most.
-- Those that are `waiting` are what the clinic sees as waiting appointments; `due_at` is when to try again.
CREATE TABLE appointments (
    tenant_id {key} NOT NULL,
    appointment_id {key} NOT NULL,
    state {key} NOT NULL,
    waits_for {key} NOT NULL,
    patient_id {key},
    provider_id {key},
    node_id {key},
    language {text},
    starts_at {instant},
    ends_at {instant},
    time_said_at {instant},
    closed_said_at {instant},
    closed_reason {text} NOT NULL,
    session_id {key},
    heard_at {instant} NOT NULL,
    due_at {instant},
    attempts {integer} NOT NULL,
    version {integer} NOT NULL,
    traceparent {text} NOT NULL,
    PRIMARY KEY (tenant_id, appointment_id)
) {clustered};
CREATE INDEX appointments_waiting ON appointments (tenant_id, starts_at, appointment_id) WHERE state = 'waiting';
CREATE INDEX appointments_by_patient ON appointments (tenant_id, patient_id) WHERE state = 'waiting';
CREATE INDEX appointments_by_time ON appointments (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX {online} sessions_by_appointment ON sessions (tenant_id, appointment_id) WHERE appointment_id IS NOT NULL;

-- Messages that failed: where each lies and why, never what it says. `tenant_id` is empty when nobody could
-- tell. One with `died_at` is a dead letter; with `replay_at` it is to be taken again.
CREATE TABLE inbox_failures (
    tenant_id {key} NOT NULL,
    place {key} NOT NULL,
    stream {text} NOT NULL,
    sequence {integer} NOT NULL,
    message_id {text} NOT NULL,
    type {text} NOT NULL,
    failures {integer} NOT NULL,
    last_problem {text} NOT NULL,
    failed_at {instant} NOT NULL,
    died_at {instant},
    replay_at {instant},
    PRIMARY KEY (tenant_id, place)
) {clustered};
CREATE INDEX inbox_failures_by_place ON inbox_failures (place);
CREATE INDEX inbox_failures_to_replay ON inbox_failures (replay_at) WHERE replay_at IS NOT NULL;

-- Whether the platform says that the tenant has the module; a suspension is the operator's own word.
ALTER TABLE tenants ADD COLUMN licensed {flag} NOT NULL DEFAULT 1;
