-- Roles are global to the cluster, so this file is idempotent and stands outside the numbered schema files.
-- Each role of the product is a PostgreSQL role: a permission is a GRANT, the same for HTTP, Grafana and psql.
DO $$
DECLARE
    v_role text;
BEGIN
    -- Two databases of one cluster may be migrated at the same moment (tests do): one at a time here. Advisory locks are a database's
    -- own; this catalog is the cluster's. Who is no superuser may not lock it, and would at worst be told of a duplicate: again, then.
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        LOCK TABLE pg_authid IN SHARE ROW EXCLUSIVE MODE;
    END IF;
    FOREACH v_role IN ARRAY ARRAY['millwright', 'anonymous', 'viewer', 'operator', 'engineer', 'admin', 'alarm_expression'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'thin') THEN
        -- an authenticator: it owns nothing and must SET ROLE to become somebody
        CREATE ROLE thin LOGIN NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana_reader') THEN
        CREATE ROLE grafana_reader LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'trainer') THEN
        CREATE ROLE trainer LOGIN NOINHERIT CONNECTION LIMIT 16;
    END IF;
    -- a membership that exists is not granted again: GRANT would write the catalog in every migration
    IF NOT pg_has_role('operator', 'viewer', 'MEMBER') THEN GRANT viewer TO operator; END IF;
    IF NOT pg_has_role('engineer', 'operator', 'MEMBER') THEN GRANT operator TO engineer; END IF;
    IF NOT pg_has_role('admin', 'engineer', 'MEMBER') THEN GRANT engineer TO admin; END IF;
    -- it was a viewer once, and a viewer may write: change a password, make an API key. What it reads: sql/grants/090_grafana.sql
    IF pg_has_role('grafana_reader', 'viewer', 'MEMBER') THEN REVOKE viewer FROM grafana_reader; END IF;
    -- so that the owner can hand the two functions that evaluate expressions over to it, and replace them later
    IF NOT pg_has_role('millwright', 'alarm_expression', 'MEMBER') THEN GRANT alarm_expression TO millwright; END IF;
    IF NOT pg_has_role('thin', 'anonymous', 'MEMBER') THEN GRANT anonymous TO thin; END IF;
    IF NOT pg_has_role('thin', 'admin', 'MEMBER') THEN GRANT admin TO thin; END IF;

    -- Bounds of a login whose queries come from dashboards. A session may lift those that are settings, so none of them is what keeps
    -- data safe: it has no right to write, and ops.end_sessions ends what takes too long. Your own values stay.
    BEGIN
        IF (SELECT rolconnlimit FROM pg_roles WHERE rolname = 'grafana_reader') = -1 THEN
            ALTER ROLE grafana_reader CONNECTION LIMIT 20;
        END IF;
        FOR v_role IN
            SELECT format('ALTER ROLE grafana_reader SET %s = %s', s.name,
                          (SELECT string_agg(quote_literal(x), ', ') FROM regexp_split_to_table(s.value, ', ') AS x))
            FROM (VALUES ('default_transaction_read_only', 'on'), ('statement_timeout', '60s'), ('lock_timeout', '5s'),
                         ('idle_in_transaction_session_timeout', '60s'), ('transaction_timeout', '120s'), ('work_mem', '16MB'),
                         ('temp_file_limit', '1GB'),
                         -- the original system's boards find their own names: sql/views/report/190_grafana.sql
                         ('search_path', 'grafana, public')) AS s (name, value)
            WHERE NOT EXISTS (SELECT FROM pg_roles AS r CROSS JOIN LATERAL unnest(r.rolconfig) AS c
                              WHERE r.rolname = 'grafana_reader' AND c LIKE s.name || '=%')
              -- a superuser's to set, and then not the session's to lift
              AND (s.name <> 'temp_file_limit' OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
        LOOP
            EXECUTE v_role;
        END LOOP;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'the bounds of grafana_reader are its administrator''s to set: sql/roles.sql';
    END;
    -- A worker reads in short transactions and trains outside of them; a session that forgets that is ended.
    -- Your own values stay.
    BEGIN
        FOR v_role IN
            SELECT format('ALTER ROLE trainer SET %s = %L', s.name, s.value)
            FROM (VALUES ('statement_timeout', '10min'), ('lock_timeout', '10s'),
                         ('idle_in_transaction_session_timeout', '60s'), ('transaction_timeout', '15min'),
                         ('search_path', 'pg_catalog')) AS s (name, value)
            WHERE NOT EXISTS (SELECT FROM pg_roles AS r CROSS JOIN LATERAL unnest(r.rolconfig) AS c
                              WHERE r.rolname = 'trainer' AND c LIKE s.name || '=%')
        LOOP
            EXECUTE v_role;
        END LOOP;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'the bounds of trainer are its administrator''s to set: sql/roles.sql';
    END;
    -- so that ops.end_sessions can see and end sessions; where the server's administrator keeps these to himself, it ends none
    BEGIN
        IF NOT pg_has_role('millwright', 'pg_signal_backend', 'MEMBER') THEN GRANT pg_signal_backend TO millwright; END IF;
        IF NOT pg_has_role('millwright', 'pg_read_all_stats', 'MEMBER') THEN GRANT pg_read_all_stats TO millwright; END IF;
        -- thin gets in when others have taken all other connections (the server's reserved_connections)
        IF NOT pg_has_role('thin', 'pg_use_reserved_connections', 'USAGE') THEN GRANT pg_use_reserved_connections TO thin WITH INHERIT TRUE; END IF;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'sessions that hold others up will not be ended: GRANT pg_signal_backend, pg_read_all_stats TO millwright; GRANT pg_use_reserved_connections TO thin WITH INHERIT TRUE';
    END;
END
$$;

COMMENT ON ROLE millwright IS 'Owns every object of the product. Nobody logs in as it.';
COMMENT ON ROLE anonymous IS 'An HTTP request without a token: may log in and register.';
COMMENT ON ROLE viewer IS 'Reads.';
COMMENT ON ROLE operator IS 'Reads; acknowledges, shelves and comments alarms.';
COMMENT ON ROLE engineer IS 'Operator who also changes rules, equipment and models, and starts trainings.';
COMMENT ON ROLE admin IS 'Engineer who also manages users and settings.';
COMMENT ON ROLE thin IS 'The thin process: logs in, owns nothing, becomes the caller''s role for each request.';
COMMENT ON ROLE alarm_expression IS 'What alarm rules written in SQL run as: reads equipment, readings, rollups, models and reports, and can do nothing else. Nobody logs in as it.';
COMMENT ON ROLE grafana_reader IS 'Grafana''s login: reads what a viewer may read, and can do nothing else.';
COMMENT ON ROLE trainer IS
    'The training worker''s login: takes jobs from the queue, reads what they are trained on, and can do nothing else.';
