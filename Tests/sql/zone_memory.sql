-- A time zone that a text names is kept by the server for as long as its session lives, 24 kB each, and "A-1" is one: nothing that
-- comes from outside, nor a rule, may make them up.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE FUNCTION pg_temp.kept() RETURNS bigint LANGUAGE sql AS $$ SELECT coalesce(sum(total_bytes), 0) FROM pg_backend_memory_contexts WHERE name = 'Timezones' $$;
SELECT now() AT TIME ZONE 'Asia/Seoul' IS NULL AS warm \g /dev/null
SELECT pg_temp.kept() AS before \gset
CREATE TEMP TABLE named AS
SELECT prefix || translate(i::text, '0123456789', 'abcdefghij') || rest AS time
FROM generate_series(1000, 1099) AS i,
     (VALUES ('2026-11-28 12:00 ', '-1'), ('2026-11-28T12:00:00.5', '+9'), ('2026-11-28T', '1'), ('2026-11-28 12:00:00 ', '-1:30x'), ('2026-11-28Z', '-0')) AS f (prefix, rest)
UNION ALL SELECT format(f, i) FROM generate_series(100, 166) AS i, unnest('{2026-11-28T-%s,2026-11-28T%s,2026-11-28 12:00 Z-%s,2026-11-28t+%s,2026-11-28 T%s:01,A%s-11-28}'::text[]) AS f;
SELECT is((SELECT count(ingest.parse_time(time)) FROM named), 0::bigint, 'a zone''s name is no part of a time');
SELECT ingest.accept(array_agg('factory/zone/x'::text), array_agg(jsonb_build_object('value', 1, 'timestamp', time, 'time', time)::text), array_agg(NULL::bytea), array_agg(clock_timestamp()))
FROM named \g /dev/null
SELECT ingest.accept(ARRAY['unity/sensors/m1/data'], ARRAY[jsonb_build_object('timestamp', time, 'x', 1, 'y', 2, 'z', 3)::text], ARRAY[NULL::bytea], ARRAY[clock_timestamp()]) FROM named \g /dev/null
SELECT throws_ok(format('SELECT api.store_sensor_data(%L)', (SELECT jsonb_agg(jsonb_build_object('device_id', 'm', 'sensor_type', 't', 'value', 1, 'time', time)) FROM named)), 'MW422', NULL, 'nor over HTTP');
SELECT throws_ok(format('SELECT api.decode_cursor(api.encode_cursor(%L, %L), %L)', time, '1', '{timestamptz,bigint}'), 'MW400', NULL, 'nor in a cursor') FROM named LIMIT 20;
SELECT isnt_empty($$SELECT e.* FROM named AS n, api.schema_errors(to_jsonb(n.time), '{"type": "string", "format": "date-time"}', 'x') AS e$$, 'nor in a parameter');
SELECT cmp_ok(pg_temp.kept(), '<=', :before + 100000::bigint, 'and the server keeps none of them');
-- what is one
SELECT is(ingest.parse_time(t), '2026-11-28 03:00:00+00', t)
FROM unnest('{2026-11-28T03:00:00Z,2026-11-28t03:00z,2026-11-28 03:00:00+00,2026-11-28T12:00:00.000+09:00,2026-11-28T12:00+0900,2026-11-28 12:00:00 +09}'::text[]) AS t;
SET LOCAL timezone = 'UTC';
SELECT is(ingest.parse_time(t), '2026-11-28', t) FROM unnest('{2026-11-28,2026-11-28T00:00,2026-11-28 00:00:00}'::text[]) AS t;

-- rules
INSERT INTO plant.equipment (id, name) VALUES ('t-1', 't');
CREATE FUNCTION pg_temp.sql(sql text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM alarm.create_rule(jsonb_build_object('name', 'tried', 'condition', 'expression', 'high', 1, 'select_equipment', '["t-1"]'::jsonb, 'parameters', jsonb_build_object('sql', sql)));
    DELETE FROM alarm.rule WHERE name = 'tried';
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT is(pg_temp.sql(s), 'accepted', s) FROM unnest(ARRAY[
    'date_part(''hour'', at AT TIME ZONE ''Asia/Seoul'')', 'date_part(''hour'', timezone(''Asia/Seoul'', date_trunc(''day'', at AT TIME ZONE ''Asia/Seoul'')))', 'date_part(''hour'', at AT TIME ZONE INTERVAL ''9 h'')',
    'CASE WHEN at > ''2026-11-28T12:00:00Z'' AND at < ''2026-11-28 12:00+09'' AND equipment_id = ANY (''{1A-2,1A-3,1A-4}'') THEN 1 END', '''2020-01-01''::date - current_date',
    'CASE WHEN equipment_id IN (''p-1'', ''p-2'', ''p-3'', ''p-4'', ''p-5'', ''p-6'', ''p-7'', ''p-8'', ''p-9'', ''p-10'') THEN 1 END']) AS s;
SELECT pg_temp.kept() AS before \gset
SELECT matches(pg_temp.sql(s), '^MW422 ', left(s, 100)) FROM unnest(ARRAY[
    '(SELECT count(timezone(substr(''AAAA1BBBB'', i), at)) FROM unnest(''{1,2}''::int[]) AS i)', '(SELECT count(at AT TIME ZONE e.description) FROM plant.equipment AS e)', '(SELECT count(timezone(zone => left(''A11'', 2), timestamp => at)) IS NULL)',
    '(SELECT count(timezone(z, ''2026-11-28''::timestamp)) FROM (VALUES (''A-1''), (''A-2'')) AS v (z))', '(SELECT count(date_trunc(''day'', at, e.name)) FROM plant.equipment AS e)', '(SELECT count(public.time_bucket(''1 h'', at, e.name)) FROM plant.equipment AS e)',
    '(SELECT count((''2026-11-28 '' || e.name)::timestamptz) FROM plant.equipment AS e)', '(SELECT count(e.description::timestamptz) FROM plant.equipment AS e)', '(SELECT count(left(e.description, 20)::timestamp) FROM plant.equipment AS e)',
    '(SELECT count(e.description::date) FROM plant.equipment AS e)', '(SELECT count(e.description::time) FROM plant.equipment AS e)', '(SELECT count(e.tags::timestamptz[]) FROM plant.equipment AS e)', '(SELECT count((sensors ->> ''x'')::date) FROM plant.equipment AS e)',
    '(SELECT count(*) FROM plant.equipment WHERE ' || (SELECT string_agg(format('at AT TIME ZONE ''A-%s'' > at', i), ' OR ') FROM generate_series(1, 5) AS i) || ')',
    '(SELECT count(*) FROM unnest(''{' || (SELECT string_agg(format('2026-11-28 A-%s', i), ',') FROM generate_series(1, 100) AS i) || '}''::timestamptz[]))',
    '(SELECT max(x) IS NULL FROM (VALUES ' || (SELECT string_agg(format('(''20261128A-%s''::timestamptz)', i), ',') FROM generate_series(1, 100) AS i) || ') AS v (x))',
    '(SELECT max(x) IS NULL FROM (VALUES ' || (SELECT string_agg(format('(''Nov 28 2026 A:%s''::date)', i), ',') FROM generate_series(1, 100) AS i) || ') AS v (x))'
]) AS s;
SELECT cmp_ok(pg_temp.kept(), '<=', :before + 600000::bigint, 'and the server keeps few of them');
SELECT * FROM finish();
ROLLBACK;
