-- Roles are global to the cluster, so this file is idempotent and stands outside the numbered schema files.
-- Each role of the product is a PostgreSQL role: a permission is a GRANT, the same for HTTP, Grafana and psql.
DO $$
DECLARE
    v_role text;
BEGIN
    -- two databases of one cluster may be migrated at the same moment (tests do): one at a time here
    PERFORM pg_advisory_xact_lock(hashtextextended('millwright:roles', 0));
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
    -- a membership that exists is not granted again: GRANT would write the catalog in every migration
    IF NOT pg_has_role('operator', 'viewer', 'MEMBER') THEN GRANT viewer TO operator; END IF;
    IF NOT pg_has_role('engineer', 'operator', 'MEMBER') THEN GRANT operator TO engineer; END IF;
    IF NOT pg_has_role('admin', 'engineer', 'MEMBER') THEN GRANT engineer TO admin; END IF;
    IF NOT pg_has_role('grafana_reader', 'viewer', 'MEMBER') THEN GRANT viewer TO grafana_reader; END IF;
    -- so that the owner can hand the two functions that evaluate expressions over to it, and replace them later
    IF NOT pg_has_role('millwright', 'alarm_expression', 'MEMBER') THEN GRANT alarm_expression TO millwright; END IF;
    IF NOT pg_has_role('thin', 'anonymous', 'MEMBER') THEN GRANT anonymous TO thin; END IF;
    IF NOT pg_has_role('thin', 'admin', 'MEMBER') THEN GRANT admin TO thin; END IF;
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
COMMENT ON ROLE grafana_reader IS 'Grafana''s login: what a viewer may read.';
