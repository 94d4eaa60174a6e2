-- Replayed history: what is handed out, what is kept, and how it counts in a review. thin's part: TrainingPathTests.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET timezone = 'UTC';
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
INSERT INTO plant.equipment (id, name) VALUES ('b-1', 'b');
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path) SELECT 'b-1', 'p', v, '/x' FROM unnest('{v1,v2}'::text[]) AS v;
SELECT ml.set_alias('b-1', 'p', 'champion', 'v1'), ml.set_alias('b-1', 'p', 'challenger', 'v2');
CREATE TEMP TABLE input AS SELECT '2026-05-01T00:00:00Z'::timestamptz + i * INTERVAL '1 minute' AS time, i % 10 = 0 AS is_faulty, i % 20 = 0 AS lived, i % 10 = 0 OR i % 33 = 0 AS replayed, i FROM generate_series(0, 999) AS i;
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, modalities, is_anomaly, confidence, severity, scores, thresholds, ratio, features)
SELECT i.time, 'b-1', 'p', 'v1', s, 'mqtt', '{current}', i.lived, 0.7, CASE WHEN i.lived THEN 'high' END, '{}', '{}', '{}', jsonb_build_object('a', i.i) FROM input AS i, unnest('{champion,requested}'::text[]) AS s;
-- one that kept no features, one of another version at the same moment
UPDATE ml.serve_ml_predictions SET features = NULL WHERE time = '2026-05-01T00:07:00Z';
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, features)
VALUES ('2026-05-01T00:08:00Z', 'b-1', 'p', 'v0', 'champion', 'mqtt', '{current}', false, 0, '{}', '{}', '{}', '{"a": 8}');

SELECT is(pg_temp.refusal(format('ml.begin_backtest(%s)', c.a)), c.refusal, 'refused: ' || c.a)
FROM (VALUES ('''b-1'', ''p'', ''v9'', ''2026-05-01'', ''2026-05-02''', 'MW404 model_version'), ('''b-1'', ''p'', ''v2'', ''2026-05-02'', ''2026-05-01''', 'MW422 to'),
    ('''b-1'', ''p'', ''v2'', ''2020-05-01'', ''2026-05-02''', 'MW422 to'), ('''b-1'', ''p'', ''v2'', ''2026-04-01'', ''2026-04-02''', 'MW422 from'), ('''b-1'', ''p'', ''v2'', NULL, ''2026-04-02''', 'MW422 to'),
    ('NULL, ''p'', ''v2'', ''2026-04-01'', ''2026-04-02''', 'MW404 model_version')) AS c (a, refusal);
UPDATE ops.setting SET value = '999' WHERE name = 'ml.backtest_inputs';
SELECT is(pg_temp.refusal('ml.begin_backtest(''b-1'', ''p'', ''v2'', ''2026-05-01'', ''2026-05-02'')'), 'MW422 to', 'more than may be');
UPDATE ops.setting SET value = '1000' WHERE name = 'ml.backtest_inputs';
SELECT ml.begin_backtest('b-1', 'p', 'v2', '2026-05-01', '2026-05-02') AS id \gset

-- page by page, each input once, in order
CREATE FUNCTION pg_temp.pages(p_id bigint, p_size integer) RETURNS SETOF timestamptz LANGUAGE plpgsql AS $$
DECLARE
    v_after timestamptz;
    v_page timestamptz[];
BEGIN
    LOOP
        v_page := ARRAY(SELECT i.time::timestamptz FROM ml.backtest_inputs(p_id, v_after, p_size) AS i);
        EXIT WHEN v_page = '{}';
        RETURN QUERY SELECT unnest(v_page);
        v_after := v_page[cardinality(v_page)];
    END LOOP;
END $$;
SELECT results_eq(format('SELECT * FROM pg_temp.pages(%s, %s)', :id, n), 'SELECT time FROM input WHERE i <> 7 ORDER BY 1', format('all inputs in pages of %s', n)) FROM unnest('{1000,999,100,7}'::integer[]) AS n;

-- verdicts are kept apart
SELECT ml.record_backtest(:id, (SELECT jsonb_agg(jsonb_build_object('time', alarm.iso_time(time), 'is_anomaly', replayed, 'confidence', 0.9, 'ratio', jsonb_build_object('current', i), 'warnings', '[]'::jsonb)) FROM input WHERE i <> 7 AND i < 500), 2, 'missing_feature: b');
SELECT ml.record_backtest(:id, (SELECT jsonb_agg(jsonb_build_object('time', alarm.iso_time(time), 'is_anomaly', replayed, 'confidence', 0.9, 'ratio', '{}'::jsonb)) FROM input WHERE i >= 499), 1, 'other');
SELECT is((SELECT concat_ws(' ', state, inputs, refused, error) FROM ml.backtest WHERE id = :id), 'running 999 3 missing_feature: b', 'each once, and the first reason');
SELECT is((SELECT count(*) || ' ' || count(*) FILTER (WHERE model_version = 'v2') FROM ml.serve_ml_predictions), '2001 0', 'no prediction was stored');
SELECT is((SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'b-1'), 0::bigint, 'nothing was raised');
SELECT ml.finish_backtest(:id);
SELECT is(pg_temp.refusal(format(c, :id::bigint)), 'MW409 id', 'it is over: ' || c) FROM unnest(ARRAY['ml.finish_backtest(%s)', 'ml.record_backtest(%s, ''[]'')']) AS c;
SELECT is((SELECT count(*) FROM ml.backtest_inputs(:id, NULL, 10)), 0::bigint, 'and hands nothing out');

-- what comes of it, against counting by hand
SELECT is((ml.backtest_summary(:id) - '{alarms,champion_alarms}'::text[]) , (SELECT jsonb_build_object('id', :id, 'equipment_id', 'b-1', 'power', 'p', 'model_version', 'v2', 'from', '2026-05-01T00:00:00.000000Z', 'to', '2026-05-02T00:00:00.000000Z',
    'state', 'done', 'inputs', 999, 'refused', 3, 'error', 'missing_feature: b', 'compared', 999, 'labelled', 0, 'f1_score', NULL, 'champion_f1_score', NULL,
    'agreement', count(*) FILTER (WHERE lived = replayed) / 999.0::float8) FROM input WHERE i <> 7), 'without a known fault agreement is all there is');
UPDATE ops.setting SET value = '"0 seconds"' WHERE name = 'ml.training_margin';
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) SELECT 'b-1', time, time + INTERVAL '1 minute' FROM input WHERE is_faulty;
SELECT is((SELECT jsonb_build_array(s -> 'labelled', s -> 'f1_score', s -> 'champion_f1_score') FROM ml.backtest_summary(:id) AS s),
    (SELECT jsonb_build_array(count(*), 2 * count(*) FILTER (WHERE replayed AND is_faulty) / (count(*) FILTER (WHERE replayed) + count(*) FILTER (WHERE is_faulty))::float8,
        2 * count(*) FILTER (WHERE lived AND is_faulty) / (count(*) FILTER (WHERE lived) + count(*) FILTER (WHERE is_faulty))::float8) FROM input WHERE i <> 7), 'F1 of both');

-- in a review, where the policy wants it
SELECT ml.review_challenger('b-1', 'p') IS NOT NULL;
SELECT is((SELECT comparison -> 'replayed' ->> 'compared' || (SELECT count(*) FROM jsonb_array_elements(checks) AS c WHERE c ->> 'check' LIKE 'replayed%') FROM ml.challenger_review), '9990', 'shown, and not asked for');
UPDATE ml.promotion_policy SET minimum_replayed = 1000;
SELECT ml.review_challenger('b-1', 'p') IS NOT NULL;
SELECT is((SELECT jsonb_object_agg(c ->> 'check', c -> 'passes') FROM ml.challenger_review, jsonb_array_elements(checks) AS c WHERE c ->> 'check' LIKE 'replayed%'), '{"replayed": false, "replayed_gain": true}', 'one input too few, but better');
UPDATE ml.promotion_policy SET minimum_replayed = 999, minimum_gain = 1;
SELECT ml.review_challenger('b-1', 'p') IS NOT NULL;
SELECT is((SELECT jsonb_object_agg(c ->> 'check', c -> 'passes') FROM ml.challenger_review, jsonb_array_elements(checks) AS c WHERE c ->> 'check' LIKE 'replayed%'), '{"replayed": true, "replayed_gain": false}', 'enough, but not so much better');

-- who replays it may die
SELECT ml.begin_backtest('b-1', 'p', 'v1', '2026-05-01', '2026-05-02') AS dead \gset
UPDATE ml.backtest SET touched_at = touched_at - INTERVAL '11 minutes' WHERE id = :dead;
SELECT ml.sweep_training();
SELECT is((SELECT state FROM ml.backtest WHERE id = :dead), 'failed', 'a replay that stopped has failed');
SELECT ml.finish_backtest(ml.begin_backtest('b-1', 'p', 'v2', '2026-05-01', '2026-05-02'), 'broken');
SELECT is((SELECT string_agg(state || coalesce(error, ''), ' ') FROM ml.backtest WHERE model_version = 'v2'), 'failedbroken', 'the last one of a version is kept');
SELECT * FROM finish();
ROLLBACK;
