-- SPDX-License-Identifier: Apache-2.0
-- The links of a session are found when it is deleted.

CREATE INDEX {online} join_tokens_by_session ON join_tokens (tenant_id, session_id, participant_id);
