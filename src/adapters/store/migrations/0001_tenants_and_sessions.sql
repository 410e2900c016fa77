-- SPDX-License-Identifier: Apache-2.0
-- Tenants, their configurations, the sessions and the people in them.
--
-- Words in braces are types and table options that each database spells in its own way (schema.cpp).
-- Every key and foreign key starts with tenant_id. What a person typed, and names and contacts, stand in
-- `sessions` and `participants` only, which no worker reads across tenants.

CREATE TABLE tenants (
    tenant_id {key} NOT NULL PRIMARY KEY,
    short_key {key} NOT NULL UNIQUE,
    suspended {flag} NOT NULL,
    created_at {instant} NOT NULL
) {clustered};

-- Every version is kept; the newest is in force. A stale writer's version is there already.
CREATE TABLE tenant_configs (
    tenant_id {key} NOT NULL,
    version {integer} NOT NULL,
    config_id {key} NOT NULL,
    document {text} NOT NULL,
    updated_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, version)
) {heap};

CREATE TABLE sessions (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    patient_id {key} NOT NULL,
    initiator_id {key} NOT NULL,
    node_id {key},
    appointment_id {key},
    encounter_id {text},
    video_backend {text} NOT NULL,
    room_name {text} NOT NULL,
    room_url {text} NOT NULL,
    mode {text} NOT NULL,
    status {key} NOT NULL,
    scheduled_start {instant} NOT NULL,
    scheduled_end {instant} NOT NULL,
    actual_start {instant},
    actual_end {instant},
    recording_enabled {flag} NOT NULL,
    recording_ref {text},
    consent_pending {flag} NOT NULL,
    failure_reason {text},
    cancel_reason {text},
    end_reason {text},
    messaging_thread_id {text},
    reason_for_visit {text},
    language {text},
    version {integer} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id)
) {heap};
CREATE INDEX sessions_by_start ON sessions (tenant_id, scheduled_start, session_id);
CREATE INDEX sessions_by_status ON sessions (tenant_id, status, scheduled_start, session_id);
CREATE INDEX sessions_by_patient ON sessions (tenant_id, patient_id, scheduled_start, session_id);
CREATE INDEX sessions_by_node ON sessions (tenant_id, node_id, scheduled_start, session_id)
    WHERE node_id IS NOT NULL;

-- scheduled_start repeats the session's, so that one person's visits are listed from one index.
CREATE TABLE participants (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    ordinal {integer} NOT NULL,
    role {text} NOT NULL,
    status {text} NOT NULL,
    user_id {key},
    display_name {text} NOT NULL,
    email {text},
    phone {text},
    language {text},
    linked_to {text},
    link_opened_at {instant},
    joined_at {instant},
    admitted_at {instant},
    left_at {instant},
    removed_at {instant},
    removed_reason {text},
    connection {text} NOT NULL,
    media_mode {text} NOT NULL,
    status_to_resume {text},
    step {integer} NOT NULL,
    scheduled_start {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id, participant_id),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, session_id)
) {clustered};
CREATE UNIQUE INDEX participants_by_id ON participants (tenant_id, participant_id);
CREATE INDEX participants_by_user ON participants (tenant_id, user_id, scheduled_start, session_id)
    WHERE user_id IS NOT NULL;

-- What happened to each session: its timeline, and the wall against stale writers. A change that counts a
-- version claims (session, version, 0 …); one that does not has no version. A line about a participant
-- claims their next step. Two writers of the same version or step cannot both commit.
CREATE TABLE transitions (
    entry {identity},
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    version {integer},
    ordinal {integer} NOT NULL,
    participant_id {key},
    step {integer},
    type {text} NOT NULL,
    at {instant} NOT NULL,
    actor {text} NOT NULL,
    detail {text},
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, session_id)
) {heap};
CREATE UNIQUE INDEX transitions_by_version ON transitions (tenant_id, session_id, version, ordinal);
CREATE UNIQUE INDEX transitions_by_step ON transitions (tenant_id, participant_id, step)
    WHERE participant_id IS NOT NULL;

-- Who waits for admission now, without anything about them.
CREATE TABLE waiting (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    role {text} NOT NULL,
    waiting_since {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id, participant_id)
) {clustered};
CREATE INDEX waiting_by_time ON waiting (tenant_id, waiting_since);

-- Where the patient is and how to call back, encrypted.
CREATE TABLE whereabouts (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    sealed {bytes} NOT NULL,
    key_version {integer} NOT NULL,
    delete_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id, participant_id)
) {clustered};
CREATE INDEX whereabouts_by_time ON whereabouts (delete_at);

CREATE TABLE device_checks (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    at {instant} NOT NULL,
    camera {text} NOT NULL,
    microphone {text} NOT NULL,
    speaker {text} NOT NULL,
    rtt_ms {real},
    loss_pct {real},
    kbps {real},
    PRIMARY KEY (tenant_id, session_id, participant_id)
) {clustered};

CREATE TABLE feedback (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    rating {integer} NOT NULL,
    comment {text} NOT NULL,
    at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id, participant_id)
) {clustered};
