-- SPDX-License-Identifier: Apache-2.0
-- The audit log. Entries are written once and never updated; the sealer's table gives them their place in
-- the tenant's chain afterwards, so that writers share no lock.

CREATE TABLE audit_entries (
    tenant_id {key} NOT NULL,
    audit_id {key} NOT NULL,
    at {instant} NOT NULL,
    actor {key} NOT NULL,
    action {text} NOT NULL,
    session_id {key},
    patient_id {text},
    outcome {text} NOT NULL,
    remote_address {text} NOT NULL,
    trace_id {text} NOT NULL,
    PRIMARY KEY (tenant_id, audit_id)
) {clustered};
CREATE INDEX audit_entries_by_session ON audit_entries (tenant_id, session_id, audit_id)
    WHERE session_id IS NOT NULL;
CREATE INDEX audit_entries_by_actor ON audit_entries (tenant_id, actor, audit_id);

CREATE TABLE audit_unsealed (
    tenant_id {key} NOT NULL,
    audit_id {key} NOT NULL,
    PRIMARY KEY (tenant_id, audit_id)
) {clustered};

CREATE TABLE audit_chain (
    tenant_id {key} NOT NULL,
    sequence {integer} NOT NULL,
    audit_id {key} NOT NULL,
    chain_hash {text} NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
) {clustered};
CREATE UNIQUE INDEX audit_chain_by_entry ON audit_chain (tenant_id, audit_id);

CREATE TABLE audit_heads (
    tenant_id {key} NOT NULL PRIMARY KEY,
    sequence {integer} NOT NULL,
    chain_hash {text} NOT NULL,
    checkpointed {integer} NOT NULL
) {clustered};

CREATE TABLE audit_checkpoints (
    number {integer} NOT NULL PRIMARY KEY,
    at {instant} NOT NULL,
    text {text} NOT NULL,
    signature {text} NOT NULL
) {clustered};
