-- Champion and challenger over the same inputs: what ml.compare_shadow counts.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() - INTERVAL '5 hours' + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.refusal(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_column text;
BEGIN
    EXECUTE 'SELECT ' || call;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN trim(SQLSTATE || ' ' || v_column);
END $$;
SELECT ml.sync_models((SELECT jsonb_agg(jsonb_build_object('equipment_id', 'p', 'power', '2.2kW', 'model_version', v, 'modalities', '["current"]'::jsonb,
    'thresholds', '{"current": 1}'::jsonb, 'case', 'A', 'bundle_path', v, 'sha256', v)) FROM unnest('{v1,v2,v3}'::text[]) AS v), '[]', 'test') \g /dev/null
INSERT INTO plant.equipment (id, name) VALUES ('p', 'p');
UPDATE alarm.rule SET parameters = '{"consecutive": 2}', chatter_count = NULL WHERE name = 'model-verdict';
SELECT is(pg_temp.refusal($$ml.compare_shadow('p', '2.2kW', now() - INTERVAL '1 day', now())$$), 'MW404 challenger', 'no challenger');
SELECT ml.set_alias('p', '2.2kW', 'champion', 'v1');
SELECT ml.set_alias('p', '2.2kW', 'challenger', 'v2');
SELECT is(pg_temp.refusal($$ml.compare_shadow('q', '2.2kW', now() - INTERVAL '1 day', now())$$), 'MW404 equipment_id', 'no such machine');
SELECT is(pg_temp.refusal($$ml.compare_shadow('p', '2.2kW', now(), now())$$), 'MW422 to', 'no time');
SELECT is(pg_temp.refusal($$ml.compare_shadow('p', '2.2kW', now() - INTERVAL '2 years', now())$$), 'MW422 to', 'too much time');
SELECT is((SELECT inputs FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), now())), 0::bigint, 'nothing was compared yet');

-- 100 inputs: v1 is anomalous at 10…19 and alone at 50; v2 at 15…24 and alone at 60, 61; its ratios are twice v1's
CREATE TEMPORARY TABLE input AS
SELECT i, i BETWEEN 10 AND 19 OR i = 50 AS a, i BETWEEN 15 AND 24 OR i IN (60, 61) AS b FROM generate_series(0, 99) AS i;
CREATE FUNCTION pg_temp.said(i integer, version text, stage text, anomaly boolean, ratio float8, latency float8) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('time', pg_temp.at(i), 'equipment_id', 'p', 'power', '2.2kW', 'model_version', version, 'stage', stage, 'source', 'mqtt', 'case', 'A',
        'modalities', '["current"]'::jsonb, 'is_anomaly', anomaly, 'confidence', CASE WHEN anomaly THEN 0.7 ELSE 0.1 END, 'scores', jsonb_build_object('current', ratio),
        'thresholds', '{"current": 1}'::jsonb, 'ratio', jsonb_build_object('current', ratio), 'latency_us', latency)
$$;
SELECT ml.record_predictions((SELECT jsonb_agg(p) FROM (
    SELECT pg_temp.said(i, 'v1', 'champion', a, 0.2 + i / 1000.0, 10) AS p FROM input UNION ALL
    SELECT pg_temp.said(i, 'v2', 'challenger', b, (0.2 + i / 1000.0) * 2, 20 + i) FROM input UNION ALL
    -- inputs that only one of them saw, and one asked for by name
    SELECT pg_temp.said(i, 'v1', 'champion', true, 5, 10) FROM generate_series(200, 202) AS i UNION ALL
    SELECT pg_temp.said(300, 'v2', 'challenger', true, 5, 10) UNION ALL
    SELECT pg_temp.said(301, 'v3', 'requested', true, 5, 10)) AS x)) \g /dev/null
SELECT results_eq($$SELECT champion_version, challenger_version, inputs, only_champion, only_challenger, both_anomalous, only_champion_anomalous, only_challenger_anomalous, both_calm
    FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), pg_temp.at(1000))$$,
    $$VALUES ('v1', 'v2', 100::bigint, 3::bigint, 1::bigint, 5::bigint, 6::bigint, 7::bigint, 82::bigint)$$, 'the same inputs are compared, others counted apart');
SELECT results_eq($$SELECT round(agreement::numeric, 3), round(kappa::numeric, 3) FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), pg_temp.at(1000))$$,
    -- by chance: 0.11 · 0.12 + 0.89 · 0.88 = 0.7964
    $$VALUES (0.870, 0.361)$$, 'agreement, and what of it is more than chance');
SELECT results_eq($$SELECT champion_alarms, challenger_alarms FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), pg_temp.at(1000))$$,
    $$VALUES (1::bigint, 2::bigint)$$, 'alarms that each would have raised: the single anomaly at 50 is none, two in a row at 60 are one');
UPDATE alarm.rule SET parameters = '{"consecutive": 1}' WHERE name = 'model-verdict';
SELECT results_eq($$SELECT champion_alarms, challenger_alarms FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), pg_temp.at(1000))$$,
    $$VALUES (2::bigint, 2::bigint)$$, 'by the rules as they are now');
SELECT results_eq($$SELECT round((modalities -> 'current' ->> 'challenger_to_champion')::numeric, 6), round((modalities -> 'current' ->> 'correlation')::numeric, 6),
    round((modalities -> 'current' ->> 'champion_median')::numeric, 6), modalities -> 'current' -> 'inputs' FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), pg_temp.at(1000))$$,
    $$VALUES (2.000000, 1.000000, 0.249500, '100'::jsonb)$$, 'how the scores compare');
SELECT is((SELECT severities -> 'high' FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), pg_temp.at(1000))), '{"champion": 11, "challenger": 12}', 'severities');
SELECT is((SELECT champion_latency -> 'p50_us' FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), pg_temp.at(1000))), '10', 'latency');
SELECT is((SELECT inputs FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(10), pg_temp.at(20))), 10::bigint, 'from … to, exclusive');
SELECT is((SELECT count(*) FROM alarm.alarm), 0::bigint, 'comparing raises nothing');
SELECT ml.set_alias('p', '2.2kW', 'champion', 'v3');
SELECT is((SELECT inputs FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), pg_temp.at(1000), 'v1', 'v2')), 100::bigint, 'pairs of the past are named');
SET LOCAL ROLE viewer;
SELECT is((SELECT inputs FROM ml.compare_shadow('p', '2.2kW', pg_temp.at(0), pg_temp.at(1000), 'v1', 'v2')), 100::bigint, 'a viewer may look');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
