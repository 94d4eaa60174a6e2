-- Remaining useful life: what is stored, which estimate governs, RUL-lite against a naive oracle, and rul_below from stored estimates.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name, type, operating_hours) SELECT 'r-' || i, 'r-' || i, 'press', 300 FROM generate_series(1, 9) AS i;
UPDATE ops.setting SET value = '"quarantine"' WHERE name = 'ingest.unknown_equipment';
CREATE FUNCTION pg_temp.refusal(p_call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
BEGIN
    EXECUTE 'SELECT ' || p_call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN concat_ws(' ', SQLSTATE, nullif(v_column, ''));
END $$;
CREATE FUNCTION pg_temp.told(p_equipment text, p_hours float8, p_back interval DEFAULT '0', p_more jsonb DEFAULT '{}') RETURNS record LANGUAGE sql AS $$
    SELECT ml.record_rul(jsonb_build_array(jsonb_build_object('equipment_id', p_equipment, 'rul_hours', p_hours,
        'time', alarm.iso_time(date_trunc('second', now()) - p_back)) || p_more)) $$;

-- what is refused, by name; none of the batch is stored
SELECT is(pg_temp.refusal(format('ml.record_rul(%L)', jsonb_build_array(jsonb '{"equipment_id": "r-1", "rul_hours": 5}',
    jsonb '{"equipment_id": "r-1", "rul_hours": 5, "method": "external", "time": "2026-01-01T00:00:00Z"}' || c.more))), c.refusal, 'refused: ' || c.more::text)
FROM (VALUES ('{"rul_hours": -1}'::jsonb, 'MW422 [1].rul_hours'), ('{"rul_hours": "5"}', 'MW422 [1].rul_hours'), ('{"rul_hours": null}', 'MW422 [1].rul_hours'),
    ('{"rul_hours": 1e400}', 'MW422 [1].rul_hours'), ('{"rul_hours": 1e101}', 'MW422 [1].rul_hours'), ('{"equipment_id": 7}', 'MW422 [1].equipment_id'),
    ('{"equipment_id": ""}', 'MW422 [1].equipment_id'), ('{"method": "stars"}', 'MW422 [1].method'), ('{"power": ""}', 'MW422 [1].power'),
    ('{"lower_hours": 6, "upper_hours": 7}', 'MW422 [1].lower_hours'), ('{"lower_hours": 1, "upper_hours": 4}', 'MW422 [1].upper_hours'),
    ('{"lower_hours": 1}', 'MW422 [1].upper_hours'), ('{"upper_hours": 9}', 'MW422 [1].lower_hours'), ('{"lower_hours": "1", "upper_hours": 9}', 'MW422 [1].lower_hours'),
    ('{"confidence": 1.01}', 'MW422 [1].confidence'), ('{"confidence": "x"}', 'MW422 [1].confidence'), ('{"basis": []}', 'MW422 [1].basis'),
    ('{"time": "now"}', 'MW422 [1].time'), ('{"time": "2999-01-01T00:00:00Z"}', 'MW422 [1].time'), ('{"equipment_id": "nobody-1"}', 'MW404 equipment_id'))
    AS c (more, refusal);
SELECT is(pg_temp.refusal(format('ml.record_rul(%L::jsonb)', c)), 'MW422 estimates', 'no array of estimates: ' || coalesce(c, 'null'))
FROM unnest(ARRAY['[]', '{}', '7', NULL]) AS c;
SELECT is(pg_temp.refusal('ml.record_rul(''[7, "x", null]'')'), 'MW422 [0].equipment_id', 'nor are numbers');
SELECT is((SELECT count(*) FROM ml.rul_predictions), 0::bigint, 'nothing was stored');
SELECT throws_ok(format('INSERT INTO ml.rul_predictions (time, equipment_id, method, rul_hours, lower_hours, upper_hours) VALUES (now(), ''r-1'', ''external'', %s)', c),
    '23514', NULL, 'the table refuses ' || c) FROM unnest('{"''NaN'',1,2","5,6,7","5,1,4","5,NULL,6","5,1,''Infinity''","-1,NULL,NULL","5,-1,6"}'::text[]) AS c;

-- what is stored, and who governs
SELECT is(pg_temp.told('r-1', 100, '1 hour', '{"lower_hours": 80, "upper_hours": 130, "confidence": 0.8, "basis": {"by": "ear"}}')::text, '(1,0)', 'stored');
SELECT is(pg_temp.told('r-1', 90, '1 hour')::text, '(0,0)', 'told again it changes nothing');
SELECT results_eq($$SELECT rul_value, confidence, uncertainty, lower, upper, method, basis ->> 'by' FROM rul_predictions WHERE device_id = 'r-1'$$,
    $$VALUES (100::float8, 0.8::float8, 25::float8, 80::float8, 130::float8, 'external', 'ear')$$, 'the name that the field knows');
SELECT results_eq($$SELECT rul_hours, rul_low_hours, rul_high_hours FROM report.fleet WHERE equipment_id = 'r-1'$$, $$VALUES (100::float8, 80::float8, 130::float8)$$, 'the fleet');
SELECT is((SELECT min(rul_hours) FROM report.machine_activity_1h WHERE equipment = 'r-1'), 100::float8, 'the machine''s hours');
SELECT pg_temp.told('r-1', 9000, '1 minute', '{"method": "rul_lite"}') \g /dev/null
SELECT is((SELECT rul_hours FROM report.current_life WHERE equipment_id = 'r-1'), 100::float8, 'the method with the least place governs, not the last word');
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, value)
VALUES (now() - INTERVAL '2 hours', 'r-1', 'p', 'v', 'mqtt', '{}', false, 0, '{}', '{}', '{}', 55);
SELECT is((SELECT rul_hours FROM report.current_life WHERE equipment_id = 'r-1'), 55::float8, 'a bundle before both');
INSERT INTO ml.rul_governor (equipment_id, method) VALUES ('r-1', 'rul_lite');
SELECT is((SELECT rul_hours FROM report.current_life WHERE equipment_id = 'r-1'), 9000::float8, 'unless a row says otherwise');
SELECT pg_temp.told('r-2', 10, '31 days') \g /dev/null
SELECT is_empty($$SELECT FROM report.current_life WHERE equipment_id = 'r-2'$$, 'what is too old is not reported');
SELECT is((SELECT count(DISTINCT id) FROM rul_predictions WHERE id BETWEEN 0 AND 9007199254740991), (SELECT count(*) FROM rul_predictions), 'each has its id');
UPDATE ml.serve_ml_predictions SET value = -1.7e308 WHERE equipment_id = 'r-1';
DELETE FROM ml.rul_governor;
SELECT lives_ok($$SELECT api.get_rul_health('r-1'), api.list_rul_health(), api.get_rul_stats(), api.list_rul_predictions(), f FROM report.fleet AS f, report.maintenance_due AS d$$, 'no number is too great');
UPDATE ml.serve_ml_predictions SET value = -1e100 WHERE equipment_id = 'r-1';
SELECT is(api.get_rul_health('r-1') -> 'health_percentage', '0', 'less than nothing is nothing');
SELECT lives_ok($$SELECT d FROM report.maintenance_due AS d$$, 'nor too small');
SELECT pg_temp.told('r-8', 900) \g /dev/null
SELECT is((api.get_rul_health('r-8') -> 'health_percentage')::numeric, 75.0, 'of 300 hours that it ran and 900 that are left');
SELECT is(api.get_rul_health('r-9') - 'device_id', (SELECT jsonb_object_agg(k, NULL) FROM jsonb_object_keys(api.get_rul_health('r-9') - 'device_id') AS k), 'of which nobody spoke: nothing');
SELECT is(api.predict_rul('{"device_id": "r-9"}') ->> 'reason', 'no method has an estimate for this machine yet', 'and it is said why');
SELECT is(pg_temp.refusal('ops.set_setting(''ml.rul_retention'', ''"1 day"'')'), 'MW422 value', 'a week is the least');
SELECT is(ml.purge_rul(), '0 chunks dropped', 'all is kept');
SELECT pg_temp.told('r-2', 10, '400 days') \g /dev/null
SELECT ops.set_setting('ml.rul_retention', '"60 days"') \g /dev/null
SELECT matches(ml.purge_rul(), '^[1-9][0-9]* chunks dropped', 'old weeks go');
SELECT is((SELECT count(*) FROM ml.rul_predictions WHERE time < now() - INTERVAL '100 days'), 0::bigint, 'and are gone');

-- rul_below from stored estimates
INSERT INTO alarm.rule (name, condition, low_low, low, deadband, severity, severity_low_low, select_equipment) VALUES ('life', 'rul_below', 24, 168, 10, 'medium', 'critical', '{r-3,r-4,r-5}');
CREATE TEMP TABLE step (n serial, expected text, got text);
SELECT is(pg_temp.told('r-3', 500, '50 minutes')::text, '(1,0)', 'long to live');
SELECT is(pg_temp.told('r-3', 100, '40 minutes', '{"lower_hours": 70, "upper_hours": 130}')::text, '(1,1)', 'raised');
SELECT results_eq($$SELECT severity, peak_value, data ->> 'method', data ->> 'lower_hours' FROM alarm.alarm WHERE equipment_id = 'r-3' AND cleared_at IS NULL$$,
    $$VALUES ('medium', 100::float8, 'external', '70')$$, 'the alarm has the estimate');
SELECT is(pg_temp.told('r-3', 20, '30 minutes')::text, '(1,1)', 'worse');
SELECT is(pg_temp.told('r-3', 9999, '35 minutes')::text, '(1,0)', 'a late one ends nothing');
SELECT is(pg_temp.told('r-3', 9999, '20 minutes', '{"method": "rul_lite"}')::text, '(1,0)', 'another method ends nothing');
SELECT is(pg_temp.told('r-3', 9999, '20 minutes', '{"power": "5kW"}')::text, '(1,0)', 'nor does another power');
SELECT is(pg_temp.told('r-3', 170, '10 minutes')::text, '(1,1)', 'better, within the deadband');
SELECT is(pg_temp.told('r-3', 400, '5 minutes')::text, '(1,1)', 'cleared');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'r-3' AND cleared_at IS NULL), 0::bigint, 'and over');
SELECT is(pg_temp.told('r-4', 1, '31 days')::text, '(1,0)', 'what is too old to be reported raises nothing');
SELECT is(ml.record_rul(jsonb_build_array(
    jsonb_build_object('equipment_id', 'r-4', 'rul_hours', 500, 'time', alarm.iso_time(now() - INTERVAL '1 minute')),
    jsonb_build_object('equipment_id', 'r-4', 'rul_hours', 5, 'time', alarm.iso_time(now() - INTERVAL '2 minutes')),
    jsonb_build_object('equipment_id', 'r-9', 'rul_hours', 1)))::text, '(3,2)', 'a batch is heard in the order of its times: raised, cleared; whom no rule watches is stored');

-- from a bundle's regressor, in hours whatever its unit
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path, extra) VALUES ('r-5', '2.2kW', 'v1', 'x', '{"unit": "d"}'), ('r-5', '2.2kW', 'v2', 'y', '{"unit": "m"}');
CREATE FUNCTION pg_temp.predicted(p_value float8, p_back interval, p_version text DEFAULT 'v1', p_stage text DEFAULT 'champion') RETURNS integer LANGUAGE sql AS $$
    SELECT outbox_rows FROM ml.record_predictions(jsonb_build_array(jsonb_build_object('time', alarm.iso_time(clock_timestamp() - p_back), 'equipment_id', 'r-5', 'power', '2.2kW',
        'model_version', p_version, 'stage', p_stage, 'source', 'mqtt', 'is_anomaly', false, 'confidence', 0, 'value', p_value))) $$;
SELECT is(pg_temp.predicted(30, '9 seconds'), 0, '30 days are 720 hours');
SELECT is(pg_temp.predicted(2, '8 seconds', p_stage => 'challenger'), 0, 'a shadow says nothing');
SELECT is(pg_temp.predicted(2, '7 seconds', 'v2'), 0, 'two metres are no time');
SELECT is(pg_temp.predicted(2, '6 seconds'), 1, '2 days are less than a week');
SELECT results_eq($$SELECT severity, peak_value, data ->> 'method', data ->> 'model_version' FROM alarm.alarm WHERE equipment_id = 'r-5' AND cleared_at IS NULL$$,
    $$VALUES ('medium', 48::float8, 'bundle', 'v1')$$, 'raised by the bundle');
SELECT is(pg_temp.predicted(300, '8 seconds'), 0, 'a late one ends nothing');
SELECT is(pg_temp.predicted(300, '2 seconds'), 1, 'a later one does');

-- RUL-lite: the step against an oracle that looks at the whole story for each tick
CREATE FUNCTION pg_temp.oracle(ratio float8[]) RETURNS TABLE (n integer, is_on boolean, units float8) LANGUAGE plpgsql AS $$
DECLARE
    v_on boolean := false;
    v_units float8 := 20000;
    v_ceiling float8 := 20000;
    v_calm integer;
BEGIN
    FOR k IN 1 .. cardinality(ratio) LOOP
        IF NOT v_on AND k >= 2 AND ratio[k] > 1.005 AND ratio[k - 1] > 1.005 THEN
            v_on := true;
            v_ceiling := v_units;
        ELSIF v_on AND k >= 3 AND NOT (ratio[k] > 1.005 OR ratio[k - 1] > 1.005 OR ratio[k - 2] > 1.005) THEN
            v_on := false;
        END IF;
        -- how many calm ticks there were up to here, counted backwards
        n := k; is_on := v_on; units := v_units;
        IF v_on THEN
            v_units := greatest(v_units - CASE WHEN ratio[k] <= 1 THEN 0 WHEN ratio[k] >= 1.2 THEN 1 ELSE (ratio[k] - 1) / 0.2 END, 0);
        END IF;
        INSERT INTO calm VALUES (k, NOT v_on AND ratio[k] <= 1.005);
        SELECT k - coalesce(max(c.i), 0) INTO v_calm FROM calm AS c WHERE NOT c.is_calm;
        IF v_calm >= 60 THEN
            v_units := v_units + least(0.1, v_ceiling - v_units);
        END IF;
        units := v_units;
        RETURN NEXT;
    END LOOP;
    TRUNCATE calm;
END $$;
CREATE TEMP TABLE calm (i integer PRIMARY KEY, is_calm boolean);
CREATE FUNCTION pg_temp.steps(ratio float8[]) RETURNS TABLE (n integer, is_on boolean, units float8) LANGUAGE plpgsql AS $$
DECLARE
    v_state ml.rul_lite_state;
BEGIN
    v_state.units := 20000; v_state.ceiling := 20000; v_state.is_on := false; v_state.above := 0; v_state.below := 0; v_state.calm := 0;
    FOR i IN 1 .. cardinality(ratio) LOOP
        SELECT (r.state).* INTO v_state FROM ml.rul_lite_run(v_state, ARRAY[now()], ARRAY[ratio[i]]) AS r;
        n := i; is_on := v_state.is_on; units := v_state.units;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT setseed(0.11) \g /dev/null
-- stretches that are calm, on the edge or worn, of random length
CREATE TEMP TABLE story AS
SELECT seed, (SELECT array_agg(CASE s.mood WHEN 0 THEN random() WHEN 1 THEN 1 + 0.01 * random() WHEN 2 THEN (ARRAY[1, 1.005, 1.0050001, 1.2, 0])[1 + floor(5 * random())::int]
        ELSE 0.9 + random() END ORDER BY s.i, t) FROM (
    SELECT i, floor(4 * random())::int AS mood, 1 + floor(power(random(), 2) * 150)::int AS length FROM generate_series(1, 8) AS i WHERE seed > 0) AS s,
    generate_series(1, s.length) AS t) AS ratio
FROM generate_series(1, 60) AS seed;
SELECT is_empty($$SELECT s.seed, o.n, o.is_on, t.is_on, o.units, t.units FROM story AS s CROSS JOIN LATERAL pg_temp.oracle(s.ratio) AS o
    JOIN LATERAL pg_temp.steps(s.ratio) AS t ON t.n = o.n WHERE o.is_on <> t.is_on OR abs(o.units - t.units) > 1e-6$$, 'every step is the oracle''s');
SELECT ok((SELECT count(DISTINCT t.is_on) = 2 AND max(t.units) = 20000 AND min(t.units) < 19990 FROM story AS s CROSS JOIN LATERAL pg_temp.steps(s.ratio) AS t), 'and the stories had something to tell');
SELECT ok((SELECT bool_or(t.units > t.before AND NOT t.is_on) AND bool_and(t.units <= 20000) FROM (SELECT t.*, lag(t.units) OVER (PARTITION BY s.seed ORDER BY t.n) AS before
    FROM story AS s CROSS JOIN LATERAL pg_temp.steps(s.ratio) AS t) AS t), 'life came back, too');
-- by hand: off to the tick
SELECT is((SELECT string_agg(is_on::int::text, '' ORDER BY n) FROM pg_temp.steps('{2,1,2,2,1,1,2,1,1,1,1}')), '00011111100'::text, 'on after two, off after three in a row');
SELECT is((SELECT units FROM pg_temp.steps('{2,2,2}') WHERE n = 3), 19998::float8, 'two ticks on, a unit each at most');
SELECT is((SELECT min(n) FROM (SELECT n, units, lag(units) OVER (ORDER BY n) AS before FROM pg_temp.steps(ARRAY[2, 2, 2, 0, 0]::float8[] || array_fill(0::float8, ARRAY[100]))) AS s
    WHERE units > before), 65, 'the alarm goes with the third calm reading; the 60th calm tick gives back');
SELECT is((SELECT max(units) FROM pg_temp.steps(ARRAY[2, 2, 2, 2]::float8[] || array_fill(0::float8, ARRAY[200])) WHERE n > 6), 20000::float8, 'not above the level at the last alarm');
SELECT is((SELECT units FROM pg_temp.steps(array_fill(2::float8, ARRAY[20]) || array_fill(0::float8, ARRAY[70]) || ARRAY[2, 2]::float8[] || array_fill(0::float8, ARRAY[600])) ORDER BY n DESC LIMIT 1),
    (SELECT units FROM pg_temp.steps(array_fill(2::float8, ARRAY[20]) || array_fill(0::float8, ARRAY[70])) ORDER BY n DESC LIMIT 1), 'which a second alarm lowers');
SELECT is((SELECT min(units) FROM (SELECT ((ml.rul_lite_run(ROW('e', 'p', now(), 0.4, 5, true, 3, 0, 0, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL)::ml.rul_lite_state, '{now}', '{2}')).state).units) AS s), 0::float8, 'never below nothing');

-- thresholds and ticks
SELECT is(api.ingest_rul('r-6', 'ON', 1, 1, 1, 0.1) - '{updated_at}'::text[], '{"equipment_id": "r-6", "power": "ON", "alarm": 0, "ratio": null, "rul_pct": 100, "step_decay": 0, "step_recover": 0}', 'without thresholds nothing is judged');
SELECT is_empty($$SELECT FROM ml.rul_predictions WHERE equipment_id = 'r-6'$$, 'nor estimated');
INSERT INTO ml.rul_lite_threshold (equipment_id, power, current_threshold, vibration_threshold) VALUES
    ('*', '*', 1000, NULL), ('*', 'ON', 500, NULL), ('r-6', '*', 100, NULL), ('r-6', 'ON', 5, 2), ('r-7', '*', NULL, 4);
SELECT results_eq($$SELECT ml.rul_lite_ratio(e, p, x, y, z, v) FROM (VALUES (1, 'r-6', 'ON', 3::float8, 4::float8, 0::float8, 1::float8), (2, 'r-6', 'ON', 3, 4, NULL, 8), (3, 'r-6', 'off', 30, 40, 0, 99),
    (4, 'other', 'ON', 500, 0, 0, 9), (5, 'other', 'off', 500, 0, 0, 9), (6, 'r-7', 'ON', 9, 9, 9, -8), (7, 'r-7', 'ON', 9, 9, 9, NULL), (8, 'r-6', 'ON', 1e100, 1e100, 1e100, 0)) AS c (n, e, p, x, y, z, v) ORDER BY n$$,
    $$VALUES (1::float8), (4), (0.5), (1), (0.5), (2), (NULL), (sqrt(3e200::float8) / 5)$$, 'the row that fits best, the greater of both');
SELECT throws_ok(format('INSERT INTO ml.rul_lite_threshold (equipment_id, current_threshold, vibration_threshold) VALUES (''r-8'', %s)', c), '23514', NULL, 'no threshold: ' || c)
FROM unnest('{"0,1","-1,1","''NaN'',1","NULL,NULL","1,1e-300"}'::text[]) AS c;
SELECT is(array_agg((api.ingest_rul('r-6', 'auto', 6, 8, 0, 0.1) ->> 'alarm')::int), '{0,1,1}', 'auto is the power that it last had') FROM generate_series(1, 3);
SELECT results_eq($$SELECT s -> 'power', s -> 'alarm', s -> 'ratio', (s -> 'rul_pct')::numeric, s -> 'step_decay' FROM api.get_rul_status('r-6') AS s$$, $$VALUES ('"ON"'::jsonb, '1'::jsonb, '2'::jsonb, 99.99, '1'::jsonb)$$, 'its state is a table');
SELECT results_eq($$SELECT rul_hours, basis -> 'alarm' FROM ml.rul_predictions WHERE equipment_id = 'r-6' ORDER BY time$$, $$VALUES (20000::float8, 'false'::jsonb), (19999, 'true')$$, 'stored at first and when its alarm changes, not at every tick');
SELECT is((api.get_rul_health('r-6') -> 'health_percentage')::numeric, 99.995, 'the health is what is left of the life');
UPDATE ml.rul_lite_state SET units = 100, recorded_at = now() - INTERVAL '2 minutes' WHERE equipment_id = 'r-6';
INSERT INTO alarm.rule (name, condition, low, select_equipment) VALUES ('lite', 'rul_below', 168, '{r-6}');
SELECT api.ingest_rul('r-6', 'ON', 6, 8, 0, 0.1) \g /dev/null
SELECT results_eq($$SELECT peak_value, data ->> 'method' FROM alarm.alarm WHERE equipment_id = 'r-6' AND condition = 'rul_below' AND cleared_at IS NULL$$, $$VALUES (99::float8, 'rul_lite')$$, 'rul_below from RUL-lite');
SELECT is((api.predict_rul('{"device_id": "r-6", "sensor_data": [{"current": {"value": 10}}, {"vibration": {"value": 8}}, {"temperature": {"value": 9}}, {"current": null}]}') ->> 'health_status'), 'warning', 'readings of a request are ticks');
SELECT is((SELECT units FROM ml.rul_lite_state WHERE equipment_id = 'r-6'), 97::float8, 'those that it can judge');
SELECT ops.set_setting('ml.rul_lite_life', '50') \g /dev/null
SELECT is((api.ingest_rul('r-6', 'ON', 0) -> 'rul_pct')::numeric, 100::numeric, 'a shorter life: no more than the whole of it');
SELECT ops.set_setting('ml.rul_lite_life', '20000') \g /dev/null
INSERT INTO ml.rul_lite_state (equipment_id, power, time, units, ceiling) SELECT 'r-8', 'p' || i, now(), 1, 1 FROM generate_series(1, 64) AS i;
SELECT is(pg_temp.refusal('api.ingest_rul(''r-8'', ''p65'', 1)'), 'MW422 power', 'a machine has so many powers and no more');
SELECT is(pg_temp.refusal('api.ingest_rul(''r-8'', ''p64'', 1)'), NULL, 'those go on');
SELECT is(pg_temp.refusal('api.ingest_rul(''nobody-2'', ''ON'', 1)'), 'MW404 equipment_id', 'a stranger');
UPDATE ops.setting SET value = '"register"' WHERE name = 'ingest.unknown_equipment';
SELECT is(pg_temp.refusal('api.ingest_rul(''nobody-2'', ''ON'', 1)'), NULL, 'where the plant takes them in, it is taken in');

-- learned from its own normal data
INSERT INTO plant.sensor (equipment_id, name, type, unit) SELECT 'r-7', n, CASE WHEN n LIKE 'current%' THEN 'current' ELSE 'vibration' END, NULL FROM unnest('{current_x,current_y,current_z,vibration}'::text[]) AS n;
INSERT INTO telemetry.reading (sensor_id, time, value, quality)
SELECT s.id, date_trunc('minute', now()) - i * INTERVAL '1 minute', CASE s.name WHEN 'current_x' THEN 2 WHEN 'current_y' THEN -3 WHEN 'current_z' THEN 6 ELSE -0.5 END * CASE WHEN i <= 20 THEN 100 ELSE 1 END, CASE WHEN i BETWEEN 11 AND 20 THEN 2 ELSE 0 END
FROM plant.sensor AS s, generate_series(1, 400) AS i WHERE s.equipment_id = 'r-7' AND NOT (s.name = 'current_z' AND i % 10 = 0);
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) VALUES ('r-7', date_trunc('minute', now()) - INTERVAL '10 minutes', now());
SELECT results_eq($$SELECT round(current_threshold::numeric, 9), round(vibration_threshold::numeric, 9), source, samples FROM ml.calibrate_rul_lite('r-7', 'ON')$$, $$VALUES (7.7, 0.55, 'learned', 342::bigint)$$,
    'known faults, bad points and moments without all phases left out');
SELECT is(ml.rul_lite_ratio('r-7', 'ON', 2, 3, 6, 0.5)::numeric(6, 4), 0.9091, 'what was normal is below');
SELECT is(pg_temp.refusal(c.call), c.refusal, c.call) FROM (VALUES ('ml.calibrate_rul_lite(''r-1'')', 'MW409 samples'), ('ml.calibrate_rul_lite(''nobody-3'')', 'MW404 equipment_id'),
    ('ml.calibrate_rul_lite(''r-7'', '''')', 'MW422 power'), ('ml.calibrate_rul_lite(''r-7'', ''*'', now(), now())', 'MW422 to')) AS c (call, refusal);

-- who may
SET LOCAL ROLE viewer;
SELECT throws_ok($$INSERT INTO ml.rul_governor (equipment_id, method) VALUES ('r-1', 'rul_lite')$$, '42501', NULL, 'a viewer reads');
SELECT lives_ok($$SELECT FROM rul_predictions, report.current_life, report.remaining_life$$, 'and may do that');
RESET ROLE;
SET LOCAL ROLE engineer;
SELECT lives_ok($$INSERT INTO ml.rul_governor (equipment_id, method) VALUES ('r-1', 'rul_lite')$$, 'an engineer names what governs');
SELECT lives_ok($$INSERT INTO ml.rul_lite_threshold (equipment_id, current_threshold) VALUES ('r-1', 9)$$, 'gives thresholds');
SELECT is(ml.renew_rul_lite('r-6'), 1, 'and begins a life anew');
SELECT is(api.get_rul_status('r-6') -> 'rul_pct', 'null', 'of which nothing is known yet');
SELECT is(ml.renew_rul_lite('r-8', 'p7'), 1, 'or that of one power');
SELECT lives_ok($$SELECT ml.record_rul('[{"equipment_id": "r-1", "rul_hours": 7}]')$$, 'tells an estimate');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
