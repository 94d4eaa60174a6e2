-- Thresholds that follow scores and feedback: toward the target, no farther than a step, never over a fault that is known, and back.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET client_min_messages = warning;
SELECT setseed(0.6);
INSERT INTO plant.equipment (id, name) SELECT 't-' || i, 't' FROM generate_series(1, 6) AS i;
SELECT ops.set_setting('ml.threshold_every', '"1 minute"'), ops.set_setting('ml.threshold_least', '0.2'), ops.set_setting('ml.threshold_target', '2') \g /dev/null
CREATE FUNCTION pg_temp.at(hours float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT date_trunc('hour', now()) - INTERVAL '28 days' + hours * INTERVAL '1 hour' $$;
-- 28 days, one each ten minutes; above f with probability (0.3 / f)^3, each by itself
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, scores, thresholds, ratio)
SELECT pg_temp.at(k / 6.0), 't-' || i, 'p', 'v', 'mqtt', '{current}', r > 1, 0, jsonb_build_object('current', r * 4), '{"current": 4}', jsonb_build_object('current', r)
FROM generate_series(1, 5) AS i, LATERAL (SELECT k, 0.3 * (1 - random()) ^ (-1 / 3.0) AS r FROM generate_series(1, 28 * 144 - 1) AS k WHERE i > 0) AS x;

-- a naive oracle: prediction by prediction
CREATE FUNCTION pg_temp.rises(p_equipment text, p_factor float8) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE p record; v_before boolean := false; v_n bigint := 0;
BEGIN
    FOR p IN SELECT x.time, (x.ratio ->> 'current')::float8 AS r FROM ml.serve_ml_predictions AS x WHERE x.equipment_id = p_equipment AND x.stage = 'champion' AND x.ratio ? 'current' ORDER BY x.time LOOP
        IF p.r > p_factor AND NOT v_before AND NOT EXISTS (SELECT FROM alarm.known_fault AS f WHERE f.equipment_id = p_equipment AND p.time >= f.starts_at AND p.time < f.ends_at) THEN v_n := v_n + 1; END IF;
        v_before := p.r > p_factor;
    END LOOP;
    RETURN v_n;
END $$;
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) VALUES ('t-2', pg_temp.at(100), pg_temp.at(110)), ('t-2', pg_temp.at(300), pg_temp.at(301)), ('t-2', pg_temp.at(400), pg_temp.at(402));
UPDATE ml.serve_ml_predictions SET ratio = jsonb_build_object('current', CASE WHEN time = pg_temp.at(105) THEN 1.5 WHEN time = pg_temp.at(300.5) THEN 4 ELSE 0.1 END)
WHERE equipment_id = 't-2' AND (time >= pg_temp.at(100) AND time < pg_temp.at(110) OR time >= pg_temp.at(300) AND time < pg_temp.at(301) OR time >= pg_temp.at(400) AND time < pg_temp.at(402));
SELECT results_eq(format($$SELECT factor, false_alarms FROM ml.threshold_backtest(%L, 'p', 'autoencoder', pg_temp.at(0), now(), '{0.25,0.5,1,1.5,2,3}')$$, e),
    format($$SELECT f, pg_temp.rises(%L, f)::float8 FROM unnest('{0.25,0.5,1,1.5,2,3}'::float8[]) AS f$$, e), 'as counted one by one: ' || e) FROM unnest('{t-1,t-2}'::text[]) AS e;
SELECT results_eq($$SELECT factor, faults, faults_found, highest FROM ml.threshold_backtest('t-2', 'p', 'autoencoder', pg_temp.at(0), now(), '{1,1.5,5}')$$,
    $$VALUES (1::float8, 3::bigint, 2::bigint, 1.5::float8), (1.5, 3, 1, 1.5), (5, 3, 0, 1.5)$$, 'faults that were found, and what silences one');

-- nobody asked
SELECT is(ml.adapt_thresholds(), 0, 'with mode feedback and no feedback nothing is moved');
SELECT ops.set_setting('ml.threshold_mode', '"off"') \g /dev/null
SELECT is(ml.adapt_thresholds(), 0, 'nor with mode off');
-- what for: a machine may be asked for by a row
INSERT INTO ml.threshold_policy (equipment_id, enabled, target_per_week) VALUES ('t-1', true, NULL), ('t-2', true, NULL), ('t-3', true, 8);
SELECT ml.set_threshold('t-3', 'p', 'autoencoder', 5, 'far too high') \g /dev/null
DO $$ BEGIN FOR i IN 1 .. 14 LOOP PERFORM ml.adapt_thresholds(now() + i * INTERVAL '2 minutes'); END LOOP; END $$;
SELECT is_empty($$SELECT FROM ml.threshold_version WHERE equipment_id NOT IN ('t-1', 't-2', 't-3')$$, 'only these');
SELECT cmp_ok(count(*), '>=', 3::bigint, 'several steps: ' || equipment_id) FROM ml.threshold_version GROUP BY equipment_id ORDER BY equipment_id;
SELECT ok(max(abs(ln(factor / previous_factor))) <= ln(1.2) + 1e-9, 'none farther than a step') FROM ml.threshold_version WHERE set_by = 'ml.adapt_thresholds';
SELECT is_empty($$SELECT FROM (SELECT v.previous_factor, lag(v.factor, 1, 1) OVER (PARTITION BY v.equipment_id ORDER BY v.version) AS before FROM ml.threshold_version AS v) AS x WHERE x.before <> x.previous_factor$$, 'each goes on from the one before');
CREATE FUNCTION pg_temp.factor(p_equipment text) RETURNS float8 LANGUAGE sql AS $$ SELECT ml.threshold_factor(p_equipment, 'p', 'autoencoder') $$;
SELECT ok(pg_temp.rises('t-1', pg_temp.factor('t-1')) <= 8 AND pg_temp.rises('t-1', pg_temp.factor('t-1') * 0.97) > 8, format('from below to the target: two a week at %s', round(pg_temp.factor('t-1')::numeric, 2)));
SELECT ok(pg_temp.rises('t-3', pg_temp.factor('t-3')) <= 32 AND pg_temp.rises('t-3', pg_temp.factor('t-3') * 0.97) > 32, format('from above to its own: eight a week at %s', round(pg_temp.factor('t-3')::numeric, 2)));
SELECT ok(pg_temp.factor('t-2') < 1.5 AND pg_temp.factor('t-2') > 1.4, 'up to a fault that is known, though the target lies beyond it');
SELECT ok(bool_and((backtest #>> '{after,faults_found}')::integer >= 2), 'no step silenced a fault') FROM ml.threshold_version WHERE equipment_id = 't-2';
SELECT is_empty($$SELECT FROM ml.threshold_version WHERE set_by = 'ml.adapt_thresholds' AND NOT (backtest #>> '{before,factor}' = previous_factor::text AND backtest #>> '{after,factor}' = factor::text
    AND (backtest ->> 'predictions')::integer > 4000 AND backtest ? 'target_per_week')$$, 'each keeps what it rests on');
SELECT is((SELECT (backtest #>> '{after,false_alarms}')::float8 FROM ml.threshold_version WHERE equipment_id = 't-1' ORDER BY version DESC LIMIT 1), pg_temp.rises('t-1', pg_temp.factor('t-1'))::float8, 'and that is what the stored predictions say');

-- a fault that becomes known later: back down, a step at a time
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) VALUES ('t-1', pg_temp.at(200), pg_temp.at(201));
UPDATE ml.serve_ml_predictions SET ratio = '{"current": 1.2}' WHERE equipment_id = 't-1' AND time = pg_temp.at(200.5);
UPDATE ml.serve_ml_predictions SET ratio = '{"current": 0.1}' WHERE equipment_id = 't-1' AND time >= pg_temp.at(200) AND time < pg_temp.at(201) AND time <> pg_temp.at(200.5);
DO $$ BEGIN FOR i IN 20 .. 26 LOOP PERFORM ml.adapt_thresholds(now() + i * INTERVAL '2 minutes'); END LOOP; END $$;
SELECT ok(pg_temp.factor('t-1') < 1.2, 'not above the score of what was wrong');
SELECT ok(max(abs(ln(factor / previous_factor))) <= ln(1.2) + 1e-9, 'and still a step at a time') FROM ml.threshold_version WHERE set_by = 'ml.adapt_thresholds';

-- taken back, exactly, as far as one likes
CREATE TEMP TABLE history AS SELECT version, factor, previous_factor FROM ml.threshold_version WHERE equipment_id = 't-3';
SELECT is((ml.undo_threshold('t-3', 'p', 'autoencoder', 'too loud')).factor, (SELECT previous_factor FROM history ORDER BY version DESC LIMIT 1), 'the factor before, exactly');
SELECT is((ml.undo_threshold('t-3', 'p', 'autoencoder')).factor, (SELECT previous_factor FROM history ORDER BY version DESC OFFSET 1 LIMIT 1), 'one further back');
SELECT results_eq($$SELECT enabled, reason FROM ml.threshold_policy WHERE equipment_id = 't-3' AND power = 'p'$$, format($$VALUES (false, 'version %s was taken back')$$, (SELECT max(version) - 1 FROM history)), 'and it says so');
SELECT is(ml.adapt_thresholds(now() + INTERVAL '2 hours'), 0, 'it is left alone from then on');
DO $$ BEGIN FOR i IN 3 .. (SELECT count(*) FROM history) LOOP PERFORM ml.undo_threshold('t-3', 'p', 'autoencoder'); END LOOP; END $$;
SELECT is(pg_temp.factor('t-3'), 1::float8, 'back to the bundle''s own');
SELECT throws_ok($$SELECT ml.undo_threshold('t-3', 'p', 'autoencoder')$$, 'MW409', NULL, 'then nothing is left');
SELECT throws_ok($$SELECT ml.set_threshold('t-3', 'p', 'autoencoder', $$ || f || ')', 'MW422', NULL, 'no factor: ' || f) FROM unnest('{0,"NULL",101,''NaN'',''Infinity'',-1}'::text[]) AS f;
SELECT throws_ok($$SELECT ml.set_threshold('t-3', 'q', 'autoencoder', 2)$$, 'MW404', NULL, 'a model that never spoke');
SELECT is(api.list_thresholds('t-3', true) #> '{items,0,factor}', '1', 'the API: what is in force');
SELECT is((api.list_thresholds('t-3') ->> 'total')::bigint, 2 * (SELECT count(*) FROM history), 'and all that was');

-- feedback: from so many assessed alarms on, and by what people said
SELECT ops.set_setting('ml.threshold_mode', '"feedback"') \g /dev/null
DELETE FROM ml.threshold_policy;
CREATE TEMP TABLE raised AS
SELECT row_number() OVER (PARTITION BY equipment_id ORDER BY time) AS n, equipment_id, time, nextval('alarm.alarm_id_seq') AS id FROM ml.serve_ml_predictions WHERE equipment_id IN ('t-4', 't-5') AND is_anomaly;
INSERT INTO alarm.alarm (id, code, equipment_id, condition, level, severity, worst_severity, raised_at, cleared_at, active, announced_at, data)
SELECT id, 'model-verdict', equipment_id, 'model_verdict', 'high', 'low', 'low', time, time + INTERVAL '10 minutes', false, time, '{"power": "p", "bundle_kind": "autoencoder"}' FROM raised;
SELECT alarm.give_feedback(id, 'false') FROM raised WHERE n <= 9 \g /dev/null
SELECT is(ml.adapt_thresholds(now() + INTERVAL '3 hours'), 0, 'nine are not enough');
SELECT alarm.give_feedback(id, CASE equipment_id WHEN 't-4' THEN 'useless' ELSE 'right' END) FROM raised WHERE n BETWEEN 10 AND 20 \g /dev/null
SELECT is(ml.adapt_thresholds(now() + INTERVAL '4 hours'), 2, 'twenty are');
SELECT results_eq($$SELECT equipment_id, factor > 1 FROM ml.threshold_version WHERE equipment_id IN ('t-4', 't-5')$$, $$VALUES ('t-4', true), ('t-5', true)$$, 'less sensitive');
SELECT ok((SELECT factor > 1.15 FROM ml.threshold_version WHERE equipment_id = 't-4'), 'where they were false or useless as far as a step goes');
SELECT ok((SELECT v.factor < min((p.ratio ->> 'current')::float8) FROM ml.threshold_version AS v, raised AS r JOIN ml.serve_ml_predictions AS p USING (equipment_id, time)
           WHERE v.equipment_id = 't-5' AND r.equipment_id = 't-5' AND r.n BETWEEN 10 AND 20 GROUP BY v.factor), 'those that were right hold it: none of them is silenced');
SELECT results_eq($$SELECT (unassessed_share * 20)::integer, faults_found FROM ml.threshold_backtest('t-5', 'p', 'autoencoder', pg_temp.at(0), now(), '{1}')$$, 'VALUES (9, 11::bigint)', 'of the others as many are false as of these; what was right is a known fault');

-- where it counts
SELECT ml.set_threshold('t-6', 'p', 'autoencoder', 2) FROM (SELECT ml.record_predictions('[{"equipment_id": "t-6", "power": "p", "model_version": "v", "source": "mqtt", "is_anomaly": false, "confidence": 0, "scores": {"current": 1}, "thresholds": {"current": 2}, "ratio": {"current": 0.5}}]')) AS x \g /dev/null
CREATE FUNCTION pg_temp.predict(p_seconds integer, p_ratio float8, p_anomaly boolean, p_stage text DEFAULT 'champion') RETURNS text LANGUAGE plpgsql AS $$
DECLARE p ml.serve_ml_predictions;
BEGIN
    PERFORM ml.record_predictions(jsonb_build_array(jsonb_build_object('time', alarm.iso_time(now() + p_seconds * INTERVAL '1 second'), 'equipment_id', 't-6', 'power', 'p', 'model_version', 'v', 'stage', p_stage, 'source', 'mqtt',
        'is_anomaly', p_anomaly, 'confidence', ml.confidence(p_ratio), 'scores', jsonb_build_object('current', 2 * p_ratio), 'thresholds', '{"current": 2}'::jsonb, 'ratio', jsonb_build_object('current', p_ratio))));
    SELECT * INTO p FROM ml.serve_ml_predictions AS x WHERE x.equipment_id = 't-6' AND x.time = now() + p_seconds * INTERVAL '1 second' AND x.stage = p_stage;
    RETURN concat_ws(' ', p.is_anomaly, round(p.confidence::numeric, 3), p.severity, p.threshold_factor);
END $$;
SELECT is(pg_temp.predict(1, 1.5, true), 'f 0.123 2', 'between the bundle''s threshold and the plant''s: none');
SELECT is_empty($$SELECT FROM alarm.alarm WHERE equipment_id = 't-6'$$, 'and no alarm');
SELECT is(pg_temp.predict(2, 8, true), 't 0.800 high 2', 'above it: one, as sure as four times the threshold is');
SELECT is((SELECT data ->> 'threshold_factor' FROM alarm.alarm WHERE equipment_id = 't-6' AND active), '2', 'the alarm says what it was held against');
SELECT is(pg_temp.predict(3, 0.5, true), 't 0.015 low 2', 'an anomaly that is not for its ratio stays one');
SELECT is(pg_temp.predict(4, 1.5, true, 'challenger'), 't 0.360 low', 'a shadow goes by its own');
SELECT ml.set_threshold('t-6', 'p', 'autoencoder', 0.4) \g /dev/null
SELECT is(pg_temp.predict(5, 0.5, false), 't 0.281 low 0.4', 'lower than the bundle''s');
SELECT ml.undo_threshold('t-6', 'p', 'autoencoder'), ml.undo_threshold('t-6', 'p', 'autoencoder') \g /dev/null
SELECT is(pg_temp.predict(6, 0.5, false), 'f 0.059 1', 'taken back');
SELECT * FROM finish();
ROLLBACK;
