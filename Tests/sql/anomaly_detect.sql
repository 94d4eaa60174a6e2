-- anomalies/detect: who judges, what is stored, what is raised, what is refused; feedback as label; figures from labels.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET client_min_messages = warning;
SELECT setseed(0.5);
INSERT INTO plant.equipment (id, name) SELECT 'e-' || i, 'e' FROM generate_series(1, 4) AS i;
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('e-1', 'vib_de', 'vibration'), ('e-1', 'temperature', 'temperature'), ('e-1', 'current', 'current'), ('e-1', 'pressure', 'pressure'),
    ('e-2', 'temperature', 'temperature'), ('e-3', 'x', 'current'), ('e-3', 'y', 'current');
CREATE FUNCTION pg_temp.ask(p_device text, p_vibration float8, p_temperature float8, p_current float8, p_more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT api.detect_anomaly(jsonb_build_object('device_id', p_device, 'sensor_data', jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('vibration', jsonb_build_object('value', p_vibration),
        'temperature', jsonb_build_object('value', p_temperature), 'current', jsonb_build_object('value', p_current))))) || p_more) $$;
CREATE FUNCTION pg_temp.refusal(p_body jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_column text;
BEGIN
    PERFORM api.detect_anomaly(p_body);
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN concat_ws(' ', SQLSTATE, nullif(v_column, ''));
END $$;

-- refused, by name, and nothing stored
SELECT is(pg_temp.refusal(c.body), c.refusal, left(c.body::text, 120)) FROM (VALUES
    ('{}'::jsonb, 'MW422 device_id'), ('{"device_id": "e-1"}', 'MW422 sensor_data'), ('{"device_id": "nobody", "sensor_data": [{"current": {"value": 1}}]}', 'MW404 device_id'),
    ('{"device_id": "e-1", "sensor_data": []}', 'MW422 sensor_data'), ('{"device_id": "e-1", "sensor_data": 7}', 'MW422 sensor_data'), ('{"device_id": "e-1", "sensor_data": [{}]}', 'MW422 sensor_data'),
    ('{"device_id": "e-1", "sensor_data": [{"current": {"value": null}}]}', 'MW422 sensor_data'), ('{"device_id": "e-1", "sensor_data": [{"current": {"value": 1}}, {"current": {"value": 1e300}}]}', 'MW422 sensor_data[1].current.value'),
    ('{"device_id": "e-1", "sensor_data": [{"current": {"value": "x"}}]}', 'MW422 sensor_data[0].current.value'), ('{"device_id": "e-1", "sensor_data": [{"current": 5}]}', 'MW422 sensor_data[0].current'),
    ('{"device_id": "e-1", "sensor_data": [{"current": {"value": 1}}], "timestamp": "soon"}', 'MW422 timestamp'), ('{"device_id": "e-1", "sensor_data": [{"current": {"value": 1}}], "timestamp": "2999-01-01T00:00:00Z"}', 'MW422 timestamp'),
    (jsonb_build_object('device_id', 'e-1', 'sensor_data', (SELECT jsonb_agg('{"current": {"value": 1}}'::jsonb) FROM generate_series(1, 1001))), 'MW422 sensor_data')) AS c (body, refusal);
SELECT is((SELECT count(*) FROM telemetry.reading), 0::bigint, 'nothing was stored');

-- nothing to judge by is an answer; the readings are stored
CREATE TEMP TABLE answer AS SELECT pg_temp.ask('e-2', NULL, 40, NULL) AS a;
SELECT ok(a -> 'is_anomaly' = 'null' AND a -> 'anomaly_score' = 'null' AND a -> 'judge' = 'null' AND a ->> 'reason' LIKE 'there is nothing to judge by yet: %' AND a -> 'stored' = '1', 'nothing to judge by: ' || (a ->> 'reason')) FROM answer;
SELECT ok(a ?& '{device_id,is_anomaly,anomaly_score,anomaly_type,severity,confidence,detected_at,processing_time}'::text[], 'all members that the field reads') FROM answer;
SELECT is(pg_temp.ask('e-3', 1, NULL, 5) -> 'stored', '2', 'of two currents none is the current: they are new sensors');
SELECT results_eq($$SELECT name, type FROM plant.sensor WHERE equipment_id = 'e-3' ORDER BY name$$, $$VALUES ('current', 'current'), ('vibration', 'vibration'), ('x', 'current'), ('y', 'current')$$, 'named as their channels');

-- learned baselines
INSERT INTO telemetry.reading (time, value, sensor_id) SELECT now() - k * INTERVAL '1 minute', 40 + random(), s.id FROM generate_series(1, 200) AS k, plant.sensor AS s WHERE s.equipment_id = 'e-2';
SELECT alarm.learn_baseline(array_agg(id), now() - INTERVAL '1 day', now()) FROM plant.sensor WHERE equipment_id = 'e-2' \g /dev/null
SELECT ok(a #>> '{judge,kind}' = 'baseline' AND a -> 'is_anomaly' = 'false' AND (a ->> 'anomaly_score')::float8 < 0.5 AND a -> 'severity' = 'null', 'by a baseline: calm') FROM pg_temp.ask('e-2', NULL, 40.5, NULL) AS a;
CREATE TEMP TABLE hot AS SELECT pg_temp.ask('e-2', NULL, 60, NULL) AS a;
SELECT ok(a -> 'is_anomaly' = 'true' AND a ->> 'anomaly_type' = 'temperature' AND abs((a ->> 'anomaly_score')::float8 - r / (1 + r)) < 1e-9 AND abs((a ->> 'confidence')::float8 - r ^ 2 / (r ^ 2 + 4)) < 1e-9
          AND a ->> 'severity' = 'critical' AND a #>> '{judge,contributions,0,signal}' = 'temperature', 'not so calm')
FROM hot, plant.sensor AS s JOIN alarm.baseline AS b ON b.sensor_id = s.id AND b.state = '*' AND b.hour_of_week = -1, LATERAL (SELECT (60 - b.centre) / b.spread / 6 AS r) AS x WHERE s.equipment_id = 'e-2';
SELECT results_eq($$SELECT condition, severity, data ->> 'bundle_kind', active FROM alarm.alarm WHERE equipment_id = 'e-2'$$, $$VALUES ('model_verdict', 'critical', 'baseline', true)$$, 'an alarm, as of other verdicts');
SELECT is((SELECT basis ->> 'model_version' FROM alarm.explain((SELECT max(id) FROM alarm.alarm))), 'baseline ' || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'), 'that says who judged');
SELECT is(api.list_anomaly_events('e-2') -> 'total', '1', 'among the events');
SELECT pg_temp.ask('e-2', NULL, 40.5, NULL) \g /dev/null
SELECT is((SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'e-2' AND active), 0::bigint, 'calm again, cleared');

-- T² and Q: e-1, temperature follows current, vibration and pressure do not
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT date_trunc('hour', now()) - k * INTERVAL '1 minute', CASE s.name WHEN 'current' THEN l.c WHEN 'temperature' THEN 20 + 4 * l.c + l.n ELSE 2 + l.v END, s.id
FROM (SELECT k, 5 + sin(k / 30.0) AS c, random() - 0.5 AS n, random() AS v FROM generate_series(1, 600) AS k) AS l, plant.sensor AS s WHERE s.equipment_id = 'e-1';
SELECT is(alarm.learn_multivariate(now(), '{e-1}'), 1, 'learned');
SELECT ok(a #>> '{judge,kind}' = 'multivariate' AND a -> 'is_anomaly' = 'false', 'calm') FROM pg_temp.ask('e-1', 2.5, 40, 5) AS a;
SELECT ok(a -> 'is_anomaly' = 'true' AND a ->> 'anomaly_type' = 'combination' AND jsonb_array_length(a #> '{judge,contributions}') = 3, 'hot at no current: each is in its range, both are not')
FROM pg_temp.ask('e-1', 2.5, 44, 4.2) AS a;
SELECT ok(a -> 'is_anomaly' = 'true' AND a ->> 'anomaly_type' = 'vibration', 'vibration by itself') FROM pg_temp.ask('e-1', 9, 40, 5) AS a;
-- the margin of two signals: T² by hand from the model's own numbers
SELECT ok(abs((a #>> '{judge,scores,t2}')::float8 / ((z1 ^ 2 - 2 * r * z1 * z2 + z2 ^ 2) / (1 - r ^ 2)) - 1) < 1e-9, 'of those that came: the marginal distribution')
FROM pg_temp.ask('e-1', NULL, 43, 5) AS a, alarm.multivariate_model AS m,
     LATERAL (SELECT array_position(m.sensors, (SELECT id FROM plant.sensor WHERE equipment_id = 'e-1' AND name = 'temperature')) AS t, array_position(m.sensors, (SELECT id FROM plant.sensor WHERE equipment_id = 'e-1' AND name = 'current')) AS c) AS k,
     LATERAL (SELECT (43 - m.centre[k.t]) / m.spread[k.t] AS z1, (5 - m.centre[k.c]) / m.spread[k.c] AS z2, m.correlation[(k.t - 1) * 4 + k.c] AS r) AS z WHERE m.equipment_id = 'e-1';
SELECT ok(a -> 'is_anomaly' = 'false' AND (a #>> '{judge,scores,t2}')::float8 < 1, 'several of a moment: their mean')
FROM api.detect_anomaly('{"device_id": "e-1", "sensor_data": [{"current": {"value": 4}}, {"current": {"value": 6}}, {}]}') AS a;
-- asked again: the same answer, nothing twice
CREATE TEMP TABLE twice AS SELECT pg_temp.ask('e-1', 2.5, 44, 4.2, jsonb_build_object('timestamp', alarm.iso_time(date_trunc('second', now()) - INTERVAL '10 seconds'))) AS a FROM generate_series(1, 1);
INSERT INTO twice SELECT pg_temp.ask('e-1', 2.5, 44, 4.2, jsonb_build_object('timestamp', alarm.iso_time(date_trunc('second', now()) - INTERVAL '10 seconds')));
SELECT is((SELECT array_agg(a -> 'stored' ORDER BY a -> 'stored') FROM twice), '{0,3}'::jsonb[], 'the same moment again is stored once');
SELECT is((SELECT count(DISTINCT a - '{stored,processing_time}'::text[]) FROM twice), 1::bigint, 'and answered the same');
SELECT is((SELECT count(*) FROM ml.serve_ml_predictions WHERE time = date_trunc('second', now()) - INTERVAL '10 seconds'), 1::bigint, 'one verdict');
SELECT ok(pg_temp.ask('e-1', 9, 40, 5, '{"timestamp": "2026-01-01T00:00:00Z"}') -> 'is_anomaly' = 'true' AND NOT EXISTS (SELECT FROM alarm.alarm WHERE raised_at < '2026-02-01'), 'what is history is judged and raises nothing');
-- the plant's own threshold
SELECT ml.set_threshold('e-1', '*', 'multivariate', 100) \g /dev/null
SELECT ok(a -> 'is_anomaly' = 'false' AND a #>> '{judge,factor}' = '100', 'held against what the plant says') FROM pg_temp.ask('e-1', 3.4, 40, 5) AS a;
SELECT ml.undo_threshold('e-1', '*', 'multivariate') \g /dev/null
SELECT is(pg_temp.refusal('{"device_id": "e-1", "sensor_data": [{"current": {"value": 1e90}}]}'), 'MW422 sensor_data', 'what no sensor can mean is refused');
-- numbers at the ends of what is carried
SELECT ops.set_setting('ingest.plausible_min', '-1e100'), ops.set_setting('ingest.plausible_max', '1e100') \g /dev/null
SELECT ok(a -> 'is_anomaly' = 'true' AND (a ->> 'anomaly_score')::float8 BETWEEN 0.999 AND 1, 'as far out as can be: ' || v)
FROM unnest('{1e100,-1e100}'::float8[]) AS v, LATERAL pg_temp.ask('e-1', v, 40, v) AS a;
SELECT ok(a -> 'is_anomaly' = 'true', 'of a baseline, too') FROM pg_temp.ask('e-2', NULL, -1e100, NULL) AS a;
UPDATE alarm.multivariate_model SET spread = '{1e-150,1e-150,1e-150,1e-150}';
SELECT ok(a -> 'is_anomaly' = 'true', 'in spreads that are next to nothing') FROM pg_temp.ask('e-1', 1e100, -1e100, 1e100) AS a;
SELECT alarm.learn_multivariate(date_trunc('hour', now()) + INTERVAL '6 minutes', '{e-1}') \g /dev/null
-- a state that was not learned
INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high) VALUES ('e-1', 'high pressure', 'pressure', 100, 200);
SELECT ok(a -> 'is_anomaly' = 'null' AND a ->> 'reason' LIKE '%in no operating state%', 'in no state: ' || (a ->> 'reason')) FROM pg_temp.ask('e-1', 2.5, 40, 5) AS a;
DELETE FROM alarm.operating_state;

-- what people say: one word of each, changeable, kept, a label
CREATE FUNCTION pg_temp.newest() RETURNS bigint LANGUAGE sql AS $$ SELECT max(id) FROM alarm.alarm WHERE equipment_id = 'e-2' $$;
SELECT alarm.give_feedback(pg_temp.newest(), 'right', actor => 'lee') \g /dev/null
SELECT results_eq($$SELECT kind, ends_at FROM plant.label WHERE equipment_id = 'e-2'$$, $$VALUES ('fault', NULL::timestamptz)$$, 'of an alarm that stands: it lasts');
SELECT results_eq($$SELECT ends_at FROM plant.fault_span WHERE equipment_id = 'e-2'$$, $$VALUES ('infinity'::timestamptz)$$, 'without an end');
DELETE FROM alarm.feedback;
SELECT pg_temp.ask('e-2', NULL, 40.5, NULL) \g /dev/null
SELECT is(api.give_alert_feedback(pg_temp.newest(), 'false', ' door open ') - 'given_at' - 'alarm_id', jsonb_build_object('person', session_user, 'verdict', 'false', 'reason', 'door open'), 'said');
SELECT results_eq($$SELECT kind, source, detail, ends_at > starts_at FROM plant.label WHERE equipment_id = 'e-2'$$, $$VALUES ('normal', 'feedback: false', 'door open', true)$$, 'it was normal then');
SELECT api.give_alert_feedback(pg_temp.newest(), 'right') \g /dev/null
SELECT results_eq($$SELECT kind, source FROM plant.label WHERE equipment_id = 'e-2'$$, $$VALUES ('fault', 'feedback: right')$$, 'changed: it was a fault');
SELECT results_eq($$SELECT verdict FROM alarm.feedback$$, $$VALUES ('right')$$, 'one word of each');
SELECT results_eq($$SELECT comment FROM alarm.transition WHERE alarm_id = pg_temp.newest() AND kind = 'assessed' AND actor <> 'lee' ORDER BY id$$, $$VALUES ('false: door open'), ('right')$$, 'both are kept');
SELECT alarm.give_feedback(pg_temp.newest(), 'right') \g /dev/null
SELECT is((SELECT count(*) FROM alarm.transition WHERE alarm_id = pg_temp.newest() AND kind = 'assessed' AND actor <> 'lee'), 2::bigint, 'the same once more is nothing new');
SELECT alarm.give_feedback(pg_temp.newest(), 'useless', 'known', 'kim') \g /dev/null
SELECT results_eq($$SELECT kind, source FROM plant.label WHERE equipment_id = 'e-2'$$, $$VALUES ('normal', 'feedback: useless')$$, 'the last word of all counts');
SELECT is((SELECT jsonb_agg(f ->> 'verdict') FROM jsonb_array_elements(api.get_alert(pg_temp.newest()) -> 'feedback') AS f), '["right", "useless"]', 'the alarm shows them');
SELECT throws_ok(format('SELECT alarm.give_feedback(%s, %L)', pg_temp.newest(), v), 'MW422', NULL, 'no such word: ' || coalesce(v, 'null')) FROM unnest('{wrong,"",NULL}'::text[]) AS v;
SELECT throws_ok($$SELECT alarm.give_feedback(-1, 'right')$$, 'MW404', NULL, 'no such alarm');
SELECT throws_ok(format('SELECT alarm.give_feedback(%s, %L, %L)', pg_temp.newest(), 'right', repeat('x', 2001)), 'MW422', NULL, 'too long a reason');
SELECT is((SELECT count(*) FROM plant.label WHERE equipment_id = 'e-2'), 1::bigint, 'nothing of these was kept');
-- an alarm that is gone
CREATE TEMP TABLE gone AS SELECT id FROM alarm.alarm WHERE equipment_id = 'e-2';
DELETE FROM alarm.alarm WHERE equipment_id = 'e-2';
SELECT results_eq($$SELECT kind, ends_at = starts_at FROM plant.label WHERE equipment_id = 'e-2'$$, $$VALUES ('normal', true)$$, 'what was said of its moment stays');

-- labels of all sources, one home
SELECT ops.set_setting('plant.fault_lead', '"2 hours"') \g /dev/null
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) VALUES ('e-4', '2026-03-01 10:00Z', '2026-03-01 11:00Z');
INSERT INTO plant.failure (equipment_id, failed_at, down_from) VALUES ('e-4', '2026-03-02 10:00Z', '2026-03-02 10:00Z');
INSERT INTO plant.work_order (equipment_id, title, status, done_at, finding) VALUES ('e-4', 'w', 'done', '2026-03-03 10:00Z', 'worn'), ('e-4', 'n', 'done', '2026-03-04 10:00Z', 'nothing');
SELECT results_eq($$SELECT kind, starts_at, ends_at FROM plant.fault_span WHERE equipment_id = 'e-4' ORDER BY starts_at$$,
    $$VALUES ('fault', '2026-03-01 10:00Z'::timestamptz, '2026-03-01 11:00Z'::timestamptz), ('failure', '2026-03-02 08:00Z', 'infinity'), ('wear', '2026-03-03 08:00Z', '2026-03-03 10:00:00.000001Z')$$, 'a failure was coming for a time before');
DELETE FROM plant.failure;

-- figures
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, severity, scores, thresholds, ratio)
SELECT timestamptz '2026-03-01 00:00Z' + k * INTERVAL '10 minutes', 'e-4', 'p', 'v', 'mqtt', '{current}', k % 7 = 0, 0.5, CASE WHEN k % 7 = 0 THEN (ARRAY['low', 'medium', 'high', 'critical'])[1 + k % 4] END, '{"current": 1}', '{"current": 1}', '{"current": 1}' FROM generate_series(0, 431) AS k;
CREATE TEMP TABLE stats AS SELECT api.anomaly_stats('e-4', '2026-03-01', '2026-03-05') AS s;
SELECT is((SELECT (s ->> 'low_anomalies')::int + (s ->> 'medium_anomalies')::int + (s ->> 'high_anomalies')::int + (s ->> 'critical_anomalies')::int FROM stats), 62, 'all anomalies by severity');
SELECT ok((SELECT s -> 'total_anomalies' = '62' AND abs((s ->> 'anomaly_rate')::float8 - 62 / 432.0) < 1e-9 AND (s ->> 'critical_anomalies')::int = (SELECT count(*) FROM generate_series(0, 431, 7) AS k WHERE k % 4 = 3) FROM stats), 'as counted');
-- the oracle: each prediction against the spans by hand: 10:00 to 11:00 of the first, 8:00 to 10:00 of the third day
SELECT results_eq($$SELECT m -> 'accuracy', m -> 'precision', m -> 'recall', m -> 'f1_score', m -> 'total_predictions', m -> 'anomaly_detections', m ->> 'model_type', m ->> 'message' FROM api.model_performance('e-4', '2026-03-01', '2026-03-05') AS m$$,
    $$SELECT to_jsonb((tp + tn) / 432::float8), to_jsonb(tp / 62::float8), to_jsonb(tp / (tp + fn)::float8), to_jsonb(2 * tp / (2 * tp + 62 - tp + fn)::float8), '432'::jsonb, '62'::jsonb, 'autoencoder', '432 of 432 predictions have a label'
      FROM (SELECT count(*) FILTER (WHERE a AND f) AS tp, count(*) FILTER (WHERE NOT a AND f) AS fn, count(*) FILTER (WHERE NOT a AND NOT f) AS tn
            FROM (SELECT k % 7 = 0 AS a, k BETWEEN 60 AND 65 OR k BETWEEN 336 AND 348 AS f FROM generate_series(0, 431) AS k) AS x) AS y$$, 'accuracy, precision, recall, F1 from labels');
DELETE FROM alarm.known_fault;
DELETE FROM plant.work_order;
SELECT ok(m -> 'f1_score' = 'null' AND m -> 'accuracy' = 'null' AND m ->> 'message' LIKE 'there is no label%', 'without a label: null, and said') FROM api.model_performance('e-4', '2026-03-01', '2026-03-05') AS m;
SELECT ok(m ->> 'message' = 'no model spoke in that time' AND m -> 'total_predictions' = '0', 'nor without a prediction') FROM api.model_performance('e-3') AS m;
-- what somebody called normal tells of itself alone
INSERT INTO alarm.alarm (code, equipment_id, condition, level, severity, worst_severity, raised_at, cleared_at, active, announced_at) VALUES ('x', 'e-4', 'above', 'high', 'low', 'low', '2026-03-01 00:00Z', '2026-03-01 01:10Z', false, now());
SELECT alarm.give_feedback(id, 'false') FROM alarm.alarm WHERE equipment_id = 'e-4' \g /dev/null
SELECT ok(m #> '{models,0,labelled}' = '7' AND m #> '{models,0,false_positives}' = '1' AND m #> '{models,0,true_negatives}' = '6' AND m -> 'recall' = 'null' AND m -> 'precision' = '0', 'false alarms count against a model')
FROM api.model_performance('e-4', '2026-03-01', '2026-03-05') AS m;
SELECT * FROM finish();
ROLLBACK;
