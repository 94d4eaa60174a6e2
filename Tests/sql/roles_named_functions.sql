-- Functions that rows name run with the product's rights: only an administrator's are called, whoever wrote the row and whenever.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE ROLE named_engineer;
GRANT engineer TO named_engineer;
CREATE SCHEMA hers AUTHORIZATION named_engineer;
CREATE SCHEMA plants;
GRANT USAGE ON SCHEMA plants TO millwright, engineer;
CREATE FUNCTION plants.decode(integer[], text[], text[], text[], timestamptz[]) RETURNS SETOF ingest.point LANGUAGE sql AS
    $$ SELECT o, e, 'x', 'current', 'A', t, p::float8, 0::smallint, false, NULL, NULL FROM unnest($1, $2, $4, $5) AS u (o, e, p, t) $$;
CREATE FUNCTION plants.other(text) RETURNS SETOF ingest.point LANGUAGE sql AS 'SELECT NULL::ingest.point';
CREATE FUNCTION pg_temp.send(topic text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
    PERFORM ingest.accept(ARRAY[topic], '{5}', '{NULL}', ARRAY[clock_timestamp()]);
    RETURN coalesce((SELECT concat_ws(' ', q.reason, q.detail) FROM ingest.quarantine AS q WHERE q.topic = send.topic), 'stored'); END $$;

SET ROLE named_engineer;
CREATE FUNCTION hers.decode(integer[], text[], text[], text[], timestamptz[]) RETURNS SETOF ingest.point LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'GRANT admin TO named_engineer'; END $$;
CREATE FUNCTION hers.job() RETURNS integer LANGUAGE sql AS 'SELECT 1';
SELECT throws_ok($$INSERT INTO ingest.topic_decoder (topic_filter, decoder, description) VALUES ('hers/{equipment}', 'hers.decode', 'x')$$, 'MW422', 'decoder hers.decode or its schema is not an administrator''s', 'an engineer''s own function decodes nothing');
SELECT throws_ok($$UPDATE ingest.topic_decoder SET decoder = 'hers.decode'$$, 'MW422', NULL, 'nor by a change');
SELECT throws_ok(format('INSERT INTO ingest.topic_decoder (topic_filter, decoder, description) VALUES (%L, %s, %L)', 'hers/{equipment}', d, 'x'), 'MW422', NULL, d || ' is no decoder')
FROM unnest(ARRAY['''plants.other''', '''pg_catalog.pg_reload_conf''', '''pg_catalog.pg_sleep''', '''ingest.purge''', '4294967295::oid::regproc']) AS d;
SELECT lives_ok($$INSERT INTO ingest.topic_decoder (topic_filter, decoder, description) VALUES ('plants/{equipment}', 'plants.decode', 'x')$$, 'she may name one that an administrator made');
SELECT throws_ok($$CREATE OR REPLACE FUNCTION plants.decode(integer[], text[], text[], text[], timestamptz[]) RETURNS SETOF ingest.point LANGUAGE sql AS 'SELECT NULL::ingest.point'$$, '42501', NULL, 'and cannot exchange it');
RESET ROLE;
SELECT is(pg_temp.send('plants/p1'), 'stored', 'the plant''s decoder decodes');

-- rows that were written before anything was checked, and functions that change hands afterwards
ALTER TABLE ingest.topic_decoder DISABLE TRIGGER topic_decoder_check;
INSERT INTO ingest.topic_decoder (topic_filter, decoder, description) VALUES ('hers/{equipment}', 'hers.decode', 'x');
ALTER TABLE ingest.topic_decoder ENABLE TRIGGER topic_decoder_check;
SELECT is(pg_temp.send('hers/p1'), 'untrusted_decoder hers.decode', 'a row of an earlier release: its messages are set aside, its function is not called');
SELECT is(pg_has_role('named_engineer', 'admin', 'MEMBER'), false, 'she is no administrator');
ALTER FUNCTION plants.decode OWNER TO named_engineer;
SELECT is(pg_temp.send('plants/p2'), 'untrusted_decoder plants.decode', 'given to an engineer');
ALTER FUNCTION plants.decode OWNER TO millwright;
ALTER SCHEMA plants OWNER TO named_engineer;
SELECT is(pg_temp.send('plants/p3'), 'untrusted_decoder plants.decode', 'or its schema');
ALTER SCHEMA plants OWNER TO millwright;
SELECT is(pg_temp.send('plants/p4'), 'stored', 'and back');
SELECT is((SELECT (ingest.replay(topic_like => 'plants/%')).stored), 2, 'what was set aside is replayed');

-- jobs
INSERT INTO ops.job (name, procedure, schedule, next_start) VALUES ('hers', 'hers.job', '1 hour', now() - INTERVAL '1 year');
SELECT throws_ok($$SELECT ops.job_statement('hers.job', 1, NULL)$$, 'MW404', NULL, 'an engineer''s function is no job');
ALTER SCHEMA hers OWNER TO millwright;
ALTER FUNCTION hers.job() OWNER TO millwright;
SELECT is(ops.job_statement('hers.job', 1, NULL), 'SELECT hers.job()', 'an administrator''s is');
-- who is an administrator
CREATE ROLE named_admin;
GRANT admin TO named_admin;
SELECT is((SELECT string_agg(r.rolname, ' ' ORDER BY r.rolname) FROM pg_roles AS r WHERE r.rolname IN ('millwright', 'postgres', 'named_admin', 'admin', 'named_engineer', 'engineer', 'grafana_reader', 'alarm_expression', 'anonymous')
           AND NOT (r.rolname = 'postgres' AND NOT r.rolsuper) AND ops.is_trusted_owner(r.oid)), (SELECT concat_ws(' ', 'admin millwright named_admin', (SELECT 'postgres' FROM pg_roles WHERE rolname = 'postgres' AND rolsuper))), 'administrators');
SELECT * FROM finish();
ROLLBACK;
