-- Estimates of remaining life held against ends: which end judges which estimate, corrections of the history, and the
-- scoreboard, each against an oracle that goes estimate by estimate.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE FUNCTION pg_temp.told(p_equipment text, p_at timestamptz, p_hours float8, p_more jsonb DEFAULT '{}') RETURNS record
    LANGUAGE sql AS $$
    SELECT ml.record_rul(jsonb_build_array(jsonb_build_object('equipment_id', p_equipment, 'rul_hours', p_hours,
        'time', alarm.iso_time(p_at)) || p_more)) $$;
INSERT INTO plant.equipment (id, name, type)
SELECT 'o-' || i, 'o-' || i, CASE WHEN i % 2 = 0 THEN 'pump' ELSE 'press' END FROM generate_series(1, 12) AS i;
INSERT INTO plant.component (equipment_id, name, type)
SELECT e.id, c.name, 'bearing' FROM plant.equipment AS e CROSS JOIN (VALUES ('a'), ('b')) AS c (name);
SELECT date_trunc('hour', now()) - INTERVAL '200 days' AS t0 \gset

-- one life: 100 hours, an estimate each 10
INSERT INTO plant.component_life (component_id, installed_at, removed_at, end_reason)
SELECT c.id, :'t0', :'t0'::timestamptz + INTERVAL '100 hours', 'failed'
FROM plant.component AS c WHERE c.equipment_id = 'o-1' AND c.name = 'a';
SELECT pg_temp.told('o-1', :'t0'::timestamptz + i * INTERVAL '10 hours', 100 - 10 * i + 5,
    jsonb_build_object('lower_hours', greatest(0, 90 - 10 * i), 'upper_hours', 120 - 10 * i)) FROM generate_series(-1, 10) AS i \g /dev/null
SELECT is(ml.outcome_judge(), 1, 'one end is judged');
SELECT results_eq($$SELECT actual_hours::numeric, rul_hours::numeric FROM ml.rul_outcome ORDER BY time$$,
    $$SELECT 100 - 10.0 * i, 105 - 10.0 * i FROM generate_series(0, 9) AS i$$, 'what was told during the life, and nothing else');
SELECT is(ml.outcome_judge(), 0, 'again: nothing');
SELECT results_eq($$SELECT lives, censored_lives, estimates, round(rmse::numeric, 6), round(mae::numeric, 6), round(bias::numeric, 6),
        alpha_lambda_accuracy, prognostic_horizon_hours, coverage, raw_coverage FROM report.rul_scoreboard$$,
    $$VALUES (1::bigint, 0::bigint, 10::bigint, 5.0, 5.0, 5.0, 1::float8, 100::float8, 1::float8, 1::float8)$$, 'the scoreboard of it');
SELECT is((SELECT round(nasa_score::numeric, 6) FROM report.rul_scoreboard), round((exp(0.5) - 1)::numeric, 6), 'NASA''s score: five hours too late');

-- corrected: later, earlier, prevented, deleted, and back
UPDATE plant.component_life SET removed_at = removed_at + INTERVAL '20 hours';
SELECT is(ml.outcome_judge(), 1, 'a life that was edited is judged again');
SELECT is((SELECT row(count(*), min(actual_hours), max(actual_hours), count(DISTINCT ended_at))::text FROM ml.rul_outcome), '(11,20,120,1)', 'against its new end');
UPDATE plant.component_life SET removed_at = removed_at - INTERVAL '65 hours';
SELECT is(ml.outcome_judge(), 1, 'edited again');
SELECT is((SELECT row(count(*), min(actual_hours), max(actual_hours))::text FROM ml.rul_outcome), '(6,5,55)', 'what came after its end is judged no more');
SELECT is((SELECT count(*) FROM ml.rul_ended), 1::bigint, 'and the old end is gone');
UPDATE plant.component_life SET end_reason = 'preventive';
SELECT ml.outcome_judge() \g /dev/null
SELECT results_eq($$SELECT lives, censored_lives, estimates, rmse, coverage FROM report.rul_scoreboard$$,
    $$VALUES (0::bigint, 1::bigint, 0::bigint, NULL::float8, NULL::float8)$$, 'prevented: censored, counted and not judged');
DELETE FROM plant.component_life;
SELECT ml.outcome_judge() \g /dev/null
SELECT is((SELECT count(*) FROM ml.rul_outcome), 0::bigint, 'a life that was deleted judges nothing');
SELECT is_empty('SELECT FROM ml.rul_ended', 'and has no end');
INSERT INTO plant.component_life (component_id, installed_at, removed_at, end_reason)
SELECT c.id, :'t0', :'t0'::timestamptz + INTERVAL '100 hours', 'failed'
FROM plant.component AS c WHERE c.equipment_id = 'o-1' AND c.name = 'a';
SELECT ml.outcome_judge() \g /dev/null
SELECT is((SELECT count(*) FROM ml.rul_outcome), 10::bigint, 'it is back');
-- the estimates themselves may go
DELETE FROM ml.rul_predictions WHERE time < :'t0'::timestamptz + INTERVAL '55 hours';
UPDATE plant.component_life SET removed_at = removed_at + INTERVAL '1 hour';
SELECT ml.outcome_judge() \g /dev/null
SELECT is((SELECT row(count(*), max(actual_hours))::text FROM ml.rul_outcome), '(11,101)', 'what was judged is judged again without its estimates');
-- late
SELECT pg_temp.told('o-1', :'t0'::timestamptz + INTERVAL '3 hours', 77) \g /dev/null
SELECT is(ml.outcome_judge(), 1, 'an estimate that comes late is judged');
SELECT is((SELECT actual_hours FROM ml.rul_outcome WHERE rul_hours = 77), 98::float8, 'too');
SELECT pg_temp.told('o-1', now() - INTERVAL '1 hour', 77) \g /dev/null
SELECT is(ml.outcome_judge(), 0, 'one of now waits for its end');
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, value)
VALUES (:'t0'::timestamptz + INTERVAL '30 hours', 'o-1', 'p', 'v', 'mqtt', '{}', false, 0, '{}', '{}', '{}', 60);
SELECT ml.judge_regressors(ARRAY[ROW('o-1', 'p', 'rul', 'v', :'t0'::timestamptz + INTERVAL '30 hours')::ml.spoken]) \g /dev/null
SELECT is((SELECT row(ml.outcome_judge())::text), '(1)', 'a bundle''s prediction that comes late is noted as well');
SELECT results_eq($$SELECT power, model_version, rul_hours, actual_hours, told_lower_hours FROM ml.rul_outcome WHERE method = 'bundle'$$,
    $$VALUES ('p', 'v', 60::float8, 71::float8, NULL::float8)$$, 'and judged');

-- which end: of two components the first one after the estimate, the failure's moment and not the part's removal
DELETE FROM plant.component_life;
DELETE FROM ml.rul_predictions;
DELETE FROM ml.serve_ml_predictions;
SELECT ml.outcome_judge() \g /dev/null
INSERT INTO plant.component_life (component_id, installed_at, removed_at, end_reason)
SELECT c.id, :'t0'::timestamptz + v.a * INTERVAL '1 hour', :'t0'::timestamptz + v.b * INTERVAL '1 hour', v.why
FROM plant.component AS c JOIN (VALUES ('a', 0, 50, 'preventive'), ('a', 50, 130, 'failed'), ('b', 0, 100, 'failed'), ('b', 100, 130, 'preventive'))
    AS v (name, a, b, why) ON v.name = c.name WHERE c.equipment_id = 'o-2';
INSERT INTO plant.failure (equipment_id, component_id, failed_at, down_from, down_to)
SELECT 'o-2', c.id, :'t0'::timestamptz + INTERVAL '96 hours', :'t0'::timestamptz + INTERVAL '96 hours', :'t0'::timestamptz + INTERVAL '101 hours'
FROM plant.component AS c WHERE c.equipment_id = 'o-2' AND c.name = 'b';
INSERT INTO plant.failure (equipment_id, failed_at) VALUES ('o-3', :'t0'::timestamptz + INTERVAL '40 hours');
SELECT pg_temp.told(m, :'t0'::timestamptz + h * INTERVAL '1 hour', 10) FROM (VALUES ('o-2', 10), ('o-2', 60), ('o-2', 98), ('o-2', 120), ('o-2', 140), ('o-3', 39), ('o-3', 41)) AS v (m, h) \g /dev/null
SELECT ml.outcome_judge() \g /dev/null
SELECT results_eq(format($$SELECT equipment_id, (extract(epoch FROM time - %L::timestamptz) / 3600)::int, actual_hours, is_censored FROM ml.rul_outcome ORDER BY 1, 2$$, :'t0'),
    $$VALUES ('o-2', 10, 40::float8, true), ('o-2', 60, 36::float8, false), ('o-2', 98, 32::float8, false), ('o-2', 120, 10::float8, false), ('o-3', 39, 1::float8, false)$$,
    'each estimate is held against the first end after it');
SELECT is((SELECT reason FROM ml.rul_end WHERE equipment_id = 'o-2' ORDER BY ended_at DESC LIMIT 1), 'failed', 'of two that ended at once the failure counts');
-- no more than so many of a life
SELECT ml.record_rul((SELECT jsonb_agg(jsonb_build_object('equipment_id', 'o-4', 'rul_hours', 5, 'time', alarm.iso_time(:'t0'::timestamptz + i * INTERVAL '1 minute')))
    FROM generate_series(1, 5000) AS i)) \g /dev/null
INSERT INTO plant.failure (equipment_id, failed_at) VALUES ('o-4', :'t0'::timestamptz + INTERVAL '5000.5 minutes');
SELECT ml.outcome_judge() \g /dev/null
SELECT is((SELECT count(*) FROM ml.rul_outcome WHERE equipment_id = 'o-4'), 100::bigint, 'so many of a life as the setting says');
SELECT cmp_ok((SELECT max(d) FROM (SELECT extract(epoch FROM time - lag(time) OVER (ORDER BY time)) AS d FROM ml.rul_outcome WHERE equipment_id = 'o-4') AS x), '<=', 3060::numeric, 'evenly');
SELECT cmp_ok((SELECT min(actual_hours) FROM ml.rul_outcome WHERE equipment_id = 'o-4'), '<', 0.01::float8, 'to the last');
-- a cap is not an error
SELECT pg_temp.told('o-5', :'t0', 125, '{"lower_hours": 110, "upper_hours": 125, "basis": {"cap_hours": 125}}') \g /dev/null
INSERT INTO plant.failure (equipment_id, failed_at) VALUES ('o-5', :'t0'::timestamptz + INTERVAL '400 hours');
SELECT ml.outcome_judge() \g /dev/null
SELECT is((SELECT row(error, told_coverage, is_accurate_at_lambda)::text FROM report.rul_outcome_life WHERE equipment_id = 'o-5'), '(0,1,f)', 'a method that never says more is held against that much');
-- retention
SELECT ops.set_setting('ml.outcome_retention', '"100 days"') \g /dev/null
SELECT ml.outcome_judge() \g /dev/null
SELECT is_empty('SELECT FROM ml.rul_outcome UNION ALL SELECT FROM ml.rul_ended', 'what is too old goes');
SELECT ops.set_setting('ml.outcome_retention', 'null') \g /dev/null
SELECT cmp_ok(ml.outcome_judge(), '>', 0, 'and is known again');

-- The scoreboard against an oracle: random lives, estimates and reasons, gone through one by one.
DELETE FROM plant.failure; DELETE FROM plant.component_life; DELETE FROM ml.rul_predictions; DELETE FROM ml.rul_outcome;
SELECT setseed(0.23) \g /dev/null
INSERT INTO plant.component_life (component_id, installed_at, removed_at, end_reason)
SELECT c.id, :'t0'::timestamptz + k * INTERVAL '400 hours', :'t0'::timestamptz + k * INTERVAL '400 hours' + (100 + 250 * random()) * INTERVAL '1 hour',
    (ARRAY['failed', 'failed', 'preventive', 'other'])[1 + floor(4 * random())::int]
FROM plant.component AS c CROSS JOIN generate_series(0, 3) AS k WHERE c.name = 'a';
INSERT INTO ml.rul_predictions (time, equipment_id, method, model_version, rul_hours, lower_hours, upper_hours)
SELECT x.time, x.equipment_id, x.method, x.version, x.rul, CASE WHEN x.method = 'external' THEN x.rul * 0.7 END, CASE WHEN x.method = 'external' THEN x.rul * 1.3 END
FROM (SELECT :'t0'::timestamptz + k * INTERVAL '7.3 hours' AS time, e.id AS equipment_id, m.method, m.version, 350 * random() ^ 2 AS rul
      FROM plant.equipment AS e CROSS JOIN generate_series(0, 220) AS k CROSS JOIN (VALUES ('external', ''), ('external', 'v2'), ('rul_lite', '')) AS m (method, version)) AS x
WHERE hashtext(x.equipment_id || x.method || x.time::text) % 3 <> 0;
SELECT ml.outcome_judge() \g /dev/null
CREATE TEMP TABLE naive (method text, version text, type text, lives int, censored int, n int, se float8, ae float8, e float8, al int, al_n int, horizon float8, nasa float8);
DO $$
DECLARE
    l record; p record; v text; m text; held float8; err float8; s naive; standing float8; life float8; horizon float8; broken boolean; nasa float8; k int;
BEGIN
    FOR m, v IN VALUES ('external', ''), ('external', 'v2'), ('rul_lite', '') LOOP
        FOR l IN SELECT c.equipment_id, e.type, x.* FROM plant.component_life AS x JOIN plant.component AS c ON c.id = x.component_id JOIN plant.equipment AS e ON e.id = c.equipment_id LOOP
            s := (m, v, l.type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            k := 0; standing := NULL; horizon := 0; broken := false; nasa := 0;
            life := extract(epoch FROM l.removed_at - l.installed_at) / 3600;
            FOR p IN SELECT * FROM ml.rul_predictions AS x WHERE x.equipment_id = l.equipment_id AND x.method = m AND x.model_version = v
                AND x.time >= l.installed_at AND x.time < l.removed_at ORDER BY x.time DESC LOOP
                held := extract(epoch FROM l.removed_at - p.time) / 3600;
                err := p.rul_hours - held;
                k := k + 1;
                s.se := s.se + err * err; s.ae := s.ae + abs(err); s.e := s.e + err;
                broken := broken OR abs(err) > 0.2 * life;
                IF NOT broken THEN horizon := held; END IF;
                nasa := nasa + CASE WHEN err < 0 THEN exp(-err / 13) - 1 ELSE exp(least(err / 10, 230)) - 1 END;
                IF standing IS NULL AND held >= life / 2 THEN standing := greatest(p.rul_hours - (held - life / 2), 0); END IF;
            END LOOP;
            CONTINUE WHEN k = 0;
            IF l.end_reason <> 'failed' THEN
                INSERT INTO naive (method, version, type, lives, censored, n) VALUES (m, v, l.type, 0, 1, 0);
                CONTINUE;
            END IF;
            s.lives := 1; s.n := k; s.horizon := horizon; s.nasa := nasa / k;
            IF standing IS NOT NULL THEN s.al_n := 1; s.al := (abs(standing - life / 2) <= 0.2 * life / 2)::int; END IF;
            INSERT INTO naive SELECT s.*;
        END LOOP;
    END LOOP;
END $$;
SELECT results_eq($$SELECT method, model_version, equipment_type, lives, censored_lives, estimates, round(rmse::numeric, 6), round(mae::numeric, 6), round(bias::numeric, 6),
        round(alpha_lambda_accuracy::numeric, 6), round(prognostic_horizon_hours::numeric, 6), (nasa_score::numeric / power(10, floor(log(nasa_score::numeric))))::numeric(12, 8)
        FROM report.rul_scoreboard ORDER BY 1, 2, 3$$,
    $$SELECT method, version, type, sum(lives), sum(censored), sum(n), round(sqrt(sum(se) / sum(n))::numeric, 6), round((sum(ae) / sum(n))::numeric, 6), round((sum(e) / sum(n))::numeric, 6),
        round(sum(al)::numeric / sum(al_n), 6), round((sum(horizon) / sum(lives))::numeric, 6), (sum(nasa)::numeric / power(10, floor(log(sum(nasa)::numeric))))::numeric(12, 8)
        FROM naive GROUP BY 1, 2, 3 ORDER BY 1, 2, 3$$, 'as who goes through every estimate finds it');
SELECT cmp_ok((SELECT min(lives) FROM report.rul_scoreboard), '>', 3::bigint, 'there was something to find');

-- what clients see
SELECT is((api.get_rul_stats(start_time => 'epoch', device_id => x.equipment_id) -> 'judged' ->> 'lives')::bigint, x.lives, 'stats of one machine')
FROM (SELECT equipment_id, count(DISTINCT ended_at) AS lives FROM report.rul_outcome_life WHERE NOT is_censored GROUP BY 1 ORDER BY 2 DESC LIMIT 1) AS x;
SELECT is(round((api.get_rul_stats(start_time => 'epoch') ->> 'prediction_accuracy')::numeric, 6), (SELECT round(sum(al)::numeric / sum(al_n), 6) FROM naive), 'prediction_accuracy is alpha-lambda accuracy');
SELECT is(api.get_rul_stats(start_time => now() - INTERVAL '1 day') -> 'prediction_accuracy', 'null', 'no end in the time that is asked for: nothing');
SELECT is(jsonb_array_length(api.get_rul_scoreboard() -> 'items'), 6, 'the scoreboard');
SELECT is((api.get_rul_scoreboard(method => 'rul_lite', equipment_type => 'pump') -> 'items' -> 0 ->> 'lives')::bigint, (SELECT lives FROM report.rul_scoreboard WHERE method = 'rul_lite' AND equipment_type = 'pump'), 'of one method and type');
SELECT is(api.get_rul_scoreboard(method => 'none') -> 'items', '[]', 'of none');
-- no number is too great or too small
INSERT INTO plant.equipment (id, name, type) SELECT 'x-' || i, 'x', 'odd' FROM generate_series(1, 30) AS i;
INSERT INTO ml.rul_predictions (time, equipment_id, method, rul_hours, lower_hours, upper_hours)
SELECT :'t0'::timestamptz + k * INTERVAL '1 hour', 'x-' || i, 'external', v.r, v.l, v.u FROM generate_series(1, 30) AS i
CROSS JOIN (VALUES (1, 0::float8, 0::float8, 1e100), (2, 1e100, 0, 1e100), (3, 1e-100, 1e-100, 1e-100), (4, 1e100, 1e100, 1e100), (5, 1e100, NULL, NULL)) AS v (k, r, l, u);
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, value)
SELECT :'t0'::timestamptz + k * INTERVAL '1 hour', 'x-' || i, 'p', 'v', 'mqtt', '{}', false, 0, '{}', '{}', '{}', v.v FROM generate_series(1, 30) AS i CROSS JOIN (VALUES (1, -1e100), (2, 1e100), (3, -1.7e308), (4, -0.5)) AS v (k, v);
INSERT INTO plant.failure (equipment_id, failed_at) SELECT 'x-' || i, :'t0'::timestamptz + CASE WHEN i % 2 = 0 THEN INTERVAL '6 hours' ELSE INTERVAL '190 days' END FROM generate_series(1, 30) AS i;
INSERT INTO plant.cost (equipment_type, failure, preventive, downtime_per_hour) VALUES ('odd', 999999999999.99, 0.01, 999999999999.99);
SELECT lives_ok('SELECT ml.judge_outcomes()', 'the job');
SELECT cmp_ok((SELECT count(*) FROM ml.rul_correction WHERE equipment_type = 'odd' AND shift IS NOT NULL), '=', 2::bigint, 'learns from them');
INSERT INTO ml.rul_predictions (time, equipment_id, method, rul_hours, lower_hours, upper_hours)
SELECT now(), 'x-' || i, 'external', v.r, v.l, v.u FROM (VALUES (1, 0::float8, 0::float8, 1e100), (2, 1e100, 0, 1e100), (3, 1e-100, 1e-100, 1e-100), (4, 1e100, 1e100, 1e100), (5, 1e100, NULL, NULL)) AS v (i, r, l, u);
SELECT lives_ok($$SELECT to_jsonb(a), to_jsonb(b), to_jsonb(c), api.get_rul_stats(start_time => 'epoch'), api.get_rul_scoreboard(), api.list_rul_health(), api.list_rul_predictions(start_time => 'epoch')
    FROM report.rul_scoreboard AS a, report.rul_coverage AS b, report.rul_outcome_life AS c LIMIT 100$$, 'the views and endpoints');
SELECT lives_ok($$SELECT plant.advise(), to_jsonb(r), api.list_advice(risk => 0.001) FROM report.advice_backtest('epoch', now()) AS r$$, 'advice');
SELECT lives_ok('SELECT to_jsonb(d) FROM report.maintenance_due AS d', 'and what is due');
SELECT lives_ok($$SET LOCAL ROLE grafana_reader; SELECT * FROM report.rul_scoreboard, report.rul_coverage, report.remaining_life LIMIT 1; RESET ROLE$$, 'Grafana reads it');
SELECT * FROM finish();
ROLLBACK;
