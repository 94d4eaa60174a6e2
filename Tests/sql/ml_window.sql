-- Windows of stored data: what bundles may ask for, what is in a window against a naive oracle, and that each window is decided once.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT ops.set_setting('ml.window_grace', '"0 seconds"'), ops.set_setting('ml.window_wait', '"0 seconds"') \g /dev/null

-- what a bundle may ask for
SELECT matches((ml.parse_window(c.source, '{a,b}', 30)).problem, c.problem, 'refused: ' || coalesce(c.source::text, 'NULL'))
FROM (VALUES (NULL::jsonb, 'not an object'), ('[]', 'not an object'), ('{}', 'window.bucket'), ('{"bucket": "7m"}', 'window.bucket'), ('{"bucket": "0m"}', 'window.bucket'),
    ('{"bucket": "48h"}', 'window.bucket'), ('{"bucket": 1}', 'window.bucket'), ('{"bucket": "1m", "stepps": 3}', 'window.stepps'),
    ('{"bucket": "1m", "steps": 29}', 'window.steps is not the 30'), ('{"bucket": "1m", "stride": 0}', 'window.stride'), ('{"bucket": "1m", "stride": 1.5}', 'window.stride'),
    ('{"bucket": "1m", "stride": "1"}', 'window.stride'), ('{"bucket": "1m", "max_fill": -1}', 'window.max_fill'), ('{"bucket": "1m", "max_fill": 1e300}', 'window.max_fill'),
    ('{"bucket": "raw", "hold_seconds": 0}', 'window.hold_seconds'),
    ('{"bucket": "cycle"}', 'window.cycle does not name'), ('{"bucket": "cycle", "cycle": 5}', 'window.cycle does not name'), ('{"bucket": "1m", "cycle": "a"}', 'window.cycle is there'), ('{"bucket": "1m", "signals": {}}', 'window.signals is not a list'),
    ('{"bucket": "1m", "signals": [7]}', 'signals\[0\] is not an object'), ('{"bucket": "1m", "signals": [{"feature": "c"}]}', 'signals\[0\] names no feature'),
    ('{"bucket": "1m", "signals": [{"sensor": "c"}]}', 'names no feature'), ('{"bucket": "1m", "signals": [{"feature": "a"}, {"feature": "a"}]}', 'signals\[0\] names a feature twice'),
    ('{"bucket": "1m", "signals": [{"feature": "a", "sensor": "x", "type": "y"}]}', 'both'), ('{"bucket": "1m", "signals": [{"feature": "a", "sensor": ""}]}', 'sensor that'),
    ('{"bucket": "1m", "signals": [{"feature": "a", "sensor": null}]}', 'sensor that'), ('{"bucket": "1m", "signals": [{"feature": "a", "type": 5}]}', 'type that'),
    ('{"bucket": "1m", "signals": [{"feature": "a", "statistic": "median"}]}', 'statistic that is none'), ('{"bucket": "1m", "signals": [{"feature": "a", "statistic": null}]}', 'statistic that is none'),
    ('{"bucket": "raw", "signals": [{"feature": "a", "statistic": "max"}]}', 'raw point has none'), ('{"bucket": "1m", "signals": [{"feature": "a", "unit": "V"}]}', 'has a member'))
    AS c (source, problem);
SELECT results_eq($$SELECT bucket, stride, fill, signals, problem FROM ml.parse_window('{"bucket": "8h", "steps": 30, "stride": 2, "max_fill": 0, "signals": [{"feature": "b", "type": "current", "statistic": "rms"}]}', '{a,b}', 30)$$,
    $$VALUES (INTERVAL '8 hours', 2, 0, '[{"place": 1, "feature": "a", "sensor": "a", "sensor_type": null, "statistic": "mean"},
        {"place": 2, "feature": "b", "sensor": null, "sensor_type": "current", "statistic": "rms"}]'::jsonb, NULL::text)$$, 'what is left out has its default');
SELECT is((ml.parse_window('{"bucket": "raw"}', '{a}', 30)).stride, 30, 'raw windows do not overlap by themselves');

-- the registry keeps it
CREATE FUNCTION pg_temp.bundle(p_machine text, p_version text, p_window jsonb, p_features text[], p_steps integer, p_sha text DEFAULT 'a') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('equipment_id', p_machine, 'power', '2kW', 'model_version', p_version, 'modalities', '["m"]'::jsonb, 'thresholds', '{"m": 1}'::jsonb, 'case', 'A',
        'bundle_path', p_machine || p_version, 'sha256', p_sha, 'features', to_jsonb(p_features), 'steps', p_steps, 'extra', CASE WHEN p_window IS NULL THEN '{}' ELSE jsonb_build_object('window', p_window) END) $$;
CREATE FUNCTION pg_temp.model(p_machine text, p_version text DEFAULT 'v1') RETURNS bigint LANGUAGE sql AS $$
    SELECT id FROM ml.serve_ml_models WHERE equipment_id = p_machine AND model_version = p_version $$;
INSERT INTO plant.equipment (id, name) SELECT m, m FROM unnest('{w-1,w-2,w-3,w-4,w-5}'::text[]) AS m;
INSERT INTO plant.sensor (equipment_id, name, type) SELECT m, s.name, s.type FROM unnest('{w-1,w-2,w-3,w-4,w-5}'::text[]) AS m,
    (VALUES ('current_x', 'current'), ('current_y', 'current'), ('vibration', 'vibration'), ('heat', 'temperature')) AS s (name, type);
SELECT ml.sync_models(jsonb_build_array(pg_temp.bundle('w-1', 'v1', '{"bucket": "1m"}', '{vibration}', 3), pg_temp.bundle('w-1', 'v0', NULL, '{vibration}', 1)), '[]', 'i') \g /dev/null
SELECT results_eq($$SELECT model_version, stage, bucket, steps, stride, signals, problem FROM report.model_window$$,
    $$VALUES ('v1', 'champion', INTERVAL '1 minute', 3, 1, 'vibration = mean(vibration)', NULL::text)$$, 'kept');
SELECT is(ml.keep_window_specs(jsonb_build_array(pg_temp.bundle('w-1', 'v1', '{"bucket": "1m"}', '{vibration}', 3))), 0, 'said again it changes nothing');
UPDATE ml.window_state SET done_to = now();
SELECT ml.sync_models(jsonb_build_array(pg_temp.bundle('w-1', 'v1', '{"bucket": "1h"}', '{vibration}', 3, 'b')), '[]', 'i') \g /dev/null
SELECT results_eq($$SELECT bucket, done_to FROM report.model_window$$, $$VALUES (INTERVAL '1 hour', NULL::timestamptz)$$, 'another grid begins anew');
SELECT ml.sync_models(jsonb_build_array(pg_temp.bundle('w-1', 'v1', '{"bucket": "11m"}', '{vibration}', 3, 'c')), '[]', 'i') \g /dev/null
SELECT is_empty($$SELECT FROM ml.window_signal$$, 'what cannot be built has no columns');
SELECT matches((SELECT problem FROM report.model_window), 'window.bucket', 'and says why');
SELECT is((SELECT status FROM ml.serve_ml_models WHERE id = pg_temp.model('w-1')), 'ready', 'but is served all the same');
SELECT ml.sync_models(jsonb_build_array(pg_temp.bundle('w-1', 'v1', NULL, '{vibration}', 3, 'd')), '[]', 'i') \g /dev/null
SELECT is_empty($$SELECT FROM ml.window_spec$$, 'who asks for none has none');

-- what is in a window: every statistic, by name and by type, against plain loops over the points
CREATE TABLE pg_temp.wish (feature text, sensor text, sensor_type text, statistic text);
INSERT INTO pg_temp.wish SELECT 'n_' || s, 'vibration', NULL, s FROM unnest('{mean,min,max,std,rms,range,first,last,sum,count}'::text[]) AS s;
INSERT INTO pg_temp.wish SELECT 't_' || s, NULL, 'current', s FROM unnest('{mean,min,max,std,rms,range,sum,count}'::text[]) AS s;
INSERT INTO pg_temp.wish VALUES ('f_x', NULL, 'x', 'mean'), ('heat', 'heat', NULL, 'mean');
CREATE FUNCTION pg_temp.wanted(p_bucket text, p_fill integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('bucket', p_bucket, 'max_fill', p_fill, 'signals', jsonb_agg(jsonb_strip_nulls(jsonb_build_object('feature', feature, 'sensor', sensor, 'type', sensor_type, 'statistic', statistic))))
    FROM pg_temp.wish WHERE feature <> 'heat' $$;
SELECT ml.sync_models((SELECT jsonb_agg(pg_temp.bundle(m.machine, m.version, pg_temp.wanted(m.bucket, m.fill), (SELECT array_agg(feature) FROM pg_temp.wish), m.steps))
    FROM (VALUES ('w-1', 'v1', '1m', 2, 7), ('w-1', 'v2', '5m', 0, 4), ('w-2', 'v1', '1h', 1, 3), ('w-2', 'v2', '2h', 1, 2)) AS m (machine, version, bucket, fill, steps)), '[]', 'i') \g /dev/null
SELECT setseed(0.35) \g /dev/null
-- days ago, minutes and hours with gaps; the aggregates are refreshed in the middle, and then late points come
CREATE FUNCTION pg_temp.scatter(p_share float8) RETURNS bigint LANGUAGE sql AS $$
    WITH made AS (
        INSERT INTO telemetry.reading (sensor_id, time, value, quality)
        SELECT s.id, date_trunc('day', now()) - INTERVAL '2 days' + g * INTERVAL '17 seconds' + random() * INTERVAL '1 second', (10 * random()) - 2, (3 * random())::int % 3
        FROM plant.sensor AS s, generate_series(0, 3000) AS g
        WHERE s.equipment_id IN ('w-1', 'w-2') AND random() < p_share AND hashint4(g / 23 * 7 + s.id * 0) % 3 <> 0
        RETURNING 1)
    SELECT count(*) FROM made $$;
SELECT pg_temp.scatter(0.3) \g /dev/null
CREATE FUNCTION pg_temp.naive(p_machine text, p_bucket interval, p_steps integer, p_fill integer, p_until timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_wish record;
    v_answer jsonb := '{}';
    v_list jsonb;
    v_value float8;
    v_filled integer := 0;
    v_bad integer := 0;
    v_from timestamptz;
BEGIN
    FOR v_wish IN SELECT * FROM pg_temp.wish LOOP
        v_list := '[]';
        FOR i IN REVERSE p_steps .. 1 LOOP
            FOR back IN 0 .. p_fill LOOP
                v_from := p_until - p_bucket * (i + back);
                SELECT CASE v_wish.statistic WHEN 'mean' THEN avg(r.value) WHEN 'min' THEN min(r.value) WHEN 'max' THEN max(r.value) WHEN 'std' THEN stddev_pop(r.value)
                    WHEN 'rms' THEN sqrt(avg(r.value * r.value)) WHEN 'range' THEN max(r.value) - min(r.value) WHEN 'first' THEN (array_agg(r.value ORDER BY r.time))[1]
                    WHEN 'last' THEN (array_agg(r.value ORDER BY r.time DESC))[1] WHEN 'sum' THEN sum(r.value) WHEN 'count' THEN nullif(count(*), 0) END
                INTO v_value
                FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
                WHERE s.equipment_id = p_machine AND r.time >= v_from AND r.time < v_from + p_bucket
                  AND CASE WHEN v_wish.sensor IS NOT NULL THEN s.name = v_wish.sensor WHEN v_wish.sensor_type = 'x' THEN s.name = 'current_x' ELSE s.type = v_wish.sensor_type END;
                IF v_value IS NOT NULL THEN
                    v_filled := v_filled + (back > 0)::integer;
                    EXIT;
                END IF;
            END LOOP;
            v_bad := v_bad + (v_value IS NULL)::integer;
            v_list := v_list || coalesce(to_jsonb(v_value), 'null');
        END LOOP;
        v_answer := v_answer || jsonb_build_object(v_wish.feature, v_list);
    END LOOP;
    RETURN jsonb_build_object('features', v_answer, 'filled', v_filled, 'bad', v_bad);
END $$;
CREATE FUNCTION pg_temp.differs(p_machine text, p_version text, p_bucket interval, p_steps integer, p_fill integer, p_until timestamptz[]) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s %s: %s', p_version, u.until, w.features)
    FROM unnest(p_until) WITH ORDINALITY AS u (until, n)
    JOIN ml.window_values(array_fill(pg_temp.model(p_machine, p_version), ARRAY[cardinality(p_until)]), array_fill(p_machine, ARRAY[cardinality(p_until)]), p_until) AS w ON w.ordinal = u.n
    CROSS JOIN pg_temp.naive(p_machine, p_bucket, p_steps, p_fill, u.until) AS o
    WHERE w.filled <> (o ->> 'filled')::integer OR (w.problem IS NULL) <> (o ->> 'bad' = '0')
       OR EXISTS (SELECT FROM jsonb_each(o -> 'features') AS f CROSS JOIN jsonb_array_elements(f.value) WITH ORDINALITY AS a (value, n)
                  WHERE CASE WHEN a.value = 'null' THEN coalesce(w.features -> f.key -> (a.n - 1)::integer, '0') <> 'null'
                        ELSE (abs((w.features -> f.key ->> (a.n - 1)::integer)::float8 - (a.value #>> '{}')::float8) < 1e-9) IS NOT TRUE END) $$;
CREATE FUNCTION pg_temp.ends(p_step interval, p_count integer) RETURNS timestamptz[] LANGUAGE sql AS $$
    SELECT array_agg(date_trunc('day', now()) - INTERVAL '2 days' + (1 + g) * p_step) FROM generate_series(0, p_count) AS g $$;
SELECT is_empty($$SELECT pg_temp.differs('w-1', 'v1', '1 minute', 7, 2, pg_temp.ends('11 minutes', 60))$$, 'minutes, as the plain loops have them');
SELECT is_empty($$SELECT pg_temp.differs('w-1', 'v2', '5 minutes', 4, 0, pg_temp.ends('25 minutes', 30))$$, 'five minutes, none filled');
SELECT is_empty($$SELECT pg_temp.differs('w-2', 'v1', '1 hour', 3, 1, pg_temp.ends('1 hour', 16))$$, 'hours');
SELECT is_empty($$SELECT pg_temp.differs('w-2', 'v2', '2 hours', 2, 1, pg_temp.ends('2 hours', 8))$$, 'two hours');
SELECT ok(n.complete > 5 AND n.filled > 5 AND n.missing > 5, format('of all kinds: %s', n)) FROM (
    SELECT count(*) FILTER (WHERE problem IS NULL) AS complete, count(*) FILTER (WHERE problem IS NULL AND filled > 0) AS filled, count(*) FILTER (WHERE problem LIKE '%buckets are missing%') AS missing
    FROM ml.window_values(array_fill(pg_temp.model('w-1'), '{61}'), array_fill('w-1'::text, '{61}'), pg_temp.ends('11 minutes', 60))) AS n;
SELECT is((SELECT array_agg(problem) FROM ml.window_values(ARRAY[-1, pg_temp.model('w-2')], '{w-1,w-9}', ARRAY[now(), now()]) WHERE ordinal = 1), '{the bundle asks for no windows}', 'no bundle, no window');
SELECT matches((SELECT problem FROM ml.window_values(ARRAY[pg_temp.model('w-2')], '{w-9}', ARRAY[now()])), '^sensor heat: there is none; sensor vibration: there is none; type current: there is none; type x: there is none$', 'no sensor, no window');
UPDATE plant.sensor SET status = 'retired' WHERE equipment_id = 'w-1' AND name = 'current_y';
SELECT is((SELECT features -> 't_mean' FROM ml.window_values(ARRAY[pg_temp.model('w-1')], '{w-1}', pg_temp.ends('1 hour', 0))),
          (SELECT features -> 'f_x' FROM ml.window_values(ARRAY[pg_temp.model('w-1')], '{w-1}', pg_temp.ends('1 hour', 0))), 'a sensor that is retired has no part');

-- raw: the first column's points are the steps, the others as they last were
SELECT ml.sync_models(jsonb_build_array(pg_temp.bundle('w-3', 'v1', '{"bucket": "raw", "stride": 2, "hold_seconds": 3, "signals": [{"feature": "h", "sensor": "heat"}]}', '{vibration,h}', 3)), '[]', 'i') \g /dev/null
INSERT INTO telemetry.reading (sensor_id, time, value, quality) SELECT s.id, timestamptz '2026-01-01 00:00Z' + p.at * INTERVAL '1 second', p.value, p.quality
FROM (VALUES ('vibration', 0, 1, 0), ('vibration', 1, 2, 1), ('vibration', 2, 99, 2), ('vibration', 3, 3, 0), ('vibration', 5, 4, 0), ('vibration', 10, 5, 0), ('vibration', 11, 6, 0), ('vibration', 12, 7, 0),
    ('heat', 0, 20, 0), ('heat', 3, 21, 0), ('heat', 10, 22, 0)) AS p (sensor, at, value, quality) JOIN plant.sensor AS s ON s.equipment_id = 'w-3' AND s.name = p.sensor;
SELECT results_eq($$SELECT features, problem FROM ml.window_values(array_fill(pg_temp.model('w-3'), '{5}'), array_fill('w-3'::text, '{5}'), ARRAY(SELECT timestamptz '2026-01-01 00:00Z' + s * INTERVAL '1 second' FROM unnest('{3,5,10,12,14}'::integer[]) AS s))$$,
    $$VALUES ('{"vibration": [1, 2, 3], "h": [20, 20, 21]}'::jsonb, NULL::text), ('{"vibration": [2, 3, 4], "h": [20, 21, 21]}', NULL),
        ('{"vibration": [null, null, 5], "h": [null, null, 22]}', 'sensor heat: 2 of 3 points are missing; sensor vibration: 2 of 3 points are missing'),
        ('{"vibration": [5, 6, 7], "h": [22, 22, 22]}', NULL), ('{"vibration": [5, 6, 7], "h": [22, 22, 22]}', NULL)$$, 'raw: bad ones are none, a gap is no step');

-- cycles: from one change of the sensor's value to the next, against plain loops
SELECT ml.sync_models(jsonb_build_array(pg_temp.bundle('w-3', 'v2', '{"bucket": "cycle", "cycle": "heat", "max_fill": 1, "signals": [{"feature": "n", "sensor": "vibration", "statistic": "count"},
    {"feature": "top", "sensor": "vibration", "statistic": "max"}]}', '{n,top,vibration}', 3)), '[]', 'i') \g /dev/null
DELETE FROM telemetry.reading WHERE sensor_id IN (SELECT id FROM plant.sensor WHERE equipment_id = 'w-3');
INSERT INTO telemetry.reading (sensor_id, time, value) SELECT s.id, timestamptz '2026-01-02 00:00Z' + g * INTERVAL '10 seconds', CASE s.name WHEN 'heat' THEN (g / 13) % 4 ELSE sin(g) END
FROM plant.sensor AS s, generate_series(0, 400) AS g WHERE s.equipment_id = 'w-3' AND s.name IN ('heat', 'vibration') AND NOT (s.name = 'vibration' AND (g / 13) % 7 = 3) AND NOT (s.name = 'vibration' AND g BETWEEN 200 AND 240);
CREATE FUNCTION pg_temp.cycles(p_until timestamptz) RETURNS TABLE (features jsonb, complete boolean) LANGUAGE plpgsql AS $$
DECLARE
    v_marks timestamptz[] := '{}';
    v_value float8;
    v_row record;
    v_last jsonb;
    v_found jsonb;
BEGIN
    features := '{"n": [], "top": [], "vibration": []}';
    FOR v_row IN SELECT r.time, r.value FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = 'w-3' AND s.name = 'heat' AND r.time <= p_until ORDER BY r.time LOOP
        IF v_row.value <> v_value THEN v_marks := v_marks || v_row.time; END IF;
        v_value := v_row.value;
    END LOOP;
    complete := true;
    FOR i IN greatest(cardinality(v_marks) - 4, 1) .. cardinality(v_marks) - 1 LOOP
        SELECT jsonb_build_object('n', nullif(count(*), 0), 'top', max(r.value), 'vibration', avg(r.value)) INTO v_found FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
        WHERE s.equipment_id = 'w-3' AND s.name = 'vibration' AND r.time >= v_marks[i] AND r.time < v_marks[i + 1];
        IF i > cardinality(v_marks) - 4 THEN
            -- what is missing takes the one before, if that was there itself
            SELECT jsonb_object_agg(f.key, f.value || CASE WHEN v_found -> f.key <> 'null' THEN v_found -> f.key ELSE coalesce(v_last -> f.key, 'null') END) INTO features FROM jsonb_each(features) AS f;
        END IF;
        v_last := v_found;
    END LOOP;
    complete := features::text NOT LIKE '%null%' AND jsonb_array_length(features -> 'n') = 3;
    RETURN NEXT;
END $$;
CREATE FUNCTION pg_temp.close(a jsonb, b jsonb) RETURNS boolean LANGUAGE sql AS $$
    SELECT bool_and(abs((x.value #>> '{}')::float8 - (b -> f.key ->> (x.n - 1)::integer)::float8) < 1e-9)
    FROM jsonb_each(a) AS f CROSS JOIN jsonb_array_elements(f.value) WITH ORDINALITY AS x (value, n) $$;
SELECT is(count(*) FILTER (WHERE o.complete <> (w.problem IS NULL) OR o.complete AND NOT pg_temp.close(o.features, w.features)), 0::bigint, format('cycles, as the plain loops have them: %s complete, %s not',
    count(*) FILTER (WHERE w.problem IS NULL), count(*) FILTER (WHERE w.problem LIKE '%cycles are missing'))) FROM (SELECT array_agg(timestamptz '2026-01-02 00:00Z' + g * INTERVAL '45 seconds') AS ends FROM generate_series(1, 90) AS g) AS e
CROSS JOIN LATERAL unnest(e.ends) WITH ORDINALITY AS u (until, n)
JOIN ml.window_values(array_fill(pg_temp.model('w-3', 'v2'), '{90}'), array_fill('w-3'::text, '{90}'), e.ends) AS w ON w.ordinal = u.n
CROSS JOIN LATERAL pg_temp.cycles(u.until) AS o;
-- they are due when they end, each once
CREATE TEMP TABLE moved AS SELECT r.* FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = 'w-3';
INSERT INTO telemetry.reading (sensor_id, time, value) SELECT sensor_id, time + (date_trunc('minute', now()) - INTERVAL '70 minutes' - timestamptz '2026-01-02 00:00Z'), value FROM moved;
DELETE FROM telemetry.reading WHERE time < '2026-02-01' AND sensor_id IN (SELECT sensor_id FROM moved);
CREATE TEMP TABLE cycle_end AS SELECT c.time, c.value FROM (SELECT r.time, r.value, r.value <> lag(r.value) OVER (ORDER BY r.time) AS is_change FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
    WHERE s.equipment_id = 'w-3' AND s.name = 'heat') AS c WHERE c.is_change;
UPDATE ml.window_state SET next_due = 'infinity';
UPDATE ml.window_state SET next_due = now(), done_to = (SELECT min(time) FROM cycle_end) WHERE model_id = pg_temp.model('w-3', 'v2');

-- each window is decided once: scored if it is complete, counted if it is not
CREATE FUNCTION pg_temp.score(p_most integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_claims jsonb;
BEGIN
    SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') INTO v_claims FROM ml.claim_windows(p_most) AS c;
    INSERT INTO pg_temp.seen SELECT c.equipment_id, c.model_version, c.stage, c."time"::timestamptz, c.features
    FROM jsonb_to_recordset(v_claims) AS c (equipment_id text, model_version text, stage text, "time" text, features jsonb);
    PERFORM ml.record_predictions((SELECT jsonb_agg(jsonb_build_object('time', c."time", 'equipment_id', c.equipment_id, 'power', c.power, 'model_version', c.model_version, 'stage', c.stage,
        'source', 'window', 'modalities', '["m"]'::jsonb, 'is_anomaly', false, 'confidence', 0, 'scores', '{"m": 0.1}'::jsonb, 'thresholds', '{"m": 1}'::jsonb, 'ratio', '{"m": 0.1}'::jsonb, 'features', c.features))
        FROM jsonb_to_recordset(v_claims) AS c (equipment_id text, power text, model_version text, stage text, "time" text, features jsonb)));
    PERFORM ml.finish_windows((SELECT jsonb_agg(c || '{"outcome": "scored"}') FROM jsonb_array_elements(v_claims) AS c));
    RETURN jsonb_array_length(v_claims);
END $$;
CREATE TABLE pg_temp.seen (equipment_id text, model_version text, stage text, until timestamptz, features jsonb);
DO $$ BEGIN FOR i IN 1 .. 40 LOOP PERFORM pg_temp.score(5); UPDATE ml.window_state SET next_due = now() WHERE model_id = pg_temp.model('w-3', 'v2'); END LOOP; END $$;
SELECT ok(n BETWEEN 15 AND 27, format('%s cycles were scored', n)) FROM (SELECT count(*) AS n FROM pg_temp.seen) AS s;
SELECT results_eq($$SELECT until FROM pg_temp.seen UNION ALL SELECT e.time FROM cycle_end AS e CROSS JOIN LATERAL ml.window_values(ARRAY[pg_temp.model('w-3', 'v2')], '{w-3}', ARRAY[e.time]) AS w
    WHERE w.problem IS NOT NULL AND e.time > (SELECT min(time) FROM cycle_end) ORDER BY 1$$, $$SELECT time FROM cycle_end WHERE time > (SELECT min(time) FROM cycle_end) ORDER BY 1$$, 'every end of a cycle once: scored, or incomplete');
SELECT is((SELECT sum(windows) FROM ml.window_outcome WHERE model_id = pg_temp.model('w-3', 'v2')), (SELECT count(*)::numeric - 1 FROM cycle_end), 'and all are counted');
DELETE FROM ml.window_outcome;
DELETE FROM ml.serve_ml_predictions;
TRUNCATE pg_temp.seen;
SELECT ml.sync_models(jsonb_build_array(pg_temp.bundle('w-4', 'v1', '{"bucket": "1m", "max_fill": 1}', '{vibration,heat}', 4)), '[]', 'i') \g /dev/null
UPDATE ml.serve_ml_models SET status = 'retired' WHERE equipment_id <> 'w-4';
-- an hour of minutes up to now, with gaps that can be filled and gaps that cannot
CREATE FUNCTION pg_temp.minutes(p_machine text, p_sensor text, p_skip integer[]) RETURNS integer LANGUAGE sql AS $$
    SELECT (ingest.store_points(array_agg(p_machine), array_agg(p_sensor), array_agg(NULL::text), array_agg(NULL::text), array_agg(g.at ORDER BY g.at), array_agg(g.n::float8 ORDER BY g.at))).stored
    FROM (SELECT n, date_trunc('minute', now()) - n * INTERVAL '1 minute' + INTERVAL '7 seconds' AS at FROM generate_series(1, 60) AS n WHERE n <> ALL (p_skip)) AS g $$;
SELECT pg_temp.minutes('w-4', 'vibration', '{10,20,21,30,31,32,40}'), pg_temp.minutes('w-4', 'heat', '{20,41}') \g /dev/null
SELECT is((SELECT count(*) FROM ml.claim_windows(100)), 1::bigint, 'who begins to answer begins with the newest window');
SELECT is((SELECT count(*) FROM ml.claim_windows(100)), 1::bigint, 'what is not finished is due again');
SELECT is(pg_temp.score(100), 1, 'scored');
SELECT is(pg_temp.score(100), 0, 'and not due any more') WHERE date_trunc('minute', clock_timestamp()) = date_trunc('minute', now());
SELECT is((SELECT until FROM pg_temp.seen), date_trunc('minute', (SELECT until FROM pg_temp.seen)), 'a window ends with a bucket');
SELECT results_eq($$SELECT p.time, p.source, p.features FROM ml.serve_ml_predictions AS p WHERE p.equipment_id = 'w-4'$$, $$SELECT until, 'window', features FROM pg_temp.seen$$, 'the prediction is of its end');
-- nobody was there for fifty minutes
UPDATE ml.window_state SET done_to = date_trunc('minute', now()) - INTERVAL '50 minutes', next_due = now() WHERE model_id = pg_temp.model('w-4');
DELETE FROM ml.window_outcome;
DELETE FROM ml.serve_ml_predictions;
TRUNCATE pg_temp.seen;
DO $$
BEGIN
    FOR i IN 1 .. 200 LOOP
        PERFORM pg_temp.score(1 + i % 4);
        EXIT WHEN (SELECT done_to FROM ml.window_state WHERE model_id = pg_temp.model('w-4')) >= date_trunc('minute', clock_timestamp());
    END LOOP;
END $$;
CREATE VIEW pg_temp.expected AS
SELECT u.until, w.features, w.problem
FROM (SELECT array_agg(g ORDER BY g) AS ends FROM generate_series(date_trunc('minute', now()) - INTERVAL '49 minutes',
      (SELECT done_to FROM ml.window_state WHERE model_id = pg_temp.model('w-4')), '1 minute') AS g) AS e
CROSS JOIN LATERAL unnest(e.ends) WITH ORDINALITY AS u (until, n)
JOIN ml.window_values(array_fill(pg_temp.model('w-4'), ARRAY[cardinality(e.ends)]), array_fill('w-4'::text, ARRAY[cardinality(e.ends)]), e.ends) AS w ON w.ordinal = u.n;
SELECT results_eq($$SELECT until, features FROM pg_temp.seen ORDER BY until$$, $$SELECT until, features FROM pg_temp.expected WHERE problem IS NULL ORDER BY until$$, 'all complete ones, each once, none in between lost');
SELECT is((SELECT array_agg(until) FROM pg_temp.seen), (SELECT array_agg(until ORDER BY until) FROM pg_temp.seen), 'in the order of their time');
SELECT results_eq($$SELECT sum(windows)::bigint FROM ml.window_outcome WHERE outcome = 'incomplete'$$, $$SELECT count(*) FROM pg_temp.expected WHERE problem IS NOT NULL$$, 'the others are counted');
SELECT ok((SELECT count(*) FROM pg_temp.expected WHERE problem IS NOT NULL) BETWEEN 5 AND 20, 'there are some');
SELECT matches((SELECT detail FROM ml.window_outcome WHERE outcome = 'incomplete' ORDER BY newest DESC LIMIT 1), 'of 4 buckets are missing', 'with their reason');
SELECT results_eq($$SELECT sum(windows)::bigint FROM ml.window_outcome WHERE outcome = 'scored'$$, $$SELECT count(*) FROM pg_temp.seen$$, 'and those that were scored');
SELECT is((SELECT count(*) FROM ml.serve_ml_predictions), (SELECT count(*) FROM pg_temp.seen), 'as many predictions');

-- what is missing is waited for
SELECT ops.set_setting('ml.window_wait', '"1 hour"') \g /dev/null
UPDATE ml.window_state SET done_to = date_trunc('minute', now()) - INTERVAL '34 minutes', next_due = now() WHERE model_id = pg_temp.model('w-4');
TRUNCATE pg_temp.seen;
DELETE FROM ml.window_outcome;
SELECT pg_temp.score(100), pg_temp.score(100) \g /dev/null
SELECT results_eq($$SELECT date_trunc('minute', now()) - until FROM pg_temp.seen ORDER BY until$$, $$VALUES (INTERVAL '33 minutes'), ('32 minutes'), ('31 minutes')$$, 'up to the one that waits');
SELECT is_empty($$SELECT FROM ml.window_outcome WHERE outcome = 'incomplete'$$, 'which is not given up');
SELECT ok((SELECT next_due FROM ml.window_state WHERE model_id = pg_temp.model('w-4')) BETWEEN clock_timestamp() AND clock_timestamp() + INTERVAL '6 seconds', 'but looked after');
SELECT is((ingest.store_points('{w-4}', '{vibration}', '{NULL}', '{NULL}', ARRAY[date_trunc('minute', now()) - INTERVAL '31 minutes'], '{5}')).stored, 1, 'late values come');
UPDATE ml.window_state SET next_due = now() WHERE model_id = pg_temp.model('w-4');
SELECT ok(pg_temp.score(100) > 0, 'and it is scored');
SELECT ops.set_setting('ml.window_wait', '"0 seconds"') \g /dev/null

-- further back than is made up for
SELECT ops.set_setting('ml.window_catch_up', '"10 minutes"') \g /dev/null
UPDATE ml.window_state SET done_to = date_trunc('minute', now()) - INTERVAL '3 days', next_due = now() WHERE model_id = pg_temp.model('w-4');
TRUNCATE pg_temp.seen;
DELETE FROM ml.window_outcome;
DO $$ BEGIN FOR i IN 1 .. 30 LOOP PERFORM pg_temp.score(100); END LOOP; END $$;
SELECT ok((SELECT count(*) FROM pg_temp.seen) BETWEEN 6 AND 11, 'what is too far back is not scored');
SELECT is((SELECT sum(windows)::bigint FROM ml.window_outcome), (SELECT (extract(epoch FROM done_to - (date_trunc('minute', now()) - INTERVAL '3 days')) / 60)::bigint FROM ml.window_state WHERE model_id = pg_temp.model('w-4')), 'but counted, none twice');
SELECT ops.set_setting('ml.window_catch_up', '"1 day"') \g /dev/null

-- a machine that is silent costs one look, however many windows it misses
SELECT ml.sync_models(jsonb_build_array(pg_temp.bundle('w-5', 'v1', '{"bucket": "1m"}', '{vibration,heat}', 4)), '[]', 'i') \g /dev/null
UPDATE ml.window_state SET done_to = date_trunc('minute', now()) - INTERVAL '10 hours', next_due = now() WHERE model_id = pg_temp.model('w-5');
UPDATE ml.window_state SET next_due = 'infinity' WHERE model_id <> pg_temp.model('w-5');
SELECT is((SELECT count(*) FROM ml.claim_windows(1)), 0::bigint, 'nothing to score');
SELECT results_eq($$SELECT outcome, windows - (extract(epoch FROM newest - date_trunc('minute', now())) / 60)::bigint, detail FROM ml.window_outcome WHERE model_id = pg_temp.model('w-5')$$,
    $$VALUES ('incomplete', 600::bigint, 'vibration: nothing since ever')$$, 'ten hours in one row');

-- champion, challenger and others
SELECT ml.sync_models(jsonb_build_array(pg_temp.bundle('w-5', 'v1', '{"bucket": "1m"}', '{vibration}', 2), pg_temp.bundle('w-5', 'v2', '{"bucket": "1m"}', '{vibration}', 3),
    pg_temp.bundle('w-5', 'v3', '{"bucket": "1m"}', '{vibration}', 4)), '[]', 'i') \g /dev/null
SELECT pg_temp.minutes('w-5', 'vibration', '{}') \g /dev/null
SELECT ml.set_alias('w-5', '2kW', 'champion', 'v1', 'test'), ml.set_alias('w-5', '2kW', 'challenger', 'v2', 'test') \g /dev/null
TRUNCATE pg_temp.seen;
UPDATE ml.window_state SET next_due = now(), done_to = NULL WHERE model_id IN (SELECT id FROM ml.serve_ml_models WHERE equipment_id = 'w-5');
SELECT pg_temp.score(100) \g /dev/null
SELECT results_eq($$SELECT model_version, stage, jsonb_array_length(features -> 'vibration') FROM pg_temp.seen ORDER BY 1$$, $$VALUES ('v1', 'champion', 2), ('v2', 'challenger', 3)$$, 'who answers, and its shadow');
SELECT is((SELECT done_to FROM ml.window_state WHERE model_id = pg_temp.model('w-5', 'v3')), NULL, 'the third has no windows');
SELECT results_eq($$SELECT stage, count(*) FROM ml.serve_ml_predictions WHERE equipment_id = 'w-5' GROUP BY 1 ORDER BY 1$$, $$VALUES ('challenger', 1::bigint), ('champion', 1)$$, 'stored so');

-- a regressor's number is a remaining life, and rul_below hears it
SELECT ops.set_setting('ml.window_retention', '"2 days"') \g /dev/null
INSERT INTO ml.window_outcome (model_id, day, outcome, windows, newest) VALUES (pg_temp.model('w-5'), current_date - 9, 'scored', 1, now() - INTERVAL '9 days');
SELECT is(ml.purge_windows(), 1::bigint, 'old counts go');
SELECT results_eq($$SELECT has_function_privilege('thin', 'ml.claim_windows(integer)', 'EXECUTE'), has_function_privilege('operator', 'ml.claim_windows(integer)', 'EXECUTE')$$, $$VALUES (true, false)$$, 'only thin claims');
SELECT * FROM finish();
ROLLBACK;
