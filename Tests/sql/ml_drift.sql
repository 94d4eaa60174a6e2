-- Drift: PSI, references from training and learned, the days that stay when predictions go, alarms, retention.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE FUNCTION pg_temp.refusal(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_column text;
BEGIN
    EXECUTE 'SELECT ' || call;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN trim(SQLSTATE || ' ' || v_column);
END $$;
-- what arrived counts a minute later
CREATE FUNCTION pg_temp.summarise() RETURNS bigint LANGUAGE sql AS $$
    UPDATE ml.serve_ml_predictions SET received_at = clock_timestamp() - INTERVAL '1 minute' WHERE received_at > clock_timestamp() - INTERVAL '1 minute';
    SELECT ml.summarise();
$$;

-- arithmetic, by hand: ten even bins, half of the first moved to the last: 2 · 0.05 · ln(0.15 / 0.05)
SELECT is(round(ml.psi(array_fill(0.1::float8, ARRAY[10]), '{50,100,100,100,100,100,100,100,100,150}')::numeric, 6),
    round(((0.05 - 0.1) * ln(0.5) + (0.15 - 0.1) * ln(1.5))::numeric, 6), 'PSI of a shift');
SELECT is(ml.psi(array_fill(0.1::float8, ARRAY[10]), array_fill(7::bigint, ARRAY[10])), 0::float8, 'none without one');
SELECT is(ml.psi(array_fill(0.1::float8, ARRAY[10]), array_fill(0::bigint, ARRAY[10])), NULL, 'nothing of nothing');
SELECT cmp_ok(ml.psi(array_fill(0.1::float8, ARRAY[10]), '{100,0,0,0,0,0,0,0,0,0}'), '>', 2::float8, 'an empty bin is no division by zero');
SELECT is(ml.expected_shares('{0,1,2,3,4,5,6,7,8,9,10}'), array_fill(0.1::float8, ARRAY[10]), 'deciles bound tenths');
SELECT is(ml.expected_shares(array_fill(5::float8, ARRAY[11])), '{0,0,0,0,0,0,0,0,0,1}', 'a constant lies in the last bin');
SELECT is(ml.expected_shares('{0,0,0,0,1,2,3,4,5,6,7}'), '{0,0,0,0.4,0.1,0.1,0.1,0.1,0.1,0.1}', 'what lies on an edge belongs above it');

SELECT results_eq($$SELECT ml.newest_number(v) FROM unnest('{"1.5","[1, 2, 3]","[1, null]","[]","null","\"x\""}'::jsonb[]) AS v$$,
    $$VALUES (1.5::float8), (3), (NULL), (NULL), (NULL), (NULL)$$, 'of a window the newest value counts');

SELECT ml.sync_models(jsonb_build_array(
    '{"equipment_id": "p", "power": "2.2kW", "model_version": "v1", "modalities": ["current"], "thresholds": {"current": 1}, "case": "A", "bundle_path": "1", "sha256": "1",
      "features": ["a", "b", "c"], "metrics": {"false_alarm_rate": 0.02}, "extra": {"training_statistics": {
        "a": {"mean": 50, "std": 29, "min": 0, "max": 100, "quantiles": [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]},
        "b": {"mean": 50, "std": 29, "min": 0, "max": 100, "quantiles": [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]},
        "c": {"mean": 5, "std": 0, "min": 5, "max": 5, "quantiles": [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]}}}}'::jsonb,
    '{"equipment_id": "p", "power": "2.2kW", "model_version": "field", "modalities": ["current"], "thresholds": {"current": 1}, "case": "A", "bundle_path": "2", "sha256": "2",
      "features": ["a", "b"]}'::jsonb), '[]', 'test') \g /dev/null
SELECT ml.set_alias('p', '2.2kW', 'champion', 'v1');
-- 1,000 inputs a day for two days: a as in training; b half as high again; c constant, missing in one of ten
CREATE FUNCTION pg_temp.predict(version text, day integer, n integer, stage text DEFAULT 'champion') RETURNS integer LANGUAGE sql AS $$
    SELECT r.stored FROM ml.record_predictions((SELECT jsonb_agg(jsonb_build_object(
        'time', date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - day * INTERVAL '1 day' + i * INTERVAL '1 second', 'equipment_id', 'p', 'power', '2.2kW', 'model_version', version,
        'stage', stage, 'source', 'mqtt', 'case', 'A', 'modalities', '["current"]'::jsonb, 'is_anomaly', i % 20 = 0, 'confidence', 0.1, 'latency_us', 10,
        'scores', jsonb_build_object('current', i / 1000.0), 'thresholds', '{"current": 1}'::jsonb, 'ratio', jsonb_build_object('current', i / 1000.0),
        'features', jsonb_build_object('a', (i * 37) % 100 + 0.5, 'b', ((i * 37) % 100 + 0.5) * 1.5, 'unknown', 1) || CASE WHEN i % 10 > 0 THEN '{"c": 5}' ELSE '{}' END::jsonb))
        FROM generate_series(1, n) AS i)) AS r
$$;
SELECT is(pg_temp.summarise(), 0::bigint, 'nothing to add yet');
SELECT is(pg_temp.predict('v1', 1, 1000) + pg_temp.predict('v1', 2, 1000), 2000, 'two days of predictions');
SELECT is(ml.summarise(), 0::bigint, 'the last minute may still be written: it waits');
SELECT is(pg_temp.summarise(), 2000::bigint, 'then all of it is added');
SELECT is(pg_temp.summarise(), 0::bigint, 'once');
SELECT results_eq($$SELECT feature, level, round(outside_share::numeric, 2), round(missing_share::numeric, 2), round(mean_shift::numeric, 2), samples, predictions, reference_source
    FROM ml.feature_drift WHERE model_version = 'v1' ORDER BY feature$$,
    $$VALUES ('a', 'none', 0.00, 0.00, 0.00, 2000::bigint, 2000::bigint, 'training'), ('b', 'major', 0.33, 0.00, 0.86, 2000, 2000, 'training'),
             ('c', 'none', 0.00, 0.10, NULL, 1800, 2000, 'training')$$, 'drift is where it is');
SELECT is((SELECT round(psi::numeric, 9) FROM ml.feature_drift WHERE model_version = 'v1' AND feature = 'a'), 0::numeric, 'PSI of what is as it was');
SELECT is((SELECT round(psi::numeric, 3) FROM ml.feature_drift WHERE model_version = 'v1' AND feature = 'b'),
    -- b is even over 0 … 150: a fifteenth in each bin, the last one has the rest
    (SELECT round(sum((s - 0.1) * ln(s / 0.1))::numeric, 3) FROM (SELECT (count(*) / 100.0)::float8 AS s FROM generate_series(0, 99) AS k GROUP BY width_bucket((k + 0.5) * 1.5, ARRAY[10, 20, 30, 40, 50, 60, 70, 80, 90]::float8[])) AS x),
    'PSI by the definition');
SELECT is((SELECT count(*) FROM ml.feature_day WHERE feature = 'unknown'), 0::bigint, 'what the model does not know is not counted');
SELECT is((SELECT count(*) FROM ml.drift(current_date - 1, current_date, model_version => 'v1') WHERE samples = 1000), 2::bigint, 'one day alone');
SELECT is(pg_temp.predict('v1', 1, 1000, 'requested'), 1000, 'what clients ask for by version');
SELECT is(pg_temp.summarise(), 0::bigint, 'says nothing about the machine');
UPDATE ops.setting SET value = '5000' WHERE name = 'ml.drift_minimum_samples';
SELECT is((SELECT level FROM ml.feature_drift WHERE model_version = 'v1' AND feature = 'b'), 'unknown', 'few values are no judgement');
UPDATE ops.setting SET value = '500' WHERE name = 'ml.drift_minimum_samples';

-- scores
SELECT results_eq($$SELECT stage, modality, count(*), min(predictions), min(anomaly_share), min(round(median_ratio::numeric, 4)), min(round(p95_ratio::numeric, 4)), min(training_false_alarm_rate)
    FROM ml.score_trend WHERE model_version = 'v1' AND stage = 'champion' GROUP BY 1, 2$$,
    $$VALUES ('champion', 'current', 2::bigint, 1000, 0.05::float8, 0.5005, 0.9501, 0.02::float8)$$, 'the scores of each day');
SELECT is((SELECT max(median_to_first_week) FROM ml.score_trend WHERE model_version = 'v1' AND stage = 'champion'), 1::float8, 'against the first week');

-- the alarm
SELECT is(ml.watch_drift(), 1, 'one model drifts');
SELECT matches((SELECT severity || ': ' || (data ->> 'text') FROM alarm.alarm WHERE code = 'drift:p/2.2kW/v1' AND cleared_at IS NULL),
    '^medium: the input of p/2.2kW/v1 is no longer what it was trained on: 1 of its features drifted, most of all b', 'a system alarm says which');
SELECT is((SELECT data -> 'worst' -> 0 ->> 'feature' FROM alarm.alarm WHERE code = 'drift:p/2.2kW/v1'), 'b', 'with figures');
UPDATE ops.setting SET value = '"2 days"' WHERE name = 'ml.drift_window';
UPDATE ml.feature_day SET day = day - 10;
SELECT is(ml.watch_drift(), 0, 'when the window has passed');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE code = 'drift:p/2.2kW/v1' AND cleared_at IS NULL), 0::bigint, 'it clears');
UPDATE ml.feature_day SET day = day + 10;
UPDATE ops.setting SET value = 'null' WHERE name = 'ml.drift_psi_major';
SELECT is(ml.watch_drift(), 0, 'null: no alarm');
UPDATE ops.setting SET value = '0.25' WHERE name = 'ml.drift_psi_major';
UPDATE ops.setting SET value = '"7 days"' WHERE name = 'ml.drift_window';

-- bundles of the field bring no statistics: they are learned
SELECT is(pg_temp.refusal($$ml.learn_reference('p', '2.2kW', 'nix')$$), 'MW404 model_version', 'an unknown model');
SELECT is(pg_temp.refusal($$ml.learn_reference('p', '2.2kW', 'field')$$), 'MW409 samples', 'nothing to learn from');
SELECT is(pg_temp.refusal($$ml.learn_reference('p', '2.2kW', 'field', samples => 10)$$), 'MW422 samples', 'too little to learn from');
SELECT is(pg_temp.refusal($$ml.learn_reference('p', '2.2kW', 'field', samples => 1000000)$$), 'MW422 samples', 'too much');
SELECT is(pg_temp.refusal($$ml.learn_reference('p', '2.2kW', 'field', now(), now())$$), 'MW422 to', 'no time');
SELECT is(pg_temp.predict('field', 1, 1000, 'challenger'), 1000, 'a field bundle as challenger');
SELECT pg_temp.summarise() \g /dev/null
SELECT is((SELECT count(*) FROM ml.feature_reference AS r JOIN ml.serve_ml_models AS m ON m.id = r.model_id WHERE m.model_version = 'field'), 0::bigint, 'a challenger does not learn by itself');
SELECT is(ml.learn_reference('p', '2.2kW', 'field', samples => 200, actor => 'kim'), 2, 'but when it is told to: the bundle''s features');
SELECT results_eq($$SELECT r.source, r.samples, r.set_by, r.minimum >= 0.5, (SELECT round(sum(e)::numeric, 9) FROM unnest(r.expected) AS e), r.quantiles[1] = r.minimum, r.quantiles[11] = r.maximum
    FROM ml.feature_reference AS r JOIN ml.serve_ml_models AS m ON m.id = r.model_id WHERE m.model_version = 'field' AND r.feature = 'a'$$,
    $$VALUES ('learned', 200::bigint, 'kim', true, 1.000000000, true, true)$$, 'from its first normal predictions');
SELECT results_eq($$SELECT samples, level FROM ml.feature_drift WHERE model_version = 'field' AND feature = 'a'$$, $$VALUES (1000::bigint, 'none')$$, 'what is stored is counted at once');
SELECT pg_temp.predict('field', 2, 10, 'challenger') \g /dev/null
SELECT is(pg_temp.summarise(), 10::bigint, 'and what comes later, once');
SELECT is((SELECT samples FROM ml.feature_drift WHERE model_version = 'field' AND feature = 'a'), 1010::bigint, 'no prediction twice');
SELECT ml.set_alias('p', '2.2kW', 'champion', 'field');
DELETE FROM ml.feature_reference WHERE model_id = (SELECT id FROM ml.serve_ml_models WHERE model_version = 'field');
UPDATE ml.model_alias SET set_at = now() - INTERVAL '3 days';
SELECT pg_temp.predict('field', 1, 1000) \g /dev/null
SELECT pg_temp.summarise() \g /dev/null
SELECT is((SELECT count(DISTINCT r.set_by) FROM ml.feature_reference AS r JOIN ml.serve_ml_models AS m ON m.id = r.model_id WHERE m.model_version = 'field' AND r.set_by = 'system'), 1::bigint, 'a champion learns by itself');

-- retention: predictions go, the days stay
SELECT is(ml.purge_predictions(), '0 chunks dropped, 0 predictions without features, 0 rows of ml.feature_day removed', 'at first all is kept');
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, features, received_at)
SELECT now() - INTERVAL '100 days' + i * INTERVAL '1 day', 'p', '2.2kW', 'v1', 'mqtt', '{current}', false, 0, '{"current": 1}', '{}', '{}', '{"a": 1}', now() - INTERVAL '2 minutes' FROM generate_series(0, 39) AS i;
UPDATE ml.clock SET done_to = now() - INTERVAL '30 days' WHERE name = 'summary';
UPDATE ops.setting SET value = '"90 days"' WHERE name = 'ml.prediction_retention';
SELECT is(ml.purge_predictions(), 'waits for ml.summarise', 'nothing goes before it was summed up');
UPDATE ml.clock SET done_to = now() - INTERVAL '5 minutes' WHERE name = 'summary';
UPDATE ops.setting SET value = '"80 days"' WHERE name = 'ml.feature_retention';
SELECT matches(ml.purge_predictions(), '^[12] chunks? dropped, [0-9]+ predictions without features, 0 rows', 'weeks that are over go');
SELECT is((SELECT count(*) FROM ml.serve_ml_predictions WHERE time < now() - INTERVAL '97 days'), 0::bigint, 'whole ones');
SELECT is((SELECT count(*) FROM ml.serve_ml_predictions WHERE time < now() - INTERVAL '80 days' AND features IS NOT NULL), 0::bigint, 'features go earlier');
SELECT cmp_ok((SELECT count(*) FROM ml.serve_ml_predictions WHERE time < now() - INTERVAL '80 days'), '>', 0::bigint, 'than their predictions');
SELECT cmp_ok((SELECT count(*) FROM ml.serve_ml_predictions WHERE time BETWEEN now() - INTERVAL '79 days' AND now() - INTERVAL '50 days' AND features IS NOT NULL), '>', 15::bigint, 'younger ones stay');
SELECT throws_ok($$UPDATE ops.setting SET value = '"1 second"' WHERE name IN ('ml.prediction_retention', 'ml.feature_retention')$$, 'MW422', NULL, 'less than a week is refused');
UPDATE ops.setting SET value = '"7 days"' WHERE name IN ('ml.prediction_retention', 'ml.feature_retention');
SELECT ml.purge_predictions() \g /dev/null
SELECT cmp_ok((SELECT count(*) FROM ml.serve_ml_predictions WHERE features IS NOT NULL), '>', 1000::bigint, 'a week is the least');
SELECT is((SELECT samples FROM ml.feature_drift WHERE model_version = 'v1' AND feature = 'a'), 2000::bigint, 'drift is what it was');
UPDATE ops.setting SET value = '"30 days"' WHERE name = 'ml.summary_retention';
UPDATE ml.feature_day SET day = day - 60 WHERE feature = 'c';
SELECT matches(ml.purge_predictions(), ' 2 rows of ml.feature_day removed$', 'old days go, too');
SELECT * FROM finish();
ROLLBACK;
