-- Settings: each has a type and a range, held against whoever writes.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET client_min_messages = error;

SELECT is_empty($$SELECT name FROM ops.setting WHERE data_type IN ('integer', 'float', 'interval') AND minimum IS NULL$$,
    'every number and interval has a range in sql/data/095_ops_setting_range.sql');
SELECT is_empty($$SELECT name FROM ops.setting AS s WHERE ops.setting_refusal(s) IS NOT NULL$$, 'and lies within it');
SELECT is_empty($$SELECT name FROM ops.setting WHERE data_type = 'texts' OR data_type = 'text' AND choices IS NULL$$, 'every text has choices or a type of its own');
SELECT is_empty($$
    SELECT s.name, s.data_type, m[1] FROM pg_proc AS p
    CROSS JOIN LATERAL regexp_matches(p.prosrc, 'ops[.]setting_([a-z]+)[(]''([a-z0-9_.]+)''', 'g') AS m
    JOIN ops.setting AS s ON s.name = m[2]
    WHERE s.data_type <> CASE m[1] WHEN 'int' THEN 'integer' WHEN 'bool' THEN 'boolean' WHEN 'text' THEN s.data_type ELSE m[1] END $$,
    'a setting is of the type that its readers take');

-- generated: below, above, of another type, null; by function and by UPDATE
CREATE TEMPORARY TABLE attempt AS
SELECT s.name, s.data_type, v.value, v.what FROM ops.setting AS s
CROSS JOIN LATERAL (
    SELECT to_jsonb((s.minimum #>> '{}')::numeric - 1), 'below' WHERE s.data_type IN ('integer', 'float')
    UNION ALL SELECT to_jsonb((s.maximum #>> '{}')::numeric + 1), 'above' WHERE s.data_type IN ('integer', 'float')
    UNION ALL SELECT to_jsonb((s.minimum #>> '{}')::numeric + 0.5), 'not whole' WHERE s.data_type = 'integer'
    UNION ALL SELECT '1e300', 'huge' WHERE s.data_type IN ('integer', 'float')
    UNION ALL SELECT '-1e300', 'tiny' WHERE s.data_type IN ('integer', 'float')
    UNION ALL SELECT to_jsonb(((s.minimum #>> '{}')::interval - INTERVAL '1 second')::text), 'below' WHERE s.data_type = 'interval'
    UNION ALL SELECT to_jsonb(((s.maximum #>> '{}')::interval + INTERVAL '1 second')::text), 'above' WHERE s.data_type = 'interval'
    UNION ALL SELECT '"infinity"', 'for ever' WHERE s.data_type = 'interval'
    UNION ALL SELECT '"-infinity"', 'for ever backwards' WHERE s.data_type = 'interval'
    UNION ALL SELECT '"soon"', 'no such thing' WHERE s.data_type <> 'boolean'
    UNION ALL SELECT '{}', 'an object'
    UNION ALL SELECT '[[]]', 'an array'
    UNION ALL SELECT '[]', 'an empty array'
    UNION ALL SELECT to_jsonb(repeat('x', 100000)), 'long'
    UNION ALL SELECT 'true', 'a boolean' WHERE s.data_type <> 'boolean'
    UNION ALL SELECT 'null', 'null' WHERE NOT s.nullable) AS v (value, what);
CREATE FUNCTION pg_temp.refusal(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_message text; v_column text;
BEGIN
    EXECUTE call;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT, v_column = COLUMN_NAME;
    RETURN concat_ws(' ', SQLSTATE, v_column, v_message);
END $$;
SELECT cmp_ok((SELECT count(*) FROM attempt), '>', 300::bigint, 'there are attempts');
SELECT is_empty($$SELECT name, what, r FROM attempt, pg_temp.refusal(format('UPDATE ops.setting SET value = %L WHERE name = %L', value, name)) AS r
    WHERE r NOT LIKE 'MW422 value ' || name || '%'$$, 'UPDATE refuses each by name');
SELECT is_empty($$SELECT name, what, r FROM attempt, pg_temp.refusal(format('SELECT ops.set_setting(%L, %L)', name, value)) AS r
    WHERE r NOT LIKE 'MW422 value ' || name || '%'$$, 'so does ops.set_setting');
SELECT is_empty($$SELECT s.name, r FROM ops.setting AS s, unnest(ARRAY[s.minimum, s.maximum]) AS v,
    pg_temp.refusal(format('UPDATE ops.setting SET value = %L WHERE name = %L', v, s.name)) AS r WHERE v IS NOT NULL AND r <> 'accepted'$$, 'both ends of a range are within it');
SELECT is(pg_temp.refusal($$SELECT ops.set_setting('auth.bcrypt_cost', '31')$$), 'MW422 value auth.bcrypt_cost must be 4 to 15 log2 rounds', 'the refusal says what may be');
SELECT is(pg_temp.refusal($$SELECT ops.set_setting('plant.time_zone', '"Mars/Olympus"')$$),
    'MW422 value plant.time_zone must be the name of a time zone such as "Asia/Seoul"', 'a time zone exists');
SELECT is(pg_temp.refusal($$SELECT ops.set_setting('alarm.shift_starts', '["25:00"]')$$),
    'MW422 value alarm.shift_starts must be a list of 1 to 24 times such as "06:00"', 'a shift starts at a time of day');
SELECT is(pg_temp.refusal($$SELECT ops.set_setting('alarm.shift_starts', '["07:00", "19:00"]')$$), 'accepted', 'a list can be set');
SELECT is((SELECT string_agg(u, ' ') FROM unnest('{https://mill.example,http://10.0.0.5:8000,http://[::1]:8000,https://mill.example/page,javascript:alert(1),https://mill.example/,//mill.example,"https://mill.example/a b",https://mill.example/?a=1,"https://mill.example/\"x",ftp://mill.example}'::text[]) AS u
           WHERE pg_temp.refusal(format('SELECT ops.set_setting(%L, %L)', 'report.page_url', to_jsonb(u))) = 'accepted'),
    'https://mill.example http://10.0.0.5:8000 http://[::1]:8000 https://mill.example/page', 'an address is one of the web, without query, blanks, quotes');
SELECT is(pg_temp.refusal($$SELECT ops.set_setting('telemetry.raw_retention', 'null')$$), 'accepted', 'null where it means something');
SELECT ok(s ?& '{type,minimum,maximum,choices,nullable}', 'clients see what a setting may be') FROM api.list_settings() AS l, jsonb_array_elements(l -> 'items') AS s LIMIT 1;

-- an upgrade that finds a value outside goes on
INSERT INTO ops.setting (name, value, description, unit) VALUES ('test.n', '31', 'x', 'n'), ('test.low', '-5', 'x', 'n'), ('test.half', '4.5', 'x', 'n'),
    ('test.i', '"-1 hours"', 'x', 'interval'), ('test.c', '"zzz"', 'x', NULL), ('test.null', 'null', 'x', 'n');
SELECT ops.set_setting_range(n, '4', '15', NULL, 'integer') FROM unnest('{test.n,test.low,test.half,test.null}'::text[]) AS n \g /dev/null
SELECT ops.set_setting_range('test.i', '"1 minute"', '"1 day"'), ops.set_setting_range('test.c', p_choices => '{a,b}') \g /dev/null
SELECT results_eq($$SELECT name, value #>> '{}' FROM ops.setting WHERE name LIKE 'test.%' ORDER BY name$$,
    $$VALUES ('test.c', 'a'), ('test.half', '5'), ('test.i', '1 minute'), ('test.low', '4'), ('test.n', '15'), ('test.null', '4')$$, 'with the nearest value that can work');
SELECT * FROM finish();
ROLLBACK;
