-- Each role against each thing of the catalog: what it may is derived by rules, what it must not it really tries. A new function, table
-- or role is covered by itself: what fits no rule fails here until it is declared below, with its reason.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
-- database privileges are no part of a template
\ir ../../sql/database.sql
CREATE ROLE matrix_nobody LOGIN;
CREATE TEMP TABLE role AS
SELECT * FROM (VALUES ('anonymous', 0), ('viewer', 1), ('operator', 2), ('engineer', 3), ('admin', 4), ('thin', NULL), ('grafana_reader', NULL),
    ('alarm_expression', NULL), ('matrix_nobody', NULL)) AS r (name, rank);
GRANT SELECT ON role TO PUBLIC;
CREATE TEMP TABLE routine AS
SELECT p.oid, p.oid::regprocedure::text AS name, n.nspname AS schema, n.nspname || '.' || p.proname AS path, p.provolatile, p.prokind, p.prosecdef, p.proowner,
       p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) AS is_trigger,
       (SELECT string_agg(CASE WHEN p.provariadic <> 0 AND i = p.pronargs THEN 'VARIADIC ' ELSE '' END
           -- a strict function of a constant NULL is folded and never called
           || format(CASE p.prokind WHEN 'p' THEN 'NULL::%s' ELSE '(SELECT NULL::%s)' END, format_type(t, NULL)), ', ' ORDER BY i) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (t, i)) AS nulls
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE (n.nspowner = 'millwright'::regrole OR n.nspname = 'compat') AND p.prokind IN ('f', 'p')
  AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  -- pgTAP's, where it was loaded as plain SQL
  AND p.proowner IN ('millwright'::regrole, 'alarm_expression'::regrole);

-- Declared: what changes something and is no endpoint. The lowest role that may, for its own acts; for thin, what its sources call.
CREATE TEMP TABLE writer AS
SELECT 'operator' AS role, 'alarm.' || f AS path, 'operators act in psql as over HTTP' AS reason
FROM unnest('{acknowledge,confirm,comment,shelve,unshelve,suppress,unsuppress,take_out_of_service,return_to_service,reset,give_feedback}'::text[]) AS f
UNION ALL SELECT 'engineer', 'alarm.' || f, 'rules are written in psql, too' FROM unnest('{create_rule,update_rule,delete_rule,rollback_rule,learn_baseline,learn_anew,learn_multivariate,refresh_assignments}'::text[]) AS f
UNION ALL SELECT 'engineer', 'ml.' || f, 'models are managed in psql, too' FROM unnest('{adapt_thresholds,calibrate_rul_lite,learn_reference,record_rul,renew_rul_lite,retire_model,rollback_alias,set_alias,set_threshold,summarise,undo_threshold,begin_training,cancel_training,drop_training,promote_challenger,queue_training,receive_training_file,release_training,review_challenger,begin_backtest,finish_backtest,record_backtest}'::text[]) AS f
UNION ALL SELECT 'engineer', 'ingest.' || f, 'thin import runs as whose login it is given' FROM unnest('{begin_import,import_block,import_rejects,import_sensors}'::text[]) AS f
UNION ALL SELECT 'engineer', 'ml.' || f, 'trends are judged in psql, too' FROM unnest('{health_add_ratios,trend_judge}'::text[]) AS f
UNION ALL SELECT 'engineer', 'plant.import_lives', 'histories are loaded in psql'
UNION ALL SELECT 'engineer', f, 'jobs that who corrects a history need not wait for' FROM unnest('{ml.judge_outcomes,plant.advise}'::text[]) AS f
UNION ALL SELECT 'engineer', 'api.train', 'thin calls it in the request, as its caller'
UNION ALL SELECT 'admin', f, 'history is loaded by hand' FROM unnest('{ingest.backfill,telemetry.begin_history,telemetry.end_history}'::text[]) AS f
UNION ALL SELECT 'engineer', f, 'what was set aside is tried again' FROM unnest('{ingest.replay,relay.retry_delivery}'::text[]) AS f
UNION ALL SELECT 'admin', 'ops.' || f, 'jobs and settings' FROM unnest('{claim_due_job,execute_job,run_due_jobs,end_sessions,set_columnstore,set_raw_retention,set_retention,set_setting}'::text[]) AS f
UNION ALL SELECT 'admin', 'compat.' || f, 'aggregates are refreshed by hand' FROM unnest('{advance_threshold,materialize,refresh_continuous_aggregate}'::text[]) AS f
UNION ALL SELECT 'thin', 'ingest.probe_store', 'ingest.probe runs as whoever calls it'
UNION ALL SELECT 'thin', f, 'alarms of the system' FROM unnest('{alarm.raise_system,alarm.clear_system,alarm.judge_system}'::text[]) AS f
UNION ALL SELECT 'admin', 'alarm.judge_system', 'where no thin runs'
UNION ALL SELECT 'anonymous', f, 'thin calls it in the request, as its caller' FROM unnest('{api.idempotency_begin,api.idempotency_finish}'::text[]) AS f;
\set sources `cat $(find :ROOT/Sources/Thin -name '*.swift' -not -path '*/Migrate/*' -not -path '*/Import/*') | grep -oE '\b(api|auth|ingest|ml|ops|relay)\.[a-z_]+\(' | sort -u | tr -d '\n'`
INSERT INTO writer SELECT DISTINCT 'thin', r.path, 'thin calls it' FROM routine AS r WHERE position(r.path || '(' IN :'sources') > 0 AND r.provolatile = 'v' AND r.schema NOT IN ('api', 'compat');

-- Rules. An endpoint: its minimum_role and all above. What only reads and is granted to viewers: all above, and Grafana. Nothing else but
-- what is declared.
CREATE TEMP TABLE expected AS
SELECT o.name AS role, r.oid, coalesce(CASE
        WHEN r.is_trigger THEN false
        WHEN r.schema = 'api' AND e.minimum IS NOT NULL THEN o.rank >= e.minimum
        WHEN w.minimum IS NOT NULL AND o.rank IS NOT NULL THEN o.rank >= w.minimum
        WHEN o.name = 'thin' AND w.thin THEN true
        WHEN r.provolatile = 'v' THEN o.name = 'alarm_expression' AND r.proowner = 'alarm_expression'::regrole
        -- reading and computing: whoever it was granted to, except that nobody unnamed and no stranger gets anything but who he is
        WHEN o.name = 'matrix_nobody' THEN false
        WHEN o.name = 'grafana_reader' THEN has_function_privilege('viewer', r.oid, 'EXECUTE') AND r.schema NOT IN ('api', 'auth')
        WHEN o.name = 'alarm_expression' THEN r.proowner = 'alarm_expression'::regrole
            OR r.path ~ '^compat\.(watermark_[0-9]+|read_watermark)$' OR EXISTS (
                SELECT FROM pg_depend AS d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = r.oid AND d.classid = 'pg_rewrite'::regclass)
               AND has_function_privilege('alarm_expression', r.oid, 'EXECUTE')
        WHEN o.name = 'anonymous' THEN has_function_privilege('anonymous', r.oid, 'EXECUTE') AND r.path ~ '^(auth\.(account_id|actor|caller_is|caller_role|may_act_for_others|request_member)|compat\.(watermark_[0-9]+|read_watermark))$'
        ELSE has_function_privilege(o.name, r.oid, 'EXECUTE')
    END, false) AS may
FROM role AS o
CROSS JOIN routine AS r
LEFT JOIN LATERAL (
    SELECT min(m.rank) AS minimum FROM api.route AS t JOIN role AS m ON m.name = t.minimum_role WHERE t.function = r.path OR t.function = split_part(r.path, '.', 2)
) AS e ON true
LEFT JOIN LATERAL (
    SELECT min(m.rank) AS minimum, bool_or(x.role = 'thin') AS thin FROM writer AS x JOIN role AS m ON m.name = x.role WHERE x.path = r.path
) AS w ON true;

SELECT is((SELECT string_agg(format('%s %s %s', e.role, CASE WHEN e.may THEN 'may not call' ELSE 'may call' END, r.name), E'\n' ORDER BY r.name, e.role)
           FROM expected AS e JOIN routine AS r USING (oid)
           -- anonymous is no role of a viewer's: what both need is granted to both
           WHERE has_function_privilege(e.role, r.oid, 'EXECUTE') <> e.may), NULL, 'each role may call what the rules say, and nothing else');
SELECT ok((SELECT count(*) > 2500 AND count(DISTINCT role) = 9 FROM expected WHERE NOT may), 'and there is much that it may not');
SELECT is((SELECT string_agg(r.name, E'\n') FROM routine AS r WHERE r.prosecdef AND (r.proowner <> ALL ('{millwright,alarm_expression}'::regrole[]::oid[])
           OR NOT EXISTS (SELECT FROM pg_proc AS p CROSS JOIN LATERAL unnest(p.proconfig) AS c WHERE p.oid = r.oid AND c ~ '^search_path=.*pg_temp$'))), NULL,
    'what runs as its owner belongs to one that nobody logs in as, and looks for names where nobody else writes');

-- it tries: 42501, or what PostgreSQL says before it looks at rights
CREATE FUNCTION pg_temp.try(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('session_authorization', role, true);
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'MW200', MESSAGE = 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE TEMP TABLE attempt AS
SELECT e.role, r.name, pg_temp.try(e.role, format(CASE r.prokind WHEN 'p' THEN 'CALL %s(%s)' ELSE 'SELECT %s(%s)' END, quote_ident(r.schema) || '.' || quote_ident(split_part(r.path, '.', 2)), r.nulls)) AS sqlstate
FROM expected AS e JOIN routine AS r USING (oid)
WHERE NOT e.may;
SELECT is((SELECT string_agg(format('%s: %s as %s', a.sqlstate, a.name, a.role), E'\n' ORDER BY a.name, a.role) FROM attempt AS a WHERE a.sqlstate <> '42501'), NULL,
    'each call that a role must not make is refused');

-- tables
CREATE TEMP TABLE relation AS
SELECT c.oid, c.oid::regclass::text AS name, n.nspname AS schema, c.relkind
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE (n.nspowner = 'millwright'::regrole OR n.nspname = 'compat') AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relowner = 'millwright'::regrole;
CREATE TEMP TABLE table_writer AS
SELECT 'engineer' AS role, t AS name, 'rules and models are rows that engineers write' AS reason
FROM unnest('{plant.component,plant.component_life,plant.failure,plant.work_order,plant.cost,alarm.rule,alarm.rule_test,alarm.message_template,relay.language,relay.phrase,alarm.known_sensor_type,alarm.known_fault,alarm.baseline,alarm.operating_state,alarm.vibration_zone,ingest.topic_decoder,ingest.no_value,ml.power_rule,ml.rul_governor,ml.rul_lite_threshold,alarm.multivariate_exclusion,ml.threshold_policy,ml.promotion_policy}'::text[]) AS t
UNION ALL SELECT 'engineer', 'ml.health_indicator', 'what stands for health is a row'
UNION ALL SELECT 'admin', t, 'who is told, and what rules may use' FROM unnest('{relay.channel,relay.route,report.schedule,alarm.allowed_routine,alarm.allowed_type}'::text[]) AS t;
CREATE TEMP TABLE expected_table AS
SELECT o.name AS role, r.oid, p.privilege, coalesce(CASE
        WHEN r.relkind = 'S' THEN false
        WHEN p.privilege = 'SELECT' THEN CASE
            WHEN r.schema = 'auth' OR r.name IN ('ops.mutex', 'api.idempotency') OR o.name IN ('anonymous', 'matrix_nobody') OR (r.schema = 'compat' AND r.relkind <> 'v') THEN false
            WHEN r.name = 'relay.channel' THEN o.rank >= 4
            WHEN o.name = 'alarm_expression' THEN r.schema IN ('plant', 'telemetry', 'rollup', 'ml', 'report')
            WHEN o.name = 'grafana_reader' THEN has_table_privilege('viewer', r.oid, 'SELECT') AND r.schema <> 'api'
            WHEN o.name = 'thin' THEN r.name IN ('api.route_catalog', 'api.sqlstate_http', 'api.sqlstate_fault', 'ops.continuous_aggregate', 'ops.timescale_job') OR r.schema = 'compat' AND has_table_privilege('thin', r.oid, 'SELECT')
            ELSE has_table_privilege(o.name, r.oid, 'SELECT') END
        WHEN p.privilege IN ('INSERT', 'UPDATE', 'DELETE') THEN o.rank >= (SELECT m.rank FROM table_writer AS w JOIN role AS m ON m.name = w.role WHERE w.name = r.name)
    END, false) AS may
FROM role AS o CROSS JOIN relation AS r CROSS JOIN unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN}'::text[]) AS p (privilege)
WHERE r.relkind <> 'S' OR p.privilege IN ('SELECT', 'UPDATE');
SELECT is((SELECT string_agg(format('%s %s %s %s', e.role, CASE WHEN e.may THEN 'lacks' ELSE 'has' END, e.privilege, r.name), E'\n' ORDER BY r.name, e.role)
           FROM expected_table AS e JOIN relation AS r USING (oid)
           WHERE e.may <> CASE r.relkind WHEN 'S' THEN has_sequence_privilege(e.role, r.oid, e.privilege) ELSE has_table_privilege(e.role, r.oid, e.privilege) END), NULL,
    'each role may read and write what the rules say');
SELECT is((SELECT string_agg(format('%s %s', x.sqlstate, x.statement), E'\n') FROM (
    SELECT s.statement, pg_temp.try(e.role, s.statement) AS sqlstate
    FROM expected_table AS e
    JOIN relation AS r ON r.oid = e.oid AND r.relkind IN ('r', 'p')
    CROSS JOIN LATERAL (SELECT format(CASE e.privilege WHEN 'SELECT' THEN 'SELECT * FROM %s LIMIT 0' WHEN 'DELETE' THEN 'DELETE FROM %s WHERE false'
            WHEN 'TRUNCATE' THEN 'TRUNCATE %s' WHEN 'INSERT' THEN 'INSERT INTO %s DEFAULT VALUES'
            WHEN 'TRIGGER' THEN 'CREATE RULE x AS ON INSERT TO %s DO NOTHING' WHEN 'MAINTAIN' THEN 'LOCK TABLE %s IN ACCESS EXCLUSIVE MODE' END, r.name)) AS s (statement)
    WHERE NOT e.may AND s.statement IS NOT NULL
      -- who may change a table may lock it: ops.end_sessions
      AND NOT (e.privilege = 'MAINTAIN' AND EXISTS (SELECT FROM expected_table AS w WHERE w.role = e.role AND w.oid = e.oid AND w.privilege = 'UPDATE' AND w.may))) AS x
    WHERE x.sqlstate NOT IN ('42501', '0A000')), NULL, 'each read, write and lock that a role must not take is refused');
SELECT is((SELECT string_agg(format('%s %s', o.name, n.nspname), ', ') FROM role AS o CROSS JOIN pg_namespace AS n
           WHERE n.nspname !~ '^pg_(toast_)?temp' AND has_schema_privilege(o.name, n.oid, 'CREATE') AND n.nspname <> 'alarm_scratch'), NULL, 'nobody creates anything in a schema');

-- beyond our schemas
CREATE FOREIGN DATA WRAPPER matrix_wrapper;
CREATE TEMP TABLE outside AS
SELECT s AS statement FROM unnest(ARRAY[
    'SELECT lo_create(0)', 'SELECT lo_from_bytea(0, ''x'')', 'SELECT lo_creat(1)', 'SELECT lo_put(1, 0, ''x'')', 'SELECT lo_open(1, 131072)', 'SELECT lo_unlink(1)', 'SELECT lo_import(''/etc/passwd'')', 'SELECT lo_export(1, ''/tmp/x'')',
    'SELECT pg_advisory_lock(1)', 'SELECT pg_try_advisory_lock(1)', 'SELECT pg_advisory_xact_lock_shared(1, 2)', 'SELECT pg_advisory_unlock_all()', 'SELECT pg_logical_emit_message(false, ''x'', ''y'')',
    'COPY (SELECT 1) TO PROGRAM ''true''', 'COPY (SELECT 1) TO ''/tmp/x''', 'COPY plant.equipment FROM PROGRAM ''true''', 'SELECT pg_read_file(''postgresql.conf'')', 'SELECT pg_read_binary_file(''x'')', 'SELECT pg_ls_dir(''.'')', 'SELECT pg_stat_file(''x'')', 'SELECT pg_ls_logdir()',
    'CREATE TABLE public.x ()', 'CREATE VIEW public.x AS SELECT 1', 'CREATE FUNCTION public.x() RETURNS integer LANGUAGE sql AS ''SELECT 1''', 'CREATE SCHEMA x', 'CREATE DATABASE x', 'CREATE ROLE x', 'CREATE EXTENSION dblink',
    'CREATE EXTENSION file_fdw', 'CREATE LANGUAGE plperlu', 'CREATE LANGUAGE x HANDLER plpgsql_call_handler', 'CREATE EVENT TRIGGER x ON ddl_command_start EXECUTE FUNCTION x()', 'CREATE PUBLICATION x', 'CREATE SUBSCRIPTION x CONNECTION ''dbname=x'' PUBLICATION x', 'CREATE TABLESPACE x LOCATION ''/tmp''',
    'CREATE SERVER x FOREIGN DATA WRAPPER matrix_wrapper', 'CREATE FOREIGN DATA WRAPPER x', 'ALTER SYSTEM SET work_mem = ''1GB''', 'ALTER ROLE millwright PASSWORD ''x''', 'ALTER ROLE postgres NOLOGIN', 'ALTER DATABASE postgres SET work_mem = ''1GB''', 'GRANT admin TO matrix_nobody', 'GRANT pg_read_server_files TO matrix_nobody',
    'SET ROLE pg_execute_server_program', 'SET ROLE millwright', 'SET ROLE postgres', 'SET ROLE pg_monitor', 'SET temp_file_limit = ''100GB''', 'SET session_replication_role = replica', 'SET log_statement = ''none''', 'SET session_preload_libraries = ''x''', 'LOAD ''dblink''', 'ALTER TABLE telemetry.reading DISABLE TRIGGER ALL', 'ALTER FUNCTION ingest.accept OWNER TO matrix_nobody',
    'DROP TABLE plant.equipment', 'DROP SCHEMA plant CASCADE', 'COMMENT ON TABLE plant.equipment IS ''x''', 'CREATE TRIGGER x BEFORE INSERT ON telemetry.reading EXECUTE FUNCTION x()', 'CREATE INDEX ON telemetry.reading (value)', 'CREATE STATISTICS x ON id, name FROM plant.equipment',
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = pg_backend_pid()', 'SELECT pg_cancel_backend(pg_backend_pid())', 'SELECT pg_reload_conf()', 'SELECT pg_rotate_logfile()', 'SELECT pg_stat_reset()', 'SELECT pg_switch_wal()', 'SELECT pg_create_restore_point(''x'')',
    'SELECT pg_promote()', 'SELECT pg_backup_start(''x'')', 'SELECT pg_create_physical_replication_slot(''x'')', 'SELECT pg_create_logical_replication_slot(''x'', ''pgoutput'')', 'SELECT pg_replication_origin_create(''x'')', 'SELECT rolpassword FROM pg_authid', 'SELECT * FROM pg_hba_file_rules', 'SELECT pg_config()', 'SELECT public.drop_chunks(''telemetry.reading'', now())',
    'CHECKPOINT', 'DO LANGUAGE c ''x'''
]) AS s
UNION ALL
-- each function of TimescaleDB that does something
SELECT format('%s %I.%I(%s)', CASE p.prokind WHEN 'p' THEN 'CALL' ELSE 'SELECT' END, n.nspname, p.proname,
              (SELECT string_agg(format(CASE p.prokind WHEN 'p' THEN 'NULL::%s' ELSE '(SELECT NULL::%s)' END, CASE WHEN t IN ('"any"'::regtype, 'anyelement'::regtype) THEN 'integer' ELSE format_type(t, NULL) END), ', ' ORDER BY i) FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (t, i)))
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'timescaledb'
WHERE p.provolatile = 'v' AND p.provariadic = 0 AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype) AND 'internal'::regtype <> ALL (p.proargtypes)
  AND p.proname !~ '^(time_bucket_gapfill|locf|interpolate|show_.*|.*_size|.*row_count|tsl_loaded|generate_uuid|ts_.*)$'
  AND (SELECT count(*) FROM pg_proc AS q WHERE q.proname = p.proname AND q.pronamespace = p.pronamespace) = 1;
-- Anything but 42501 says that PostgreSQL stopped before it looked at rights, or went past them: that a large object does not exist (42704)
-- is said to who may open it. What is said first whoever asks is named here, with where the right is looked at instead.
CREATE TEMP TABLE unasked AS
SELECT * FROM (VALUES
    ('ALTER SYSTEM SET work_mem = ''1GB''', '25001', 'not in a transaction: has_parameter_privilege below'),
    ('CREATE DATABASE x', '25001', 'not in a transaction: none has an attribute'),
    ('CREATE TABLESPACE x LOCATION ''/tmp''', '25001', 'not in a transaction: for superusers'),
    ('CREATE SUBSCRIPTION x CONNECTION ''dbname=x'' PUBLICATION x', '25001', 'not in a transaction: who is a member of what'),
    ('CREATE LANGUAGE plperlu', '0A000', 'the server does not have it: one with a handler is tried, too')) AS u (statement, sqlstate, instead);
SELECT is((SELECT string_agg(format('%s %s: %s', x.sqlstate, x.role, x.statement), E'\n' ORDER BY x.statement, x.role) FROM (
    SELECT o.name AS role, u.statement, pg_temp.try(o.name, u.statement) AS sqlstate FROM outside AS u CROSS JOIN role AS o) AS x
    WHERE x.sqlstate <> '42501' AND NOT EXISTS (SELECT FROM unasked AS u WHERE (u.statement, u.sqlstate) = (x.statement, x.sqlstate))), NULL, 'nothing outside is within anybody''s reach');
SELECT is((SELECT string_agg(u.statement, E'\n') FROM unasked AS u WHERE u.statement NOT IN (SELECT o.statement FROM outside AS o)), NULL, 'and each exception is of something tried');
SELECT is((SELECT string_agg(format('%s %s', o.name, s.name), ', ') FROM role AS o CROSS JOIN pg_settings AS s WHERE has_parameter_privilege(o.name, s.name, 'ALTER SYSTEM')), NULL, 'nobody sets a setting for the server');
-- the trap itself: with EXECUTE the same call is refused for another reason, which must not pass for a refusal
GRANT EXECUTE ON FUNCTION lo_open(oid, integer), lo_put(oid, bigint, bytea), lo_unlink(oid) TO matrix_nobody;
SELECT is((SELECT string_agg(pg_temp.try('matrix_nobody', s), ' ') FROM unnest(ARRAY['SELECT lo_open(1, 131072)', 'SELECT lo_put(1, 0, ''x'')', 'SELECT lo_unlink(1)']) AS s), '42704 42704 42704', 'who may, is told that there is no such large object');
REVOKE EXECUTE ON FUNCTION lo_open(oid, integer), lo_put(oid, bigint, bytea), lo_unlink(oid) FROM matrix_nobody;
SELECT is((SELECT string_agg(o.name, ', ' ORDER BY o.name) FROM role AS o WHERE pg_temp.try(o.name, 'CREATE TEMP TABLE matrix_temporary ()') <> '42501'), 'admin, engineer', 'temporary tables are for those who work in psql');

-- what the roles are
SELECT is((SELECT string_agg(r.rolname, ', ' ORDER BY r.rolname) FROM pg_roles AS r
           WHERE r.rolname = ANY (SELECT o.name FROM role AS o UNION ALL SELECT 'millwright') AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)), NULL, 'none has an attribute');
SELECT is((SELECT string_agg(r.rolname, ', ' ORDER BY r.rolname) FROM pg_roles AS r JOIN role AS o ON o.name = r.rolname WHERE r.rolcanlogin), 'grafana_reader, matrix_nobody, thin', 'two of ours log in');
SELECT is((SELECT string_agg(format('%s<%s', m.roleid::regrole, m.member::regrole), ' ' ORDER BY m.roleid::regrole::text, m.member::regrole::text) FROM pg_auth_members AS m
           WHERE m.member::regrole::text IN (SELECT o.name FROM role AS o)), 'admin<thin anonymous<thin engineer<admin operator<engineer pg_use_reserved_connections<thin viewer<operator', 'who is a member of what');
SELECT is((SELECT array_agg(split_part(c, '=', 1) ORDER BY c) FROM pg_roles AS r CROSS JOIN LATERAL unnest(r.rolconfig) AS c WHERE r.rolname = 'grafana_reader'
           AND c ~ '^(default_transaction_read_only=on|statement_timeout=|idle_in_transaction_session_timeout=|transaction_timeout=|lock_timeout=|temp_file_limit=)'),
    '{default_transaction_read_only,idle_in_transaction_session_timeout,lock_timeout,statement_timeout,temp_file_limit,transaction_timeout}', 'Grafana''s login has its bounds');
SELECT ok((SELECT rolconnlimit > 0 FROM pg_roles WHERE rolname = 'grafana_reader'), 'and its number of connections');
SELECT * FROM finish();
ROLLBACK;
