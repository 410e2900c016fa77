-- SPDX-License-Identifier: Apache-2.0
-- What lets people in, the answers kept for repeats, and consents.

CREATE TABLE join_tokens (
    tenant_id {key} NOT NULL,
    jti {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    role {text} NOT NULL,
    issued_at {instant} NOT NULL,
    issued_for {instant} NOT NULL,
    valid_from {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    code_hash {key} NOT NULL,
    used_at {instant},
    replaced_at {instant},
    key_version {integer} NOT NULL,
    PRIMARY KEY (tenant_id, jti),
    FOREIGN KEY (tenant_id, session_id, participant_id)
        REFERENCES participants (tenant_id, session_id, participant_id)
) {clustered};
CREATE UNIQUE INDEX join_tokens_by_code ON join_tokens (tenant_id, code_hash) WHERE code_hash <> '';
-- A participant has one current token.
CREATE UNIQUE INDEX join_tokens_current ON join_tokens (tenant_id, participant_id) WHERE replaced_at IS NULL;

CREATE TABLE visit_credentials (
    tenant_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    secret_hash {key} NOT NULL,
    session_id {key} NOT NULL,
    issued_at {instant} NOT NULL,
    voided_at {instant},
    PRIMARY KEY (tenant_id, participant_id, secret_hash),
    FOREIGN KEY (tenant_id, session_id, participant_id)
        REFERENCES participants (tenant_id, session_id, participant_id)
) {clustered};
-- A participant has one live credential.
CREATE UNIQUE INDEX visit_credentials_live ON visit_credentials (tenant_id, participant_id)
    WHERE voided_at IS NULL;

CREATE TABLE kept_answers (
    tenant_id {key} NOT NULL,
    caller {key} NOT NULL,
    idempotency_key {key} NOT NULL,
    fingerprint {text} NOT NULL,
    status {integer} NOT NULL,
    location {text} NOT NULL,
    etag {text} NOT NULL,
    body {text} NOT NULL,
    secret_of {text} NOT NULL,
    kept_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, caller, idempotency_key)
) {heap};
CREATE INDEX kept_answers_by_time ON kept_answers (kept_at);

CREATE TABLE consents (
    tenant_id {key} NOT NULL,
    consent_id {key} NOT NULL,
    patient_id {key} NOT NULL,
    type {key} NOT NULL,
    status {text} NOT NULL,
    granted_by {text} NOT NULL,
    capacity {text} NOT NULL,
    method {text} NOT NULL,
    text_version {text} NOT NULL,
    language {text} NOT NULL,
    at {instant} NOT NULL,
    expires_at {instant},
    withdrawn_at {instant},
    PRIMARY KEY (tenant_id, consent_id)
) {clustered};
CREATE INDEX consents_by_patient ON consents (tenant_id, patient_id, consent_id);
CREATE INDEX consents_by_type ON consents (tenant_id, patient_id, type, consent_id);

CREATE TABLE consent_refusals (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    type {key} NOT NULL,
    at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id, participant_id, type)
) {clustered};

-- A row is a withdrawal that the owner of consents has not taken yet: a debt, and a fact that overrides
-- every "granted" of theirs meanwhile.
CREATE TABLE consent_debts (
    tenant_id {key} NOT NULL,
    consent_id {key} NOT NULL,
    patient_id {key} NOT NULL,
    type {key} NOT NULL,
    status {text} NOT NULL,
    granted_by {text} NOT NULL,
    capacity {text} NOT NULL,
    method {text} NOT NULL,
    text_version {text} NOT NULL,
    language {text} NOT NULL,
    at {instant} NOT NULL,
    expires_at {instant},
    withdrawn_at {instant},
    attempts {integer} NOT NULL,
    next_attempt {instant} NOT NULL,
    PRIMARY KEY (tenant_id, consent_id)
) {clustered};
CREATE INDEX consent_debts_by_type ON consent_debts (tenant_id, patient_id, type);
CREATE INDEX consent_debts_by_time ON consent_debts (next_attempt);
