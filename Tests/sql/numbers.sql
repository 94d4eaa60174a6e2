-- Any finite number: random doubles of every magnitude, and those on which arithmetic breaks, sent on every way in. What is accepted
-- is carried by every aggregate, view, rule, endpoint and dashboard without an error; what is not is refused by name.
-- Views, endpoints, conditions and jobs are read from the catalog: a new one is covered by itself. Refreshes commit: no transaction.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT no_plan();
SELECT remove_continuous_aggregate_policy('rollup.reading_1m'), remove_continuous_aggregate_policy('rollup.reading_1h') \g /dev/null
\if :{?SEED}
\else
    SELECT random() AS "SEED" \gset
\endif
SELECT setseed(:SEED) \g /dev/null
\echo # seed :SEED

CREATE FUNCTION pg_temp.error(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_context text;
BEGIN
    EXECUTE query;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_context = PG_EXCEPTION_CONTEXT;
    RETURN format('%s %s: %s [%s]', SQLSTATE, SQLERRM, left(query, 200), left(v_context, 500));
END $$;

CREATE TEMPORARY TABLE number AS
SELECT row_number() OVER () AS n, v.value, v.value::text::numeric AS exact
FROM (
    SELECT unnest(ARRAY['0', '-0', '4.9e-324', '-4.9e-324', '2.2250738585072014e-308', '1.7976931348623157e308', '-1.7976931348623157e308',
        '3.4e38', '3.4028234663852886e38', '-3.4028234663852886e38', '9.9e37', '9.91e37', '-9999', '-4000', '32767', '-32768', '6553.5',
        '1e154', '1.3407807929942596e154', '1.3407807929942597e154', '1.35e154', '1.5e-162', '1.4e-162', '1.4916681462400413e-154',
        '1e200', '-1.3e216', '-6.6e-229', '1e100', '-1e100', '1.0000000000000002e100', '9.999999999999999e99', '1e-100', '-1e-100',
        '9.999999999999999e-101', '1e30', '1.0000000000000002e30', '-1e30', '-1.0000000000000002e30', '1e150', '-1e75', '1e-75', '0.1'])::float8 AS value
    UNION ALL
    SELECT CASE WHEN random() < 0.5 THEN -1 ELSE 1 END * (1 + random()) * power(2::float8, floor(random() * 2098)::integer - 1074) FROM generate_series(1, 500)
    UNION ALL
    -- powers of two, and what people measure
    SELECT power(2::float8, k) FROM generate_series(-1074, 1023, 37) AS k
    UNION ALL
    SELECT (random() - 0.5) * power(10::float8, floor(random() * 12)::integer) FROM generate_series(1, 200)
) AS v;
-- the order in which magnitudes meet each other is part of the luck
CREATE TEMPORARY TABLE sent AS SELECT row_number() OVER (ORDER BY random()) AS n, value, exact FROM number;

-- what becomes of a value, by arithmetic that knows no limits
CREATE FUNCTION pg_temp.oracle(exact numeric, range numeric) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN abs(exact) < 1e-100::float8::numeric THEN 0 WHEN abs(exact) <= range THEN exact::float8 END
$$;

-- the bounds stand in CHECK constraints, too
SELECT is((SELECT count(*) FROM number WHERE ops.is_carried(value) IS DISTINCT FROM (exact = 0 OR abs(exact) BETWEEN 1e-100 AND 1e100)
           AND abs(exact) NOT IN (1e-100, 1e100)), 0::bigint, 'ops.is_carried is what it says');
SELECT is((pg_temp.error(format('INSERT INTO telemetry.reading (time, value, sensor_id) VALUES (clock_timestamp(), %L, 2000000000)', v)) LIKE '23514%') IS TRUE,
    NOT ops.is_carried(v), 'the points'' own last line: ' || v)
FROM unnest('{0,-0,1e-100,-1e100,1.0000000000000002e100,9.999999999999999e-101,4.9e-324,1.7e308,NaN,Infinity,-Infinity}'::float8[]) AS v;
DELETE FROM telemetry.reading;
SELECT ok(pg_temp.error(format('UPDATE ops.setting SET value = %L WHERE name = %L', v, n)) IS NOT NULL, format('%s cannot be %s', n, v))
FROM unnest(ARRAY['1e101', '-1e101', '0', 'null', '"1"', '1e400']::jsonb[]) AS v, unnest('{ingest.plausible_min,ingest.plausible_max}'::text[]) AS n;
SELECT is(ops.setting_float('ingest.plausible_max'), 1e30::float8, 'the range is what it was');

-- whatever a setting holds can be read and computed with, also where its range was got round
CREATE FUNCTION pg_temp.reads(name text, value jsonb, reader text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_is text;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    UPDATE ops.setting AS s SET value = reads.value WHERE s.name = reads.name;
    EXECUTE format('SELECT %s(%L)::text', reader, name) INTO v_is;
    RAISE EXCEPTION USING ERRCODE = 'P0001', MESSAGE = coalesce(v_is, 'null');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
SELECT is(pg_temp.reads(n, v, 'ops.setting_' || r), expected, format('%s read as %s', v, r))
FROM (VALUES ('ingest.live_chunks', jsonb '1e50', 'int', '2147483647'), ('ingest.live_chunks', '-1e50', 'int', '-2147483648'), ('ingest.live_chunks', '2.6', 'int', '3'),
    ('ingest.live_chunks', 'null', 'int', 'null'), ('ingest.oldest', '"170000000 years"', 'interval', '1000 years'), ('ingest.oldest', '"infinity"', 'interval', '1000 years'),
    ('ingest.oldest', '"-infinity"', 'interval', '-1000 years'), ('ingest.oldest', 'null', 'interval', 'null'), ('ml.drift_psi_major', '1e100', 'float', '1e+100')) AS x (n, v, r, expected);
SET session_replication_role = replica;
SELECT ok(pg_temp.error(format('UPDATE ops.setting SET value = %L WHERE name = ''ml.drift_psi_major''', v)) LIKE '23514%', 'no setting is ' || left(v::text, 20))
FROM unnest(ARRAY['1e400', '-1e101', '1e-400']::jsonb[]) AS v;
RESET session_replication_role;

-- a plant with a rule of every condition, and of every kind of each
INSERT INTO plant.equipment (id, name, specifications) VALUES ('M-1', 'M-1', '{"vibration_class": "II", "rated_power_kw": 20}'), ('M-2', 'M-2', '{}');
INSERT INTO plant.sensor (equipment_id, name, type, unit)
SELECT e, s, CASE s WHEN 'x' THEN 'vibration' ELSE 'temperature' END, CASE s WHEN 'x' THEN 'mm/s' END
FROM unnest('{M-1,M-2}'::text[]) AS e, unnest('{x,y,z,w,v}'::text[]) AS s;
INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high) VALUES ('M-1', 'idle', 'w', '-Infinity', 0), ('M-1', 'busy', 'w', 0, 'Infinity');
CREATE FUNCTION pg_temp.rule(name text, condition text, low float8, high float8, parameters jsonb DEFAULT '{}', deadband float8 DEFAULT 0) RETURNS void LANGUAGE sql AS $$
    INSERT INTO alarm.rule (name, condition, low, high, parameters, deadband, chatter_count) VALUES (name, condition, low, high, parameters, deadband, NULL)
$$;
SELECT pg_temp.rule(format('%s %s', c.condition, x.n), c.condition, CASE WHEN c.takes_low THEN -x.far END, CASE WHEN c.takes_high THEN x.far END, '{}', x.deadband)
FROM (VALUES ('above', false, true), ('below', true, false), ('outside', true, true), ('inside', true, true), ('rate_of_change', true, true),
             ('flat_line', false, true), ('no_data', false, true), ('baseline', true, true), ('rul_below', true, false), ('multivariate', false, true)) AS c (condition, takes_low, takes_high)
CROSS JOIN (VALUES (1, 1e100::float8, 1e99::float8), (2, 1e-100, 1e-100), (3, 3, 0.5), (4, 1e29, 0)) AS x (n, far, deadband) \g /dev/null
SELECT pg_temp.rule('windowed ' || a, 'windowed', -3, 3, jsonb_build_object('aggregate', a, 'window', '5 minutes'))
FROM alarm.condition_parameter AS p, unnest(p.choices) AS a WHERE p.condition = 'windowed' AND p.parameter = 'aggregate' \g /dev/null
SELECT pg_temp.rule('two ' || o, 'two_signal', -1e60, 1e60, jsonb_build_object('other', 'y', 'operation', o, 'window', '10 minutes'))
FROM alarm.condition_parameter AS p, unnest(p.choices) AS o WHERE p.condition = 'two_signal' AND p.parameter = 'operation' \g /dev/null
SELECT pg_temp.rule('season', 'baseline', -1e100, 1e100, '{"season": "hour_of_week"}'), pg_temp.rule('state', 'baseline', -1e-100, 1e-100, '{"state": "each"}'),
       pg_temp.rule('zone', 'iso_zone', NULL, NULL), pg_temp.rule('verdicts', 'model_verdict', NULL, NULL, '{"consecutive": 2.0}') \g /dev/null
SELECT pg_temp.rule('expression ' || e, 'expression', -1, 1, jsonb_build_object('expression', e))
FROM unnest('{x * y,x * y * z,x / (abs(y) + 1),(x - y) * (x - y),sqrt(abs(x * z)),x - y}'::text[]) AS e \g /dev/null
SELECT is((SELECT string_agg(c.name, ', ') FROM alarm.condition AS c WHERE c.name NOT IN (SELECT condition FROM alarm.rule)), NULL, 'no condition was forgotten');
-- a new machine must not fail for what somebody wrote about it: it is registered while its first message is taken in
INSERT INTO plant.equipment (id, name, specifications)
SELECT 'P-' || n, 'p', jsonb_build_object('vibration_class', 'II', 'rated_power_kw', v) FROM unnest(ARRAY[to_jsonb(repeat('9', 400)), '1e400', '1e-400', '"0.' || repeat('0', 400) || '1"', '"NaN"', '-1e300']::jsonb[]) WITH ORDINALITY AS x (v, n);
SELECT is((SELECT a.stored || ' ' || a.quarantined FROM ingest.accept((SELECT array_agg('factory/P-' || n || '/vibration') FROM generate_series(1, 6) AS n), array_fill('{"value": 1, "unit": "mm/s"}'::text, ARRAY[6]), NULL,
    array_fill(clock_timestamp(), ARRAY[6])) AS a), '6 0', 'machines of any rated power are heard');
DELETE FROM telemetry.reading;
SELECT ok(pg_temp.error(format('SELECT pg_temp.rule(''bad'', ''above'', NULL, %L)', v)) LIKE 'MW422%' AND pg_temp.error(format('SELECT pg_temp.rule(''bad'', ''above'', NULL, 1, ''{}'', %L)', abs(v))) LIKE 'MW422%',
    'no limit and no deadband of ' || v)
FROM unnest('{1e308,-1e101,1e-101,-4.9e-324,NaN,Infinity}'::float8[]) AS v;

-- Every way in, at the default range and at the widest. Now, so that rules judge; and a while ago, so that aggregates finish.
CREATE FUNCTION pg_temp.send(range numeric, "at" timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_took record;
    v_list jsonb;
    v_error text;
    v_good bigint := (SELECT count(*) FROM sent WHERE pg_temp.oracle(exact, range) IS NOT NULL);
BEGIN
    DELETE FROM ingest.quarantine;
    -- alternately as one sensor's message and as a wide row
    SELECT a.* INTO v_took FROM ingest.accept(
        (SELECT array_agg(CASE WHEN n % 2 = 0 THEN 'factory/M-1/' || (ARRAY['x', 'y', 'z', 'w', 'v'])[1 + n % 5] ELSE 'factory/M-1' END ORDER BY n) FROM sent),
        (SELECT array_agg(CASE WHEN n % 2 = 0 THEN format('{"time": "%s", "value": %s}', at - n * INTERVAL '0.4 seconds', value)
                               ELSE format('{"time": "%s", "values": {"%s": %s}}', at - n * INTERVAL '0.4 seconds', (ARRAY['x', 'y', 'z', 'w', 'v'])[1 + n % 5], value) END ORDER BY n) FROM sent),
        NULL, (SELECT array_agg(clock_timestamp()) FROM sent)) AS a;
    RETURN NEXT is(v_took.stored::bigint, v_good, format('MQTT, range %s: what is plausible is stored', range::float8));
    RETURN NEXT is((SELECT sum(repeated) FROM ingest.quarantine WHERE reason = 'implausible_value'), (SELECT count(*) FROM sent) - v_good, 'the rest is in quarantine');
    -- those of long ago wait in the backlog at first
    RETURN NEXT is((SELECT count(*) || ' ' || count(*) FILTER (WHERE r.value IS DISTINCT FROM pg_temp.oracle(s.exact, range))
                    FROM sent AS s JOIN (SELECT time, value FROM telemetry.reading UNION ALL SELECT time, value FROM ingest.backlog) AS r ON r.time = at - s.n * INTERVAL '0.4 seconds'),
        v_good || ' 0', 'each as it was sent, or 0');

    SELECT jsonb_agg(jsonb_build_object('device_id', 'M-2', 'sensor_type', 'temperature', 'sensor', (ARRAY['x', 'y', 'z', 'w', 'v'])[1 + n % 5],
                                        'value', value, 'time', at - n * INTERVAL '0.4 seconds') ORDER BY n) INTO v_list FROM sent;
    BEGIN
        PERFORM api.store_sensor_data(v_list);
        RETURN NEXT fail('HTTP stored what is implausible');
    EXCEPTION WHEN SQLSTATE 'MW422' THEN
        GET STACKED DIAGNOSTICS v_error = PG_EXCEPTION_DETAIL;
        RETURN NEXT is((SELECT count(*) FROM jsonb_array_elements(v_error::jsonb) AS e JOIN sent AS s ON e ->> 'field' = format('[%s].value', s.n - 1)
                        WHERE e ->> 'message' = 'implausible_value' AND pg_temp.oracle(s.exact, range) IS NULL),
            (SELECT count(*) FROM sent) - v_good, 'HTTP names each refused value, and no other');
    END;
    SELECT jsonb_agg(e ORDER BY n) INTO v_list FROM jsonb_array_elements(v_list) WITH ORDINALITY AS x (e, n) JOIN sent AS s USING (n) WHERE pg_temp.oracle(s.exact, range) IS NOT NULL;
    RETURN NEXT is((api.store_sensor_data(v_list) ->> 'stored')::bigint, v_good, 'HTTP stores the others');

    RETURN NEXT is((SELECT count(*) FROM ingest.implausible((SELECT array_agg((SELECT id FROM plant.sensor WHERE equipment_id = 'M-1' AND name = 'x') ORDER BY n) FROM sent),
                                                            (SELECT array_agg(value ORDER BY n) FROM sent)) AS i
                    JOIN sent AS s ON s.n = i.ordinal WHERE i.error = 'implausible_value' AND pg_temp.oracle(s.exact, range) IS NULL),
        (SELECT count(*) FROM sent) - v_good, 'ingest.implausible says the same');
END $$;
SELECT pg_temp.send(1e30::float8::numeric, date_trunc('second', now()));
SELECT pg_temp.send(1e30::float8::numeric, '2026-01-01 01:00+00');
SELECT alarm.learn_baseline(ARRAY(SELECT id FROM plant.sensor), '-infinity', 'infinity', '*', 5, 'hour_of_week') \g /dev/null
UPDATE ops.setting SET value = '-1e100' WHERE name = 'ingest.plausible_min';
UPDATE ops.setting SET value = '1e100' WHERE name = 'ingest.plausible_max';
SELECT pg_temp.send(1e100::float8::numeric, date_trunc('second', now()) + INTERVAL '0.137 seconds'); -- never a time of before
SELECT pg_temp.send(1e100::float8::numeric, '2026-01-01 02:30+00');
SELECT is(pg_temp.error('SELECT alarm.learn_baseline(ARRAY(SELECT id FROM plant.sensor), ''-infinity'', ''infinity'', ''*'', 5, ''hour_of_week'')'), NULL, 'baselines are learned from all of it');
SELECT pg_temp.send(1e100::float8::numeric, '2026-01-01 03:00+00');

-- numbers that mean none
INSERT INTO ingest.no_value (sensor_type, low, high, description) VALUES ('temperature', -9999, -9999, 'no reading');
INSERT INTO ingest.no_value (low, high, description) VALUES (3.39e38, 3.41e38, 'FLT_MAX');
SELECT is((SELECT a.stored || ' ' || a.quarantined FROM ingest.accept(ARRAY['factory/M-1/y', 'factory/M-1/y', 'factory/M-1/x', 'factory/M-1/x'],
    ARRAY['-9999', '3.4e38', '{"time": "2026-01-01T05:00:00Z", "value": -9999}', '3.4028234663852886e38'], NULL, array_fill(clock_timestamp(), ARRAY[4])) AS a),
    '1 0', 'a sentinel is neither stored nor quarantined; for another type it is a value');
SELECT is((SELECT string_agg(format('%s %s', sensor, messages), ', ' ORDER BY sensor) FROM report.no_value WHERE equipment_id = 'M-1'), 'x 1, y 2', 'but counted');
SELECT is(api.store_sensor_data('{"device_id": "M-1", "sensor_type": "temperature", "sensor": "y", "value": -9999}') ->> 'no_value', '1', 'over HTTP, too');
SELECT is((SELECT value FROM ops.metrics() WHERE name = 'millwright_no_value_total'), 4::float8, 'and there is a metric');
-- of one sensor alone: M-1/v, not M-1/w beside it, nor the one of the same name at another machine
SELECT s.id AS only, date_trunc('minute', now()) - INTERVAL '1 hour' AS hour FROM plant.sensor AS s WHERE s.equipment_id = 'M-1' AND s.name = 'v' \gset
INSERT INTO ingest.no_value (sensor_id, low, high, description) VALUES (:only, -4000, -4000, 'this one''s open circuit'), (:only, 60000, 65535, 'its fault codes');
SELECT is((SELECT string_agg(format('%s %s: %s stored, %s quarantined', topic, value, a.stored, a.quarantined), E'\n' ORDER BY topic, value)
    FROM unnest('{factory/M-1/v,factory/M-1/w,factory/M-2/v}'::text[]) WITH ORDINALITY AS t (topic, n), unnest('{-4000,-4000.5,60000,60001,65535,65536}'::float8[]) WITH ORDINALITY AS v (value, i)
    CROSS JOIN LATERAL ingest.accept(ARRAY[topic], ARRAY[format('{"time": "%s", "value": %s}', :'hour'::timestamptz + make_interval(secs => n * 10 + i), value)], NULL, ARRAY[clock_timestamp()]) AS a
    WHERE (a.stored, a.quarantined) IS DISTINCT FROM (CASE WHEN topic = 'factory/M-1/v' AND value IN (-4000, 60000, 60001, 65535) THEN 0 ELSE 1 END, 0)), NULL,
    'a sensor''s own sentinel is stored for every other, and nothing beside it is one');
SELECT is((SELECT string_agg(format('%s/%s %s', s.equipment_id, s.name, r.value), ', ' ORDER BY s.equipment_id, s.name, r.value) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
    WHERE r.time > :'hour' AND r.time < :'hour'::timestamptz + INTERVAL '1 minute'),
    'M-1/v -4000.5, M-1/v 65536, M-1/w -4000.5, M-1/w -4000, M-1/w 60000, M-1/w 60001, M-1/w 65535, M-1/w 65536, M-2/v -4000.5, M-2/v -4000, M-2/v 60000, M-2/v 60001, M-2/v 65535, M-2/v 65536',
    'as they were sent');
SELECT is((SELECT string_agg(format('%s/%s %s', equipment_id, sensor, messages), ', ') FROM report.no_value WHERE sensor IN ('v', 'w')), 'M-1/v 4', 'and counted there alone');
SELECT is((SELECT string_agg(format('%s %s', i.ordinal, i.error), ', ' ORDER BY i.ordinal)
    FROM ingest.implausible(ARRAY[:only, (SELECT id FROM plant.sensor WHERE equipment_id = 'M-1' AND name = 'w'), :only, :only], '{-4000,-4000,60001,1}') AS i), '1 no_value, 3 no_value', 'files ask the same');
SELECT is((SELECT string_agg(format('%s %s', s.name, api.store_sensor_data(jsonb_build_object('device_id', 'M-1', 'sensor_type', 'temperature', 'sensor', s.name, 'value', -4000, 'time', :'hour'::timestamptz + INTERVAL '1 minute')) ->> 'no_value'), ', ' ORDER BY s.name)
    FROM plant.sensor AS s WHERE s.equipment_id = 'M-1' AND s.name IN ('v', 'w')), 'v 1, w 0', 'over HTTP, too');
DELETE FROM ingest.no_value WHERE sensor_id = :only;
UPDATE plant.sensor SET plausible_min = 0, plausible_max = 100 WHERE equipment_id = 'M-1' AND name = 'z';
SELECT is((SELECT string_agg(a.stored || ' ' || a.quarantined, ', ') FROM unnest('{-0.1,0,100,100.1}'::float8[]) WITH ORDINALITY AS v (value, n)
    CROSS JOIN LATERAL ingest.accept(ARRAY['factory/M-1/z'], ARRAY[format('{"time": "2026-01-01T06:00:0%sZ", "value": %s}', n, value)], NULL, ARRAY[clock_timestamp()]) AS a),
    '0 1, 1 0, 1 0, 0 1', 'a sensor has a range of its own');
UPDATE plant.sensor SET plausible_min = NULL, plausible_max = NULL;

-- models: features, scores and ratios of every magnitude
SELECT ml.sync_models(jsonb_build_array(
    '{"equipment_id": "M-1", "power": "2.2kW", "model_version": "v1", "modalities": ["current"], "thresholds": {"current": 1}, "case": "A", "bundle_path": "1", "sha256": "1",
      "features": ["a", "b", "cur_x_rms", "vib_rms"], "extra": {"training_statistics": {
        "a": {"mean": 1e-300, "std": 1e-300, "min": -1e99, "max": 1e99, "quantiles": [-1e99, -1e50, -1e20, -1, 0, 1e-90, 1e-50, 1, 1e20, 1e50, 1e99]},
        "b": {"mean": 1e308, "std": 1e300, "min": 0, "max": 1e308, "quantiles": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1e308]}}}}'::jsonb,
    '{"equipment_id": "M-1", "power": "2.2kW", "model_version": "v2", "modalities": ["current"], "thresholds": {"current": 1}, "case": "A", "bundle_path": "2", "sha256": "2",
      "features": ["a", "b"]}'::jsonb), '[]', 'test') \g /dev/null
SELECT ml.set_alias('M-1', '2.2kW', 'champion', 'v1'), ml.set_alias('M-1', '2.2kW', 'challenger', 'v2') \g /dev/null
SELECT is(pg_temp.error(format($q$SELECT ml.record_predictions((SELECT jsonb_agg(jsonb_build_object(
        'time', date_trunc('minute', now()) - INTERVAL '2 days' + s.n * INTERVAL '1 second', 'equipment_id', 'M-1', 'power', '2.2kW', 'model_version', %L,
        'stage', %L, 'source', 'mqtt', 'case', 'A', 'modalities', '["current"]'::jsonb, 'is_anomaly', s.n %% 5 = 0, 'confidence', 0.5, 'latency_us', 10,
        'scores', jsonb_build_object('current', s.value), 'thresholds', '{"current": 1}'::jsonb, 'ratio', jsonb_build_object('current', abs(s.value)),
        'features', jsonb_build_object('a', s.value, 'b', jsonb_build_array(1, s.value))) || CASE WHEN s.n %% 7 = 0 THEN '{"features": {"a": 1e400, "b": 1e-400}}' ELSE '{}' END::jsonb)
    FROM sent AS s))$q$, v, g)), NULL, 'predictions are stored: ' || g)
FROM (VALUES ('v1', 'champion'), ('v2', 'challenger')) AS x (v, g);
SELECT is(pg_temp.error($q$SELECT ml.record_predictions((SELECT jsonb_agg(jsonb_build_object('time', clock_timestamp(), 'equipment_id', 'M-1', 'power', '2.2kW', 'model_version', 'v1',
    'source', 'mqtt', 'modalities', '["current"]'::jsonb, 'is_anomaly', true, 'confidence', 1, 'ratio', '{"current": 1e400, "vibration": 1e-400}'::jsonb)) ))$q$), NULL, 'a verdict beside any ratio');
SELECT is((SELECT count(*) FROM sent AS s CROSS JOIN LATERAL (SELECT pg_temp.error(format(
    'SELECT * FROM ml.resolve_models(''[{"ordinal": 1, "equipment_id": "M-1", "signature": {"vib_rms": %s, "cur_x_rms": %s, "cur_y_rms": 1e308, "cur_z_rms": -4e-320}}]'')', s.value, s.value)) AS error) AS e
    WHERE e.error IS NOT NULL), 0::bigint, 'a machine''s power is guessed from any features');
UPDATE ml.serve_ml_predictions SET received_at = clock_timestamp() - INTERVAL '1 minute' WHERE received_at > clock_timestamp() - INTERVAL '1 minute';
SELECT is(pg_temp.error('SELECT ml.learn_reference(''M-1'', ''2.2kW'', ''v2'')'), NULL, 'a reference is learned');
SELECT is(pg_temp.error('SELECT ml.summarise()'), NULL, 'days are summed up');
SELECT is(pg_temp.error(format('SELECT * FROM ml.compare_shadow(''M-1'', ''2.2kW'', now() - INTERVAL ''3 days'', now(), %L, %L)', 'v1', 'v2')), NULL, 'champion and challenger are compared');
SELECT is(pg_temp.error(format('SELECT alarm.rul_estimate(''M-1'', clock_timestamp(), %L)', v)), NULL, 'remaining life of ' || v)
FROM unnest('{1e308,-1e308,4.9e-324,NaN,Infinity,-5}'::float8[]) AS v;

-- what came from long ago leaves the backlog, so that aggregates have finished buckets of every magnitude
CREATE FUNCTION pg_temp.backfill() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_moved bigint := 0;
    v_step bigint;
BEGIN
    LOOP
        v_step := ingest.backfill();
        EXIT WHEN v_step = 0;
        v_moved := v_moved + v_step;
    END LOOP;
    RETURN v_moved;
END $$;
SELECT count(*) AS waiting FROM ingest.backlog \gset
SELECT is(pg_temp.backfill(), :waiting::bigint, 'the backlog is moved on, whole');
SELECT cmp_ok((SELECT count(*) FROM telemetry.reading WHERE time < '2026-01-02' AND abs(value) > 1e90), '>', 10::bigint, 'and there is much to add up');

-- aggregates
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CREATE FUNCTION pg_temp.disagreements(width interval, view regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint;
BEGIN
    EXECUTE format($q$
        SELECT count(*) FROM (
            SELECT time_bucket(%L::interval, time) AS bucket, sensor_id, count(*), min(value), max(value), first(value, time), last(value, time),
                   sum(value::text::numeric) AS sum, sum(value::text::numeric ^ 2) AS sum_sq, sum(abs(value::text::numeric)) AS size
            FROM telemetry.reading GROUP BY 1, 2
        ) AS p
        FULL JOIN %s AS v USING (bucket, sensor_id)
        WHERE (p.count, p.min, p.max, p.first, p.last) IS DISTINCT FROM (v.count, v.min, v.max, v.first, v.last)
            -- rounding is in proportion to what was added up
            OR abs(v.sum::text::numeric - p.sum) > p.size * 1e-12 OR abs(v.mean::text::numeric * p.count - p.sum) > p.size * 1e-12
            OR abs(v.sum_sq::text::numeric - p.sum_sq) > p.sum_sq * 1e-12
        $q$, width, view) INTO v_count;
    RETURN v_count;
END $$;
SELECT is(pg_temp.disagreements('1 minute', 'rollup.reading_1m'), 0::bigint, 'minutes agree with arithmetic that knows no limits');
SELECT is(pg_temp.disagreements('1 hour', 'rollup.reading_1h'), 0::bigint, 'hours agree');

-- rules: live ones have judged while the points came in; now the others, on many pairs of latest values
SELECT is(pg_temp.error('SELECT alarm.judge_derived(clock_timestamp() + INTERVAL ''10 seconds'')'), NULL, 'derived numbers are judged');
CREATE FUNCTION pg_temp.judge() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..60 LOOP
        UPDATE telemetry.latest AS l SET time = clock_timestamp(), value = (
            SELECT pg_temp.oracle(s.exact, 1e100::float8::numeric) FROM sent AS s WHERE s.n = 1 + (i * 17 + l.sensor_id * 31) % (SELECT count(*) FROM sent)
        ) WHERE isfinite(l.time);
        UPDATE telemetry.latest SET value = 1 WHERE value IS NULL;
        PERFORM alarm.judge_expressions(clock_timestamp() + INTERVAL '10 seconds');
        RETURN QUERY SELECT e.code || ' ' || e.error FROM alarm.expression_run AS e WHERE e.error IS NOT NULL;
    END LOOP;
END $$;
SELECT is((SELECT string_agg(DISTINCT j, '; ') FROM pg_temp.judge() AS j), NULL, 'expressions are judged');
SELECT cmp_ok((SELECT count(*) FROM alarm.alarm), '>', 20::bigint, 'and there were alarms');
SELECT is(string_agg(e, E'\n'), NULL, 'every alarm can be explained') FROM (SELECT DISTINCT ON (code, level) id FROM alarm.alarm ORDER BY code, level, id DESC) AS a
CROSS JOIN LATERAL pg_temp.error(format('SELECT * FROM alarm.explain(%s)', a.id)) AS e;
SELECT is(string_agg(e, E'\n'), NULL, 'every rule can be backtested')
FROM alarm.rule AS r
CROSS JOIN (VALUES ('raw', 'worst'), ('1m', 'worst'), ('1m', 'mean'), ('1h', 'worst')) AS b (source, bucket_value)
CROSS JOIN LATERAL pg_temp.error(format('SELECT alarm.backtest_report(%s, ''2026-01-01 00:00+00'', ''2026-01-01 04:00+00'', ''{}'', %L, %L)', r.id, source, bucket_value)) AS e
WHERE e NOT LIKE 'MW422%';

-- every job
UPDATE ops.job SET next_start = '-infinity';
CALL ops.run_due_jobs(0, 1000) \g /dev/null
SELECT is((SELECT string_agg(format('%s: %s', name, last_error), E'\n') FROM ops.job WHERE failures > 0), NULL, 'every job succeeds');

-- every report, of so long a time that whatever is done for each row is seen
SELECT is(pg_temp.error(format('SELECT report.print(%L, %L, period => %L)', d.name, f, '3600 days')), NULL, format('report %s as %s', d.name, f))
FROM report.definition AS d, unnest('{text,csv,html}'::text[]) AS f;
-- every view, whole
SELECT is(pg_temp.error(format('SELECT count(x.t) FROM (SELECT to_jsonb(v)::text AS t FROM %s AS v) AS x', c.oid::regclass)), NULL, 'view ' || c.oid::regclass)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname IN ('alarm', 'api', 'ml', 'ops', 'plant', 'relay', 'report', 'rollup', 'telemetry', 'ingest')
   OR c.relkind = 'v' AND n.nspname = 'public' AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1;

-- every endpoint that reads, with what it needs, over all time, and with each choice of its parameters
BEGIN;
SELECT auth.bootstrap_admin('admin@example.com', 'first-password') \g /dev/null
INSERT INTO auth.session (account_id, expires_at) SELECT id, now() + INTERVAL '1 day' FROM auth.account;
SELECT auth.begin_request(jsonb_build_object('request_id', 'r1', 'address', '10.0.0.7', 'user_id', s.account_id, 'session_id', s.id, 'role', 'admin'))
FROM auth.session AS s \g /dev/null
CREATE TEMPORARY TABLE given (name text, path text, value text);
INSERT INTO given VALUES ('device_id', '%', 'M-1'), ('equipment_id', '%', 'M-1'), ('power', '%', '2.2kW'), ('alias', '%', 'champion'), ('model_version', '%', 'v1'),
    ('start', '%', '2026-01-01 00:00+00'), ('end', '%', (now() + INTERVAL '1 day')::text), ('id', '%/equipment/%', 'M-1'),
    ('id', '%/users/%', (SELECT id::text FROM auth.account LIMIT 1)), ('id', '%/sensors/%', (SELECT min(id)::text FROM plant.sensor)), ('id', '%/maintenance/%', '1'),
    ('id', '%/rules/%', (SELECT min(id)::text FROM alarm.rule));
INSERT INTO given SELECT 'id', '%/alerts/%', max(id)::text FROM alarm.alarm GROUP BY code;
INSERT INTO given SELECT p ->> 'name', r.path, e FROM api.route AS r, jsonb_array_elements(r.parameters) AS p, jsonb_array_elements_text(p -> 'schema' -> 'enum') AS e;
CREATE TEMPORARY TABLE call AS
WITH argument AS (
    SELECT r.path, p.oid, p.proargnames[i] AS name, i > p.pronargs - p.pronargdefaults AS is_optional
    FROM api.route AS r
    JOIN pg_proc AS p ON p.oid = to_regproc(r.function)
    CROSS JOIN generate_series(1, p.pronargs) AS i
    WHERE r.method = 'GET'
), required AS (
    SELECT path, string_agg(format('%I => %L', name, (SELECT g.value FROM given AS g WHERE g.name = a.name AND a.path LIKE g.path ORDER BY length(g.path) DESC LIMIT 1)), ', ') AS list
    FROM argument AS a WHERE NOT is_optional GROUP BY path
), span AS (
    SELECT a.path, string_agg(format('%I => %L', a.name, g.value), ', ') AS list FROM argument AS a JOIN given AS g USING (name) WHERE is_optional AND g.path = '%' AND name IN ('start', 'end')
    GROUP BY a.path
)
SELECT r.path, format('SELECT %s(%s)', r.function, concat_ws(', ', q.list, s.list, c.list)) AS query
FROM api.route AS r
LEFT JOIN required AS q USING (path)
CROSS JOIN LATERAL (SELECT NULL AS list UNION SELECT span.list FROM span WHERE span.path = r.path) AS s
CROSS JOIN LATERAL (
    SELECT NULL AS list
    UNION SELECT format('%I => %L', g.name, g.value) FROM given AS g JOIN argument AS a ON a.path = r.path AND a.name = g.name AND a.is_optional WHERE g.path = r.path
) AS c
WHERE r.method = 'GET' AND r.function IS NOT NULL
UNION
SELECT r.path, format('SELECT %s(%L)', r.function, g.value) FROM api.route AS r JOIN given AS g ON g.name = 'id' AND r.path LIKE g.path WHERE r.method = 'GET' AND r.path LIKE '%alerts%{id}%';
SELECT is((SELECT string_agg(path, ', ') FROM api.route WHERE method = 'GET' AND function IS NOT NULL AND path NOT IN (SELECT path FROM call)), NULL, 'every GET endpoint is called');
SELECT cmp_ok((SELECT count(*) FROM call WHERE query LIKE '%list_sensor_data%bucket%'), '>=', 8::bigint, 'sensor data in every bucket');
SELECT is((SELECT string_agg(e, E'\n') FROM call CROSS JOIN LATERAL pg_temp.error(query) AS e WHERE path = x.path AND e NOT LIKE 'MW404%'), NULL, 'GET ' || x.path)
FROM (SELECT DISTINCT path FROM call) AS x ORDER BY x.path;
COMMIT;

-- every query of the dashboards, run
\set queries `python3 :ROOT/scripts/dashboards_sql.py`
CREATE TEMPORARY TABLE query AS
SELECT btrim(q[1]) AS query FROM regexp_matches(:'queries', '\nEXPLAIN (.*?)\n;\n', 'g') AS q;
SELECT cmp_ok((SELECT count(*) FROM query), '>', 30::bigint, 'the dashboards have queries');
SELECT is((SELECT string_agg(e, E'\n') FROM query AS q CROSS JOIN LATERAL pg_temp.error(q.query) AS e), NULL, 'every dashboard query runs');

-- The last line broken on purpose: one bad bucket does not stop the others, the job says which, and readers are not held up. On Apache;
-- on Community a refresh is one statement, so there the line must hold.
SELECT ops.edition() = 'apache' AS apache \gset
\if :apache
ALTER TABLE telemetry.reading DROP CONSTRAINT reading_value_check;
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT t, CASE extract(minute FROM t) WHEN 17 THEN 1e200 WHEN 40 THEN 1e-200 ELSE 1 END, 1
FROM generate_series('2026-01-02 00:00+00'::timestamptz, '2026-01-02 23:59+00', '10 seconds') AS t WHERE extract(hour FROM t) IN (3, 4, 23) ;
CREATE FUNCTION pg_temp.refresh() RETURNS boolean LANGUAGE sql AS $$ SELECT ops.execute_job(j) FROM ops.claim_due_job() AS j $$;
UPDATE ops.job SET next_start = 'infinity';
SELECT add_continuous_aggregate_policy('rollup.reading_1m', start_offset => NULL, end_offset => INTERVAL '1 minute', schedule_interval => INTERVAL '1 minute') AS job \gset
UPDATE ops.job SET next_start = '-infinity', last_error = NULL WHERE job_id = :job;
CALL ops.run_due_jobs() \g /dev/null
SELECT is((SELECT count(*) FROM rollup.reading_1m WHERE bucket >= '2026-01-02' AND bucket < '2026-01-03'), 3 * 58::bigint, 'all other buckets are finished');
SELECT matches((SELECT last_error FROM ops.job WHERE job_id = :job), '^22003: .*rollup.reading_1m, the buckets of .*2026-01-02 03:17', 'the job names the bucket');
SELECT is((SELECT failures FROM ops.job WHERE job_id = :job), 1, 'and counts as failed');
SELECT alarm.judge_system('{job_fails}') \g /dev/null
SELECT is((SELECT ops.health() ->> 'status'), 'degraded', 'so the health is degraded');
SELECT ok((SELECT ops.health() -> 'problems' ->> 0) ~ 'fails', 'and says why');
SELECT ok(pg_temp.error('CALL compat.refresh_continuous_aggregate(''rollup.reading_1m'', NULL::timestamptz, NULL)') IS NOT NULL, 'a refresh by hand says so, too');
DELETE FROM telemetry.reading WHERE NOT ops.is_carried(value);
UPDATE ops.job SET next_start = '-infinity' WHERE job_id = :job;
CALL ops.run_due_jobs() \g /dev/null
SELECT is((SELECT failures FROM ops.job WHERE job_id = :job), 0, 'mended, it is well again');
SELECT is(pg_temp.disagreements('1 minute', 'rollup.reading_1m'), 0::bigint, 'and the buckets are all there');
\endif
SELECT * FROM finish();
