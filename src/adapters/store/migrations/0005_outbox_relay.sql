-- SPDX-License-Identifier: Apache-2.0
-- An event has two roads: it is numbered (`position`) for the live streams and the event log, and the broker
-- takes it (`published_at`). Neither waits for the other. `next_attempt` holds an event back, and with it the
-- later ones of its session, after the broker has refused it. `outbox_held` is for versions that wrote down there, too,
-- what a replica has on the way.

ALTER TABLE outbox ADD COLUMN refusals {integer} NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN next_attempt {instant};
ALTER TABLE outbox ADD COLUMN last_problem {text} NOT NULL DEFAULT '';
CREATE INDEX {online} outbox_waiting ON outbox (position) WHERE published_at IS NULL;
CREATE INDEX {online} outbox_held ON outbox (tenant_id, session_id, position)
    WHERE published_at IS NULL AND next_attempt IS NOT NULL;
CREATE INDEX {online} outbox_numbered ON outbox (position) WHERE position IS NOT NULL;

-- Events that the broker will not have, until somebody replays them.
CREATE TABLE outbox_dead_letters (
    tenant_id {key} NOT NULL,
    event_id {key} NOT NULL,
    position {integer} NOT NULL,
    type {text} NOT NULL,
    subject {text} NOT NULL,
    session_id {key} NOT NULL,
    data {text} NOT NULL,
    at {instant} NOT NULL,
    actor {text} NOT NULL,
    correlation_id {text} NOT NULL,
    traceparent {text} NOT NULL,
    refusals {integer} NOT NULL,
    last_problem {text} NOT NULL,
    died_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, event_id)
) {heap};
CREATE INDEX outbox_dead_letters_by_time ON outbox_dead_letters (died_at);
