-- SPDX-License-Identifier: Apache-2.0
-- Users whose sign-ins were void from `barred_at` back. `session_key` is the session with the identity provider
-- that was revoked, empty for all of them. Every replica reads what was written since it looked last.

CREATE TABLE barred_users (
    tenant_id {key} NOT NULL,
    user_id {key} NOT NULL,
    session_key {key} NOT NULL,
    barred_at {instant} NOT NULL,
    written_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, user_id, session_key)
) {clustered};
CREATE INDEX barred_users_by_time ON barred_users (written_at, tenant_id, user_id, session_key);
