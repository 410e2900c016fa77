-- SPDX-License-Identifier: Apache-2.0
-- Whom this service had told what, and when people are to be reminded: ids, words of fixed vocabularies and times.

-- Written in the transaction of what it tells of, with the event that has it told: that one, and no other.
CREATE TABLE notifications (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    participant_id {key} NOT NULL,
    category {key} NOT NULL,
    occasion {key} NOT NULL,
    event_id {key} NOT NULL,
    at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id, participant_id, category, occasion)
) {clustered};
CREATE INDEX notifications_by_time ON notifications (at);

-- The next reminder of each session that has one to come.
CREATE TABLE reminder_times (
    tenant_id {key} NOT NULL,
    session_id {key} NOT NULL,
    due_at {instant} NOT NULL,
    PRIMARY KEY (tenant_id, session_id)
) {clustered};
CREATE INDEX reminder_times_by_time ON reminder_times (due_at);
