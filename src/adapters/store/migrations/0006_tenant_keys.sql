-- SPDX-License-Identifier: Apache-2.0
-- The data keys of tenants, each wrapped by a key that never leaves the key service. Empty while keys are kept
-- in files.

CREATE TABLE tenant_keys (
    tenant_id {key} NOT NULL,
    purpose {key} NOT NULL,
    version {integer} NOT NULL,
    wrapped {text} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, purpose, version)
) {clustered};
