-- SPDX-License-Identifier: Apache-2.0
-- What workers see across tenants (ids, states and times only), and who is connected.

-- `position` is given by the relay when it publishes, in that order for all tenants; `sequence` is only the
-- order of writing.
CREATE TABLE outbox (
    sequence {identity},
    tenant_id {key} NOT NULL,
    event_id {key} NOT NULL,
    type {text} NOT NULL,
    subject {text} NOT NULL,
    session_id {key} NOT NULL,
    data {text} NOT NULL,
    at {instant} NOT NULL,
    actor {text} NOT NULL,
    correlation_id {text} NOT NULL,
    traceparent {text} NOT NULL,
    position {integer},
    published_at {instant}
) {heap};
CREATE INDEX outbox_unpublished ON outbox (sequence) WHERE position IS NULL;
CREATE UNIQUE INDEX outbox_by_position ON outbox (tenant_id, position) WHERE position IS NOT NULL;
CREATE INDEX outbox_by_session ON outbox (tenant_id, session_id, position) WHERE position IS NOT NULL;
CREATE INDEX outbox_by_publication ON outbox (published_at) WHERE published_at IS NOT NULL;

-- Numbers of the store as a whole: the last position given out, and the last one deleted.
CREATE TABLE counters (
    name {key} NOT NULL PRIMARY KEY,
    value {integer} NOT NULL
) {clustered};
INSERT INTO counters (name, value) VALUES ('outbox_position', 0), ('outbox_floor', 0), ('checkpoint', 0);

CREATE TABLE due_times (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    due_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id)
) {clustered};
CREATE INDEX due_times_by_time ON due_times (due_at);

CREATE TABLE encounter_debts (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    owed_since {instant} NOT NULL,
    attempts {integer} NOT NULL,
    next_attempt {instant} NOT NULL,
    state {key} NOT NULL,
    last_problem {text} NOT NULL,
    PRIMARY KEY (tenant_id, session_id)
) {clustered};
CREATE INDEX encounter_debts_by_time ON encounter_debts (state, next_attempt);

-- One row a stream; one heartbeat a replica, never one a stream.
CREATE TABLE streams (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    stream_id {key} NOT NULL,
    replica {key} NOT NULL,
    opened_at {instant} NOT NULL,
    closed_at {instant},
    PRIMARY KEY (tenant_id, session_id, participant_id, stream_id)
) {clustered};
CREATE INDEX streams_closed ON streams (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX streams_by_replica ON streams (replica) WHERE closed_at IS NULL;

CREATE TABLE calls (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    last_call {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id, participant_id)
) {clustered};
CREATE INDEX calls_by_time ON calls (last_call);

CREATE TABLE heartbeats (
    replica {key} NOT NULL PRIMARY KEY,
    last_beat {instant} NOT NULL
) {clustered};
CREATE INDEX heartbeats_by_time ON heartbeats (last_beat);

-- When no replica was alive for more than 15 s: the end of each such gap.
CREATE TABLE clock_gaps (
    ended_at {instant} NOT NULL PRIMARY KEY
) {clustered};

-- The embedded FHIR keeper's own Encounters.
CREATE TABLE kept_encounters (
    tenant_id {key} NOT NULL,
    identifier {key} NOT NULL,
    encounter_id {key} NOT NULL,
    document {text} NOT NULL,
    PRIMARY KEY (tenant_id, identifier)
) {heap};
CREATE UNIQUE INDEX kept_encounters_by_id ON kept_encounters (tenant_id, encounter_id);
