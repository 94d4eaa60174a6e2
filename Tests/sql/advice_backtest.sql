-- The backtest of advice on fleets whose lives are known, against an oracle that goes machine by machine, estimate by
-- estimate.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT setseed(0.17) \g /dev/null
SELECT date_trunc('hour', now()) - INTERVAL '400 days' AS t0 \gset
CREATE FUNCTION pg_temp.normal() RETURNS float8 LANGUAGE sql VOLATILE AS $$ SELECT sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) $$;
-- pumps: Weibull, wearing out (shape 3); fans: a Wiener process with drift (inverse Gaussian first passage); valves: no wear (exponential), nobody estimates
INSERT INTO plant.equipment (id, name, type) SELECT t || '-' || i, t, t FROM unnest('{pump,fan,valve}'::text[]) AS t, generate_series(1, 27) AS i;
INSERT INTO plant.component (equipment_id, name, type) SELECT id, 'c', 'bearing' FROM plant.equipment;
INSERT INTO plant.cost (equipment_type, component_type, failure, preventive, downtime_per_hour) VALUES ('pump', 'bearing', 4000, 500, 200), ('fan', NULL, 3000, 800, 0), ('valve', 'bearing', 2000, 500, 100);
CREATE TEMP TABLE life AS
SELECT e.id AS equipment_id, e.type, c.id AS component_id, :'t0'::timestamptz + n.k * INTERVAL '100 days' AS began_at,
       greatest(CASE e.type WHEN 'pump' THEN 900 * (- ln(1 - random())) ^ (1 / 3.0) WHEN 'valve' THEN least(900 * - ln(1 - random()), 2300)
           -- Michael, Schucany and Haas: mean 900, shape 9000
           ELSE CASE WHEN u.u <= 900 / (900 + m.x) THEN m.x ELSE 900 ^ 2 / m.x END END, 60) AS hours
FROM plant.equipment AS e JOIN plant.component AS c ON c.equipment_id = e.id CROSS JOIN generate_series(0, 1) AS n (k)
CROSS JOIN LATERAL (SELECT pg_temp.normal() ^ 2 + 0 * n.k AS y) AS z
CROSS JOIN LATERAL (SELECT 900 + 900 ^ 2 * z.y / 18000 - 900 / 18000.0 * sqrt(4 * 900 * 9000.0 * z.y + (900 * z.y) ^ 2) AS x) AS m
CROSS JOIN LATERAL (SELECT random() + 0 * n.k AS u) AS u;
INSERT INTO plant.component_life (component_id, installed_at, removed_at, end_reason)
SELECT component_id, began_at, began_at + hours * INTERVAL '1 hour', CASE WHEN type = 'pump' AND equipment_id LIKE '%7' THEN 'preventive' ELSE 'failed' END FROM life;
-- every third failure with its own time of standing still
INSERT INTO plant.failure (equipment_id, component_id, failed_at, down_from, down_to)
SELECT equipment_id, component_id, began_at + hours * INTERVAL '1 hour', began_at + hours * INTERVAL '1 hour', began_at + (hours + 1 + 20 * random()) * INTERVAL '1 hour'
FROM life WHERE NOT (type = 'pump' AND equipment_id LIKE '%7') AND right(equipment_id, 1) IN ('1', '4', '8');
INSERT INTO ml.rul_predictions (time, equipment_id, method, rul_hours, lower_hours, upper_hours)
SELECT l.began_at + l.hours * (k + 0.5) / 30 * INTERVAL '1 hour', l.equipment_id, 'external', r.rul, r.rul * exp(-0.25 * 1.28), r.rul * exp(0.25 * 1.28)
FROM life AS l CROSS JOIN generate_series(0, 29) AS k CROSS JOIN LATERAL (SELECT l.hours * (1 - (k + 0.5) / 30) * exp(0.25 * pg_temp.normal()) AS rul) AS r
WHERE l.type <> 'valve';
-- what does not govern has no part
INSERT INTO ml.rul_predictions (time, equipment_id, method, rul_hours, lower_hours, upper_hours)
SELECT time, equipment_id, 'rul_lite', 1, 1, 1 FROM ml.rul_predictions;
SELECT ml.outcome_judge() \g /dev/null

-- the oracle
CREATE TEMP TABLE naive (type text, lives int, hours float8, advice_cost float8, advice_hours float8, advice_failures int, failing_cost float8);
CREATE TEMP TABLE price AS
SELECT e.type, k.preventive::float8, k.failure + k.downtime_per_hour * m.hours AS expected, k.failure::float8, k.downtime_per_hour::float8 AS hourly, m.hours AS down
FROM (SELECT DISTINCT type FROM plant.equipment) AS e JOIN plant.cost AS k ON k.equipment_type = e.type
CROSS JOIN LATERAL (SELECT avg(extract(epoch FROM f.down_to - f.down_from))::float8 / 3600 AS hours FROM plant.failure AS f JOIN plant.equipment AS x ON x.id = f.equipment_id WHERE x.type = e.type) AS m;
CREATE TEMP TABLE word AS
SELECT l.equipment_id, l.began_at, r.time, least(o.best_hours, o.safe_hours) AS hours
FROM life AS l JOIN price AS k USING (type)
JOIN ml.rul_predictions AS r ON r.equipment_id = l.equipment_id AND r.method = 'external' AND r.time >= l.began_at AND r.time < l.began_at + l.hours * INTERVAL '1 hour'
CROSS JOIN LATERAL plant.advice_optima(ARRAY[ROW(1, r.rul_hours, r.lower_hours, r.upper_hours, 0, extract(epoch FROM r.time - l.began_at) / 3600, k.expected, k.preventive, 0.05)::plant.advice_case]) AS o;
DO $$
DECLARE
    l record; p record; k price; v_failure float8; v_at float8; v_due float8;
BEGIN
    FOR l IN SELECT * FROM life AS x WHERE NOT (x.type = 'pump' AND x.equipment_id LIKE '%7') LOOP
        SELECT * INTO k FROM price AS x WHERE x.type = l.type;
        v_failure := k.failure + k.hourly * coalesce((SELECT extract(epoch FROM f.down_to - f.down_from) / 3600 FROM plant.failure AS f
            WHERE f.equipment_id = l.equipment_id AND f.failed_at BETWEEN l.began_at AND l.began_at + l.hours * INTERVAL '1 hour'), k.down);
        v_at := NULL; v_due := NULL;
        FOR p IN SELECT extract(epoch FROM w.time - l.began_at) / 3600 AS at, w.hours FROM word AS w WHERE w.equipment_id = l.equipment_id AND w.began_at = l.began_at ORDER BY w.time LOOP
            -- the date of the word before had come
            IF v_due < p.at THEN v_at := v_due; EXIT; END IF;
            v_due := p.at + p.hours;
        END LOOP;
        IF v_at IS NULL AND v_due < l.hours THEN v_at := v_due; END IF;
        INSERT INTO naive VALUES (l.type, 1, l.hours, CASE WHEN v_at IS NULL THEN v_failure ELSE k.preventive END, coalesce(v_at, l.hours), (v_at IS NULL)::int, v_failure);
    END LOOP;
END $$;
CREATE TEMP TABLE got AS SELECT * FROM report.advice_backtest(:'t0', now());
SELECT results_eq($$SELECT equipment_type, lives, advice_failures, round(advice_cost::numeric, 2), round(failing_cost::numeric, 2), round(service_hours::numeric, 3) FROM got$$,
    $$SELECT type, count(*), sum(advice_failures), round((sum(hours) * sum(advice_cost) / sum(advice_hours))::numeric, 2), round(sum(failing_cost)::numeric, 2), round(sum(hours)::numeric, 3) FROM naive GROUP BY 1 ORDER BY 1$$,
    'as who goes machine by machine finds it');
SELECT is_empty($$SELECT FROM got WHERE equipment_type <> 'valve' AND NOT (advice_cost < 0.6 * failing_cost)$$, 'advice costs less than run to failure');
SELECT is_empty($$SELECT FROM got WHERE equipment_type <> 'valve' AND NOT (advice_cost < fixed_cost)$$, 'and than the best fixed interval, which does not know the machine');
SELECT is_empty($$SELECT FROM got WHERE fixed_cost > failing_cost * (1 + 1e-9)$$, 'the best fixed interval is never worse than none');
SELECT is((SELECT row(lives_without_estimate, advice_failures, advice_cost = failing_cost)::text FROM got WHERE equipment_type = 'valve'), '(54,54,t)', 'where nobody estimates, advice is run to failure');
SELECT is((SELECT lives_left_out FROM got WHERE equipment_type = 'pump'), 6::bigint, 'lives that were ended otherwise are left out, and counted');
-- every hour as a fixed interval
CREATE TEMP TABLE fixed AS
SELECT n.type, t.hours, sum(CASE WHEN n.hours >= t.hours THEN k.preventive ELSE n.failing_cost END) / sum(least(n.hours, t.hours)) AS rate
FROM naive AS n JOIN plant.cost AS k ON k.equipment_type = n.type CROSS JOIN generate_series(60, 2400, 1) AS t (hours) GROUP BY 1, 2;
SELECT is_empty($$SELECT f.* FROM fixed AS f JOIN got AS g ON g.equipment_type = f.type WHERE f.rate < g.fixed_cost_per_hour * (1 - 1e-9)$$, 'no fixed interval is better');
SELECT is_empty($$SELECT g.equipment_type FROM got AS g WHERE (SELECT min(f.rate) FROM fixed AS f WHERE f.type = g.equipment_type) > g.fixed_cost_per_hour * 1.01$$, 'and its cost is right');
SELECT is_empty($$SELECT f.type FROM fixed AS f JOIN report.advice_backtest('2000-01-01', now(), fixed_hours => 400) AS g ON g.equipment_type = f.type
    WHERE f.hours = 400 AND (abs(f.rate / g.fixed_cost_per_hour - 1) > 1e-9 OR g.fixed_interval_hours <> 400)$$, 'one that is asked for');
SELECT results_eq($$SELECT equipment_type FROM report.advice_backtest('2000-01-01', now(), 'fan')$$, $$VALUES ('fan')$$, 'one type');
SELECT is_empty($$SELECT FROM report.advice_backtest('2000-01-01', '2001-01-01')$$, 'no lives, no answer');
SELECT cmp_ok((SELECT advice_failures FROM report.advice_backtest('2000-01-01', now(), 'pump', 0.001)), '<=', (SELECT advice_failures FROM got WHERE equipment_type = 'pump'), 'less risk, no more failures');
-- what a life was really told: estimates that know nothing are no help
UPDATE ml.rul_outcome AS o SET rul_hours = x.r, told_lower_hours = x.r * 0.75, told_upper_hours = x.r * 1.35
FROM (SELECT equipment_id, time, method, 30 + 900 * random() AS r FROM ml.rul_outcome) AS x WHERE (x.equipment_id, x.time, x.method) = (o.equipment_id, o.time, o.method);
SELECT cmp_ok((SELECT advice_cost FROM report.advice_backtest('2000-01-01', now(), 'pump')), '>', (SELECT 1.3 * advice_cost FROM got WHERE equipment_type = 'pump'), 'the backtest can fail a method');
SELECT * FROM finish();
ROLLBACK;
