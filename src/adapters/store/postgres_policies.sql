-- SPDX-License-Identifier: Apache-2.0
-- Who may see what. Run after the migrations, and again whenever this text has changed: every statement
-- leaves what is right as it is. The service goes on meanwhile: whatever locks a table out is a transaction
-- of its own, so each block is sent alone.
--
-- The service works in two roles that own nothing and cannot log in. `vcare_app` sees one tenant at a time,
-- the one its transaction names in app.tenant_id: a statement that forgets the tenant finds nothing.
-- `vcare_worker` sees the queues of all tenants, and nothing that a person typed.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vcare_app') THEN
        CREATE ROLE vcare_app NOLOGIN NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vcare_worker') THEN
        CREATE ROLE vcare_worker NOLOGIN NOINHERIT;
    END IF;
EXCEPTION
    -- Another database of the same server made them at the same time.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

-- The login that migrates may also serve; a separate one is granted both roles by the operator.
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'vcare_app', 'MEMBER') THEN
        EXECUTE format('GRANT vcare_app TO %I', current_user);
    END IF;
    IF NOT pg_has_role(current_user, 'vcare_worker', 'MEMBER') THEN
        EXECUTE format('GRANT vcare_worker TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO vcare_app, vcare_worker', current_schema());
END
$$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'tenants', 'tenant_configs', 'sessions', 'participants', 'transitions', 'waiting', 'whereabouts',
        'device_checks', 'feedback', 'join_tokens', 'visit_credentials', 'kept_answers', 'consents', 'consent_refusals',
        'consent_debts', 'outbox', 'outbox_dead_letters', 'due_times', 'encounter_debts', 'streams', 'calls',
        'kept_encounters', 'audit_entries', 'audit_unsealed', 'audit_chain', 'audit_heads', 'tenant_keys',
        'inbox', 'appointments', 'inbox_failures', 'notifications', 'reminder_times', 'facility_licences',
        'audit_floors', 'retention_times', 'barred_users']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS of_tenant ON %I', name);
        EXECUTE format('CREATE POLICY of_tenant ON %I TO vcare_app'
            ' USING (tenant_id = current_setting(''app.tenant_id'', true))'
            ' WITH CHECK (tenant_id = current_setting(''app.tenant_id'', true))', name);
        COMMIT;
    END LOOP;
END
$$;

DO $$
BEGIN
    -- A timeline goes with its session, and not before that is over.
    DROP POLICY IF EXISTS of_sessions_over ON transitions;
    CREATE POLICY of_sessions_over ON transitions AS RESTRICTIVE FOR DELETE TO vcare_app
        USING (EXISTS (SELECT FROM sessions s WHERE s.tenant_id = transitions.tenant_id
            AND s.session_id = transitions.session_id AND s.status IN ('ended', 'cancelled', 'failed')));
    COMMIT;
    GRANT DELETE ON transitions TO vcare_app;

    -- Of the audit log only what lies at or below its floor, which is signed.
    DROP POLICY IF EXISTS of_floor ON audit_chain;
    CREATE POLICY of_floor ON audit_chain AS RESTRICTIVE FOR DELETE TO vcare_app
        USING (sequence <= (SELECT f.sequence FROM audit_floors f WHERE f.tenant_id = audit_chain.tenant_id));
    COMMIT;
    DROP POLICY IF EXISTS of_floor ON audit_entries;
    CREATE POLICY of_floor ON audit_entries AS RESTRICTIVE FOR DELETE TO vcare_app
        USING (EXISTS (SELECT FROM audit_chain c JOIN audit_floors f ON f.tenant_id = c.tenant_id
            WHERE c.tenant_id = audit_entries.tenant_id AND c.audit_id = audit_entries.audit_id
            AND c.sequence <= f.sequence));
    COMMIT;
    GRANT SELECT, INSERT, UPDATE ON audit_floors TO vcare_app;
    GRANT DELETE ON audit_entries, audit_chain TO vcare_app;
END
$$;

DO $$
DECLARE
    name text;
BEGIN

    FOREACH name IN ARRAY ARRAY[
        'sessions', 'participants', 'whereabouts', 'device_checks', 'waiting', 'streams', 'calls', 'due_times',
        'encounter_debts', 'join_tokens', 'visit_credentials', 'consents', 'feedback', 'consent_refusals',
        'consent_debts', 'tenants', 'tenant_keys', 'appointments', 'reminder_times', 'facility_licences']
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO vcare_app', name);
    END LOOP;

    -- Written once: what happened, what was answered, what was told.
    FOREACH name IN ARRAY ARRAY[
        'tenant_configs', 'transitions', 'kept_answers', 'outbox', 'kept_encounters', 'audit_entries',
        'audit_unsealed', 'inbox', 'notifications']
    LOOP
        EXECUTE format('GRANT SELECT, INSERT ON %I TO vcare_app', name);
    END LOOP;

    FOREACH name IN ARRAY ARRAY[
        'audit_chain', 'audit_heads', 'counters', 'heartbeats', 'schema_migrations', 'outbox_dead_letters',
        'inbox_failures', 'retention_times']
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO vcare_app', name);
    END LOOP;

    -- Queues: ids, states and times.
    FOREACH name IN ARRAY ARRAY[
        'outbox', 'outbox_dead_letters', 'due_times', 'encounter_debts', 'consent_debts', 'streams', 'calls',
        'waiting', 'audit_entries', 'audit_unsealed', 'audit_chain', 'audit_heads', 'kept_answers', 'whereabouts',
        'tenants', 'inbox', 'appointments', 'inbox_failures', 'notifications', 'reminder_times',
        'retention_times', 'barred_users']
    LOOP
        EXECUTE format('DROP POLICY IF EXISTS of_workers ON %I', name);
        EXECUTE format('CREATE POLICY of_workers ON %I TO vcare_worker USING (true) WITH CHECK (true)', name);
        COMMIT;
    END LOOP;
    FOREACH name IN ARRAY ARRAY[
        'outbox', 'outbox_dead_letters', 'due_times', 'encounter_debts', 'consent_debts', 'streams', 'calls',
        'counters', 'heartbeats', 'clock_gaps', 'audit_heads', 'audit_unsealed', 'inbox_failures']
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO vcare_worker', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['audit_chain', 'audit_checkpoints']
    LOOP
        EXECUTE format('GRANT SELECT, INSERT ON %I TO vcare_worker', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['waiting', 'audit_entries', 'tenants', 'schema_migrations']
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO vcare_worker', name);
    END LOOP;
END
$$;

-- To be forgotten in time, by their keys alone.
GRANT DELETE, SELECT (tenant_id, caller, idempotency_key, kept_at) ON kept_answers TO vcare_worker;
GRANT DELETE, SELECT (tenant_id, session_id, participant_id, delete_at) ON whereabouts TO vcare_worker;
GRANT DELETE, SELECT ON inbox TO vcare_worker;
GRANT DELETE, SELECT ON notifications TO vcare_worker;
GRANT SELECT, UPDATE ON appointments TO vcare_worker;
GRANT SELECT, UPDATE ON reminder_times TO vcare_worker;
GRANT SELECT, INSERT, UPDATE ON retention_times TO vcare_worker;

-- A user is barred in their own tenant, and every replica hears of all.
GRANT SELECT, INSERT, UPDATE ON barred_users TO vcare_app;
GRANT DELETE, SELECT ON barred_users TO vcare_worker;
