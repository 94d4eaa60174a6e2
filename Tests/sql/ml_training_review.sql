-- A challenger against its champion: the policy point by point, promotion by a person or a row, and the way back.
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
INSERT INTO plant.equipment (id, name) VALUES ('c-1', 'c'), ('c-2', 'c'), ('c-3', 'c');
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path) SELECT e, '2.2kW', v, '/x' FROM unnest('{c-1,c-2,c-3}'::text[]) AS e, unnest('{v1,v2}'::text[]) AS v;
SELECT ml.set_alias(e, '2.2kW', 'champion', 'v1'), ml.set_alias(e, '2.2kW', 'challenger', 'v2') FROM unnest('{c-1,c-2}'::text[]) AS e;
-- 600 inputs of the last five hours, each 30 s: who says what, and what was true
CREATE TEMP TABLE input AS SELECT now() - (i * INTERVAL '30 seconds') AS time, i % 40 < 4 AS is_faulty, i % 40 < 3 AS champion, i % 40 < 4 AS challenger FROM generate_series(1, 600) AS i;
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, modalities, is_anomaly, confidence, severity, scores, thresholds, ratio, latency_us)
SELECT i.time, 'c-1', '2.2kW', s.version, s.stage, 'mqtt', '{current}', CASE s.stage WHEN 'champion' THEN i.champion ELSE i.challenger END, 0.7, 'high', '{}', '{}', '{"current": 1}', 15
FROM input AS i CROSS JOIN (VALUES ('champion', 'v1'), ('challenger', 'v2')) AS s (stage, version);

SELECT is(pg_temp.refusal('ml.review_challenger(''c-3'', ''2.2kW'')'), 'MW404 challenger', 'no challenger');
SELECT is(pg_temp.refusal('ml.review_challenger(''nobody'', ''2.2kW'')'), 'MW404 equipment_id', 'no machine');

-- the policy that comes with it: a person decides
UPDATE ml.promotion_policy SET minimum_inputs = 601 WHERE equipment_id = '*';
SELECT ml.review_challenger('c-1', '2.2kW') IS NOT NULL;
SELECT is((SELECT jsonb_object_agg(c ->> 'check', jsonb_build_array(c -> 'passes', c -> 'found')) FROM ml.challenger_review AS r, jsonb_array_elements(r.checks) AS c),
    jsonb_build_object('inputs', jsonb_build_array(false, 600), 'agreement', jsonb_build_array(true, (SELECT avg((champion = challenger)::integer::float8) FROM input)), 'more_alarms_per_week', jsonb_build_array(true, 0)), 'each point with what was found; without a label nothing is said of F1');
SELECT is((SELECT passes FROM ml.challenger_review), false, 'one that does not pass is enough');
UPDATE ml.promotion_policy SET minimum_inputs = 600, more_alarms_per_week = NULL WHERE equipment_id = '*';
SELECT ml.review_challenger('c-1', '2.2kW') IS NOT NULL;
SELECT is((SELECT string_agg(passes::text, ',') FROM ml.challenger_review), 'true', 'now it passes; the review before makes room');
SELECT is((SELECT string_agg(c ->> 'check', ' ') FROM ml.challenger_review AS r, jsonb_array_elements(r.checks) AS c), 'inputs agreement', 'what does not matter is not asked');
SELECT is(ml.review_challengers(), 0, 'but nobody is promoted without a person where the policy says so');
SELECT is((SELECT serving_version FROM ml.serving WHERE equipment_id = 'c-1'), 'v1', 'v1 answers');

-- labels: F1 of both, against counting by hand
UPDATE ops.setting SET value = '"0 seconds"' WHERE name = 'ml.training_margin';
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) SELECT 'c-1', time, time + INTERVAL '30 seconds' FROM input WHERE is_faulty;
SELECT is(ml.labelled_scores('c-1', '2.2kW', 'v1', 'champion', now() - INTERVAL '1 day', now() + INTERVAL '1 minute'), (SELECT jsonb_build_object('labelled', 600,
    'accuracy', avg((champion = is_faulty)::integer::float8), 'precision', 1, 'recall', count(*) FILTER (WHERE champion)::float8 / count(*) FILTER (WHERE is_faulty),
    'f1_score', 2.0::float8 * count(*) FILTER (WHERE champion) / (count(*) FILTER (WHERE champion) + count(*) FILTER (WHERE is_faulty))) FROM input), 'a champion that misses a quarter');
SELECT is((ml.labelled_scores('c-1', '2.2kW', 'v2', 'challenger', now() - INTERVAL '1 day', now() + INTERVAL '1 minute') ->> 'f1_score')::float8, 1::float8, 'a challenger that misses nothing');
SELECT is(ml.labelled_scores('c-2', '2.2kW', 'v2', 'challenger', now() - INTERVAL '1 day', now()) - 'labelled', '{"accuracy": null, "precision": null, "recall": null, "f1_score": null}', 'nothing known, nothing said');
UPDATE ml.promotion_policy SET minimum_gain = 0.2, slowest_latency_us = 14 WHERE equipment_id = '*';
SELECT ml.review_challenger('c-1', '2.2kW') IS NOT NULL;
SELECT is((SELECT string_agg(c ->> 'check', ' ' ORDER BY c ->> 'check') FROM ml.challenger_review AS r, jsonb_array_elements(r.checks) AS c WHERE r.equipment_id = 'c-1' AND c -> 'passes' = 'false'), 'gain slowest_latency_us', 'a gain that is too small, and too slow');

-- against the policy only with a reason
SELECT is(pg_temp.refusal('ml.promote_challenger(''c-1'', ''2.2kW'')'), 'MW409 reason', 'who promotes all the same gives a reason');
SELECT is((SELECT serving_version FROM ml.serving WHERE equipment_id = 'c-1'), 'v1', 'nothing has happened');
SELECT is((api.promote_challenger('c-1', '2.2kW', 'the old one misses faults') ->> 'is_promoted')::boolean, true, 'with one he may');
SELECT results_eq('SELECT serving_version, champion, challenger FROM ml.serving WHERE equipment_id = ''c-1''', $$ VALUES ('v2', 'v2', NULL::text) $$, 'it is champion');
SELECT is((SELECT reason ~ '^review [0-9]+: the old one misses faults$' FROM ml.model_alias WHERE equipment_id = 'c-1' AND alias = 'champion'), true, 'and it stands there why');
SELECT is(ml.rollback_alias('c-1', '2.2kW', 'champion', 'no'), 'v1', 'one call takes it back');
SELECT is((SELECT serving_version FROM ml.serving WHERE equipment_id = 'c-1'), 'v1', 'v1 answers again');

-- by a row
SELECT ml.set_alias('c-1', '2.2kW', 'challenger', 'v2');
INSERT INTO ml.promotion_policy (equipment_id, is_automatic, minimum_inputs, minimum_gain) VALUES ('c-1', true, 100, 0.1);
UPDATE ml.promotion_policy SET is_automatic = true WHERE equipment_id = '*';
SELECT is(ml.review_challengers(), 1, 'one passes the policy of its machine, the other has no inputs');
SELECT results_eq('SELECT equipment_id, serving_version FROM ml.serving WHERE equipment_id IN (''c-1'', ''c-2'') ORDER BY 1', $$ VALUES ('c-1', 'v2'), ('c-2', 'v1') $$, 'it answers');
SELECT is((SELECT reason ~ '^review [0-9]+: it passes the policy$' AND set_by = 'system' FROM ml.model_alias WHERE equipment_id = 'c-1' AND alias = 'champion'), true, 'and it stands there that nobody was asked');
SELECT is((SELECT string_agg(equipment_id || ' ' || is_promoted, ',' ORDER BY id) FROM ml.challenger_review), 'c-1 true,c-1 true,c-2 false', 'reviews that led to something are kept');
SELECT is(ml.review_challengers(), 0, 'once');
SELECT is((SELECT set_by FROM ml.promotion_policy WHERE equipment_id = 'c-1'), session_user::text, 'whose row it is is known');
SELECT is((SELECT count(*) FROM jsonb_array_elements(api.list_challenger_reviews('c-1') -> 'items')), 2::bigint, 'listed');
SELECT throws_ok(format('UPDATE ml.promotion_policy SET %s WHERE equipment_id = ''*''', c), '23514', NULL, 'refused: ' || c)
FROM unnest('{span = ''0'',minimum_inputs = 0,minimum_agreement = 1.1,minimum_agreement = ''NaN'',more_alarms_per_week = ''NaN'',minimum_gain = 2,slowest_latency_us = 0}'::text[]) AS c;
DELETE FROM ml.promotion_policy;
SELECT is(pg_temp.refusal('ml.review_challenger(''c-2'', ''2.2kW'')'), 'MW404 equipment_id', 'without a policy there is nothing to hold them against');
SELECT is(ml.review_challengers(), 0, 'and the job does nothing');
SELECT * FROM finish();
ROLLBACK;
