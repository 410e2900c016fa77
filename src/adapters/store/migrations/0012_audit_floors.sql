-- SPDX-License-Identifier: Apache-2.0
-- How far each tenant's audit log was deleted once its time had passed, and when each tenant's retention is
-- looked at next.

CREATE TABLE audit_floors (
    tenant_id {key} NOT NULL PRIMARY KEY,
    sequence {integer} NOT NULL,
    chain_hash {text} NOT NULL,
    at {instant} NOT NULL,
    audit_id {key} NOT NULL,
    signature {text} NOT NULL
) {clustered};

CREATE TABLE retention_times (
    tenant_id {key} NOT NULL PRIMARY KEY,
    due_at {instant} NOT NULL
) {clustered};

CREATE INDEX {online} audit_checkpoints_by_time ON audit_checkpoints (at, number);
