// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace vcare::store {

/// What SQLite's planner is told about the tables: how many rows share the first columns of each index, in a
/// store of a few tenants and a million visits. Without it, it takes a tenant for ten rows and may walk all
/// of a tenant's visits to find one patient's. Fixed and not measured, so that plans are the same everywhere
/// (https://www.sqlite.org/fileformat2.html#the_sqlite_stat1_table).
inline constexpr const char* sqlite_statistics = R"sql(
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('sessions', 'sqlite_autoindex_sessions_1', '1000000 100000 1'),
    ('sessions', 'sessions_by_start', '1000000 100000 2 1'),
    ('sessions', 'sessions_by_status', '1000000 100000 20000 2 1'),
    ('sessions', 'sessions_by_patient', '1000000 100000 10 1 1'),
    ('sessions', 'sessions_by_node', '1000000 100000 10000 2 1'),
    ('sessions', 'sessions_by_appointment', '1000000 100000 1'),
    ('participants', 'participants', '2000000 200000 2 1'),
    ('participants', 'participants_by_id', '2000000 200000 1'),
    ('participants', 'participants_by_user', '2000000 200000 1000 2 1'),
    ('audit_entries', 'audit_entries', '10000000 1000000 1'),
    ('audit_entries', 'audit_entries_by_session', '10000000 1000000 10 1'),
    ('audit_entries', 'audit_entries_by_actor', '10000000 1000000 10000 1'),
    ('outbox', 'outbox_unpublished', '100 1'),
    ('outbox', 'outbox_waiting', '1000 1'),
    ('outbox', 'outbox_held', '100 10 2 1'),
    ('outbox', 'outbox_numbered', '10000000 1'),
    ('outbox', 'outbox_by_position', '10000000 1000000 1'),
    ('outbox', 'outbox_by_session', '10000000 1000000 10 1'),
    ('outbox', 'outbox_by_publication', '10000000 2'),
    ('consents', 'consents', '1000000 100000 1'),
    ('consents', 'consents_by_patient', '1000000 100000 3 1'),
    ('consents', 'consents_by_type', '1000000 100000 3 2 1'),
    ('inbox', 'inbox', '10000000 1000000 1000000 1'),
    ('inbox', 'inbox_by_subject', '1000000 100000 2 1'),
    ('inbox', 'inbox_by_time', '10000000 2'),
    ('appointments', 'appointments', '1000000 100000 1'),
    ('appointments', 'appointments_waiting', '1000 100 2 1'),
    ('appointments', 'appointments_by_patient', '1000 100 2'),
    ('appointments', 'appointments_by_time', '100 2'),
    ('notifications', 'notifications', '10000000 1000000 10 4 2 1'),
    ('notifications', 'notifications_by_time', '10000000 2'),
    ('reminder_times', 'reminder_times', '1000000 100000 1'),
    ('reminder_times', 'reminder_times_by_time', '1000000 2'),
    ('barred_users', 'barred_users', '100000 10000 2 1'),
    ('barred_users', 'barred_users_by_time', '100000 2 1 1 1');
ANALYZE sqlite_schema;
)sql";

}  // namespace vcare::store
