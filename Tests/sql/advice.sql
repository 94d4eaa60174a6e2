-- Advice: the optimum against a naive integration, what is said where something is missing, stops, work orders, endpoints.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
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

-- The oracle: the distribution from its quantiles, its survival added up in small steps, every step a candidate.
CREATE FUNCTION pg_temp.survival(c plant.advice_case, hours float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (1 - erf((ln(1 + hours) - ln(1 + c.rul)) / sqrt(2) * 1.2815515655446 / CASE WHEN hours < c.rul THEN ln(1 + c.rul) - ln(1 + c.low) ELSE ln(1 + c.high) - ln(1 + c.rul) END)) / 2 $$;
CREATE FUNCTION pg_temp.naive(c plant.advice_case, OUT best float8, OUT rate float8, OUT failing float8, OUT safe float8, OUT mean float8) LANGUAGE plpgsql AS $$
DECLARE
    c_steps CONSTANT integer := 20000;
    x float8; before float8 := 0; alive float8; was float8 := 1; service float8 := 0; r float8;
    s0 float8 := pg_temp.survival(c, c.elapsed);
    -- a tail that matters no more
    far float8 := greatest(c.rul, c.elapsed) * (c.high / c.rul) ^ 5;
BEGIN
    rate := c.preventive / nullif(c.age, 0); best := 0; safe := 0;
    FOR i IN 1 .. c_steps LOOP
        x := (exp(ln(1 + c.elapsed) + (ln(1 + far) - ln(1 + c.elapsed)) * i / c_steps) - 1) - c.elapsed;
        alive := pg_temp.survival(c, c.elapsed + x) / s0;
        service := service + (alive + was) / 2 * (x - before);
        r := (c.preventive * alive + c.failure * (1 - alive)) / (c.age + service);
        IF rate IS NULL OR r < rate THEN rate := r; best := x; END IF;
        IF alive >= 1 - c.risk THEN safe := x; END IF;
        before := x; was := alive;
    END LOOP;
    failing := c.failure / (c.age + service); mean := service;
END $$;
SELECT setseed(0.5) \g /dev/null
CREATE TEMP TABLE tried AS
SELECT i, ROW(i, rul, rul * (0.3 + 0.6 * random()), rul * (1.1 + 1.5 * random()), CASE WHEN i % 3 = 0 THEN rul * random() * 1.5 ELSE 0 END,
    CASE WHEN i % 5 = 0 THEN 0 ELSE 3000 * random() END, 1000 + 9000 * random(), 100 + 900 * random(), 0.01 + 0.3 * random())::plant.advice_case AS c
FROM (SELECT i, 20 + 2000 * random() AS rul FROM generate_series(1, 40) AS i) AS r;
CREATE TEMP TABLE compared AS
SELECT t.i, t.c, o.*, n.* FROM tried AS t JOIN plant.advice_optima((SELECT array_agg(c) FROM tried)) AS o ON o.n = t.i CROSS JOIN LATERAL pg_temp.naive(t.c) AS n;
SELECT is((SELECT count(*) FROM compared), 40::bigint, 'each case has its answer');
SELECT is_empty($$SELECT i, mean_hours, mean FROM compared WHERE abs(mean_hours / mean - 1) > 0.003$$, 'the hours that are to be expected, in closed form');
SELECT is_empty($$SELECT i, best_rate, rate FROM compared WHERE best_rate > rate * 1.0005$$, 'no date is cheaper');
SELECT is_empty($$SELECT i, best_rate, rate FROM compared WHERE best_rate < rate * 0.9995$$, 'and its cost is right');
SELECT is_empty($$SELECT i, best_hours, best, (c).rul FROM compared WHERE abs(best_hours - best) > 0.02 * (c).rul$$, 'the date is the same');
SELECT is_empty($$SELECT i, failing_rate, failing FROM compared WHERE abs(failing_rate / failing - 1) > 0.003$$, 'run to failure');
SELECT is_empty($$SELECT i, safe_hours, safe FROM compared WHERE abs(safe_hours - safe) > 0.003 * ((c).rul + (c).elapsed) OR pg_temp.survival(c, (c).elapsed + safe_hours) / pg_temp.survival(c, (c).elapsed) < 1 - (c).risk - 1e-9$$,
    'the latest safe date is the last one within the risk');
SELECT is_empty($$SELECT i FROM compared WHERE abs(best_risk - (1 - pg_temp.survival(c, (c).elapsed + best_hours) / pg_temp.survival(c, (c).elapsed))) > 1e-6$$, 'the risk until then');
SELECT is_empty($$SELECT t.i FROM compared AS t WHERE abs(plant.advice_excess(t.c, t.best_hours, t.best_rate)) > 1e-6 * (t.c).failure
    OR plant.advice_excess(t.c, t.best_hours * 0.5, t.best_rate) < -0.001 * (t.c).preventive OR plant.advice_excess(t.c, t.best_hours * 1.5 + 1, t.best_rate) < -0.001 * (t.c).preventive$$, 'moving it costs something');
SELECT results_eq($$SELECT n, best_hours, safe_hours > 0, is_expired FROM plant.advice_optima(ARRAY[ROW(1, 300, 200, 450, 0, 9, 500, 500, 0.05), ROW(2, 300, 200, 450, 0, 9, NULL, NULL, 0.05),
        ROW(3, 300, 200, 450, 1e6, 1e6, 5000, 500, 0.05), ROW(4, 300, NULL, NULL, 0, 9, 5000, 500, 0.05)]::plant.advice_case[]) ORDER BY n$$,
    $$VALUES (1, NULL::float8, true, false), (2, NULL, true, false), (3, 0, false, true)$$, 'a failure that costs no more; no costs; outlived; no interval');
SELECT is_empty($$SELECT o.* FROM unnest('{0,1e-100,1,1e100}'::float8[]) AS r, unnest('{0,1e100}'::float8[]) AS h, unnest('{0,1e9}'::float8[]) AS a, unnest('{0,1e12}'::float8[]) AS k,
    plant.advice_optima(ARRAY[ROW(1, r, 0, greatest(r, h), a, a, k, k / 2, 0.05)::plant.advice_case]) AS o WHERE o.safe_hours IS NULL OR o.best_hours < 0$$, 'no number is too great or too small');

-- machines of a plant
SELECT ops.set_setting('plant.advice_propose', 'false') \g /dev/null
INSERT INTO plant.equipment (id, name, type, location, operating_hours) VALUES ('a-1', 'a-1', 'pump', 'line 1', 1000), ('a-2', 'a-2', 'pump', 'line 1', 1000), ('a-3', 'a-3', 'pump', 'line 2', 1000),
    ('a-4', 'a-4', 'fan', 'line 2', 1000), ('a-5', 'a-5', 'pump', 'line 3', 1000), ('a-6', 'a-6', 'pump', NULL, 1000);
INSERT INTO plant.cost (equipment_type, failure, preventive, downtime_per_hour) VALUES ('pump', 10000, 1000, 500);
CREATE FUNCTION pg_temp.told(p_equipment text, p_hours float8, p_more jsonb DEFAULT '{}') RETURNS record LANGUAGE sql AS $$
    SELECT ml.record_rul(jsonb_build_array(jsonb_build_object('equipment_id', p_equipment, 'rul_hours', p_hours, 'lower_hours', p_hours * 0.8, 'upper_hours', p_hours * 1.25) || p_more)) $$;
SELECT pg_temp.told('a-1', 500), pg_temp.told('a-2', 520), pg_temp.told('a-3', 505), pg_temp.told('a-4', 500), pg_temp.told('a-5', 2000),
    pg_temp.told('a-6', 500, '{"lower_hours": null, "upper_hours": null}') \g /dev/null
INSERT INTO plant.failure (equipment_id, failed_at, down_from, down_to, cause) SELECT 'a-5', now() - d * INTERVAL '1 day', now() - d * INTERVAL '1 day', now() - d * INTERVAL '1 day' + INTERVAL '4 hours', 'lubrication'
FROM generate_series(100, 300, 100) AS d;
SELECT results_eq('SELECT equipment_id, reason FROM report.advice() ORDER BY 1', $$VALUES ('a-1', NULL), ('a-2', NULL), ('a-3', NULL), ('a-4', 'no costs are known (plant.cost)'), ('a-5', NULL),
    ('a-6', 'no interval: the method states none, and too few lives have ended to learn one')$$, 'what is missing is said');
SELECT is((SELECT round((basis #>> '{costs,failure}')::numeric) FROM report.advice('a-1')), 12000::numeric, 'a failure costs its standing still, as long as failures of its type took');
SELECT is((SELECT basis #> '{similar_ends,causes}' FROM report.advice('a-1')), '{"lubrication": 3}', 'similar ends in the fleet');
SELECT results_eq($$SELECT round((extract(epoch FROM a.best_at - now()) / 3600)::numeric, 3), round((extract(epoch FROM a.latest_safe_at - now()) / 3600)::numeric, 3), a.best_cost_per_hour FROM report.advice('a-1') AS a$$,
    $$SELECT round(o.best_hours::numeric, 3), round(o.safe_hours::numeric, 3), o.best_rate FROM report.advice('a-1') AS a, plant.advice_optima(ARRAY[a.decided]) AS o$$, 'dates and cost are the optimum''s');
SELECT is((SELECT row((a.decided).age, (a.decided).rul, round((a.decided).preventive))::text FROM report.advice('a-1') AS a), '(1000,500,1000)', 'of its hours, estimate and costs');
SELECT cmp_ok((SELECT latest_safe_at FROM report.advice('a-1', 0.001)), '<', (SELECT latest_safe_at FROM report.advice('a-1', 0.2)), 'less risk is sooner');
SELECT is((SELECT act_at FROM report.advice('a-1', 0.001)), (SELECT least(best_at, latest_safe_at) FROM report.advice('a-1', 0.001)), 'the earlier of the two');
SELECT is(plant.advise(), '6 machines, 0 work orders proposed', 'the job');
SELECT is((SELECT count(*) FROM plant.work_order), 0::bigint, 'switched off it proposes nothing');

-- one stop: a-2 joins a-1 on line 1, a-3 has a stop of its own
SELECT results_eq($$SELECT a.equipment_id, a.stop_at = b.act_at, a.stop_with, a.moving_cost > 0 FROM plant.advice AS a, plant.advice AS b
    WHERE b.equipment_id = CASE WHEN a.equipment_id = 'a-3' THEN 'a-3' ELSE 'a-1' END AND a.equipment_id IN ('a-1', 'a-2', 'a-3') ORDER BY 1$$,
    $$VALUES ('a-1', true, '{a-2}'::text[], false), ('a-2', true, '{a-1}', true), ('a-3', true, '{}', false)$$, 'what is done in one stop');
SELECT ok((SELECT a.moving_cost < 500 * 2 AND abs(a.moving_cost - (plant.advice_excess(r.decided, extract(epoch FROM a.stop_at - now()) / 3600, r.best_cost_per_hour)
    - plant.advice_excess(r.decided, extract(epoch FROM a.act_at - now()) / 3600, r.best_cost_per_hour))) < 0.01 FROM plant.advice AS a, report.advice('a-2') AS r WHERE a.equipment_id = 'a-2'), 'moving it costs less than a second stop');
UPDATE plant.cost SET downtime_per_hour = 0;
SELECT plant.advise() \g /dev/null
SELECT is((SELECT stop_with FROM plant.advice WHERE equipment_id = 'a-2'), '{}', 'a stop that costs nothing is joined by nobody');
UPDATE plant.cost SET downtime_per_hour = 500;
SELECT ops.set_setting('plant.advice_stop_window', '"1 second"') \g /dev/null
SELECT plant.advise() \g /dev/null
SELECT is((SELECT stop_with FROM plant.advice WHERE equipment_id = 'a-2'), '{}', 'nor one that is too far');
SELECT ops.set_setting('plant.advice_stop_window', '"7 days"') \g /dev/null
INSERT INTO plant.maintenance (equipment_id, title, kind, starts_at, ends_at, status)
SELECT 'a-4', 'line 2 stands', 'work_order', act_at - INTERVAL '5 hours', act_at, 'planned' FROM plant.advice WHERE equipment_id = 'a-3';
SELECT plant.advise() \g /dev/null
SELECT results_eq($$SELECT stop_at = (SELECT starts_at FROM plant.maintenance WHERE title = 'line 2 stands'), stop_with FROM plant.advice WHERE equipment_id = 'a-3'$$, $$VALUES (true, '{a-4}'::text[])$$, 'a stop that is planned anyway is used');
SELECT is_empty($$SELECT FROM plant.advice WHERE stop_at > latest_safe_at$$, 'none is later than what is safe');

-- where it is shown
SELECT is((SELECT row(a.what ~ '^Overhaul, [0-9.]+ an hour instead of [0-9.]+, with a-1$', a.status, a.due_at = p.stop_at, a.latest_at = p.latest_safe_at)::text FROM report.maintenance_due AS a JOIN plant.advice AS p USING (equipment_id)
    WHERE a.kind = 'advice' AND a.equipment_id = 'a-2'), '(t,advised,t,t)', 'what is due');
SELECT is(api.get_rul_health('a-2') ->> 'last_maintenance_recommendation', (SELECT api.iso(act_at) FROM plant.advice WHERE equipment_id = 'a-2'), 'health recommends it');
SELECT is(api.get_rul_health('a-6') ->> 'last_maintenance_recommendation', (SELECT api.iso(time + INTERVAL '500 hours') FROM report.current_life WHERE equipment_id = 'a-6'), 'without advice the end');

-- work orders
SELECT ops.set_setting('plant.advice_propose', 'true') \g /dev/null
SELECT ops.set_setting('plant.advice_ahead', '"30 days"') \g /dev/null
SELECT is(plant.advise(), '6 machines, 4 work orders proposed', 'proposed: all but the one with much left and the one without a date');
SELECT is(plant.advise(), '6 machines, 0 work orders proposed', 'not twice');
SELECT results_eq($$SELECT w.equipment_id, w.status, w.kind, w.planned_from = a.stop_at, w.basis ->> 'proposed_by', w.title FROM plant.work_order AS w JOIN plant.advice AS a USING (equipment_id) ORDER BY 1$$,
    $$SELECT v, 'proposed', 'preventive', true, 'job plant.advise', 'Overhaul before it fails' FROM unnest('{a-1,a-2,a-3,a-4}'::text[]) AS v$$, 'a person confirms them');
SELECT is((SELECT status FROM report.maintenance_due WHERE kind = 'advice' AND equipment_id = 'a-1'), 'proposed', 'and sees it');
SELECT w.id AS first, (SELECT id FROM plant.work_order WHERE equipment_id = 'a-2') AS second FROM plant.work_order AS w WHERE equipment_id = 'a-1' \gset
UPDATE plant.work_order SET status = 'cancelled' WHERE id = :second;
SELECT is(plant.advise(), '6 machines, 0 work orders proposed', 'who said no is not asked again in this life');
SELECT is(pg_temp.refusal(v.call), v.refusal, v.call) FROM (VALUES
    (format('api.confirm_advice(%s, ''2026-01-02'', ''2026-01-01'')', :first), 'MW422 planned_to'), (format('api.confirm_advice(%s, assignee => repeat(''x'', 201))', :first), 'MW422 assignee'),
    (format('api.confirm_advice(%s, ''infinity'')', :first), 'MW422 planned_from'),
    ('api.confirm_advice(-1)', 'MW404'), (format('api.confirm_advice(%s)', :second), 'MW409 status'), ('api.list_advice(''nobody'')', 'MW404 device_id'),
    ('api.list_advice(risk => 0)', 'MW422 risk'), ('api.list_advice(risk => ''NaN'')', 'MW422 risk'), ('api.list_advice(risk => 0.6)', 'MW422 risk'), ('api.list_advice("limit" => 0)', 'MW422 limit'), ('api.list_advice(page => 0)', 'MW422 page')) AS v (call, refusal);
SELECT is(api.confirm_advice(:first, now() + INTERVAL '3 days', now() + INTERVAL '4 days', 'Kim') ->> 'status', 'planned', 'confirmed');
SELECT is((SELECT row(assignee, planned_from = now() + INTERVAL '3 days')::text FROM plant.work_order WHERE id = :first), '(Kim,t)', 'as it was asked');
SELECT is(pg_temp.refusal(format('api.confirm_advice(%s)', :first)), 'MW409 status', 'once');
SELECT results_eq($$SELECT kind FROM report.maintenance_due WHERE equipment_id = 'a-1' AND kind IN ('advice', 'work_order')$$, $$VALUES ('work_order')$$, 'then it is a work order');
-- an order by hand is enough
DELETE FROM plant.work_order WHERE equipment_id = 'a-3';
INSERT INTO plant.work_order (equipment_id, title) VALUES ('a-3', 'I know');
SELECT is(plant.advise(), '6 machines, 0 work orders proposed', 'somebody has thought of it');
DELETE FROM plant.work_order WHERE equipment_id = 'a-3';
SELECT is(plant.advise(), '6 machines, 1 work orders proposed', 'who deletes an order may be asked again');

-- a component and its next life
INSERT INTO plant.equipment (id, name, type, location) VALUES ('a-7', 'a-7', 'pump', 'line 7');
INSERT INTO plant.component (equipment_id, name, type) VALUES ('a-7', 'DE', 'bearing'), ('a-7', 'seal', 'seal');
INSERT INTO plant.cost (equipment_type, component_type, failure, preventive) VALUES ('pump', 'bearing', 4000, 100);
INSERT INTO plant.component_life (component_id, installed_at, age_hours) SELECT id, now() - INTERVAL '50 days', 100 FROM plant.component WHERE name = 'DE';
SELECT pg_temp.told('a-7', 200, jsonb_build_object('time', alarm.iso_time(now() - INTERVAL '2 hours'))) \g /dev/null
SELECT is((SELECT row(component, (decided).age, (decided).preventive)::text FROM report.advice('a-7')), '(DE,1300,100)', 'the only part that is in, its age and its costs');
INSERT INTO plant.component_life (component_id, installed_at) SELECT id, now() - INTERVAL '10 days' FROM plant.component WHERE name = 'seal';
SELECT is((SELECT row(component, (decided).preventive)::text FROM report.advice('a-7')), '(,1000)', 'of two the machine');
SELECT pg_temp.told('a-7', 190, jsonb_build_object('time', alarm.iso_time(now() - INTERVAL '1 hour'), 'basis', '{"component": "DE"}'::jsonb)) \g /dev/null
SELECT is((SELECT component FROM report.advice('a-7')), 'DE', 'unless the estimate says which');
SELECT plant.advise() \g /dev/null
SELECT is((SELECT row(w.title, c.name)::text FROM plant.work_order AS w JOIN plant.component AS c ON c.id = w.component_id WHERE w.equipment_id = 'a-7'), '("Replace DE before it fails",DE)', 'replace it');
SELECT is(api.close_work_order((SELECT id FROM plant.work_order WHERE equipment_id = 'a-7'), '{"finding": "worn", "replaced": true}') ->> 'status', 'done', 'it is replaced');
SELECT plant.advise() \g /dev/null
SELECT is((SELECT reason FROM report.advice('a-7')), 'the last estimate is of the life before', 'of the new one nothing is known');
SELECT is((SELECT count(*) FROM plant.work_order WHERE equipment_id = 'a-7'), 1::bigint, 'and nothing is proposed');
INSERT INTO ml.rul_predictions (time, equipment_id, method, rul_hours, lower_hours, upper_hours, basis) VALUES (clock_timestamp(), 'a-7', 'external', 180, 150, 220, '{"component": "DE"}');
SELECT is((SELECT row(reason, component, (decided).age < 1)::text FROM report.advice('a-7')), '(,DE,t)', 'the next life has its own advice');
SELECT plant.advise() \g /dev/null
SELECT is((SELECT count(*) FROM plant.work_order WHERE equipment_id = 'a-7' AND status = 'proposed'), 1::bigint, 'and its own order');

-- endpoints
SELECT is((api.list_advice() ->> 'total')::int, 7, 'all');
SELECT is((SELECT jsonb_agg(x -> 'device_id') FROM jsonb_array_elements(api.list_advice("limit" => 2, page => 2) -> 'items') AS x),
    (SELECT jsonb_agg(y.x -> 'device_id' ORDER BY y.n) FROM jsonb_array_elements(api.list_advice() -> 'items') WITH ORDINALITY AS y (x, n) WHERE y.n IN (3, 4)), 'pages');
SELECT is(api.list_advice('a-1') #>> '{items,0,work_order_status}', 'planned', 'with its order');
SELECT is((SELECT jsonb_agg(x -> 'device_id' ORDER BY x -> 'device_id') FROM jsonb_array_elements(api.list_advice(location => 'line 1') -> 'items') AS x), '["a-1", "a-2"]', 'of a place');
SELECT cmp_ok(api.list_advice('a-5', risk => 0.001) #>> '{items,0,latest_safe_at}', '<', api.list_advice('a-5') #>> '{items,0,latest_safe_at}', 'for less risk');
SELECT is(api.list_advice('a-5', risk => 0.05) #>> '{items,0,risk}', '0.05', 'which is said');
SELECT is_empty($$SELECT e.* FROM api.schema_component AS c, LATERAL api.schema_errors(api.list_advice(), c.definition, '') AS e WHERE c.name = 'AdviceList'$$, 'the answer is what the document says');
-- gone
UPDATE plant.equipment SET status = 'retired' WHERE id = 'a-5';
SELECT plant.advise() \g /dev/null
SELECT is_empty($$SELECT FROM plant.advice WHERE equipment_id = 'a-5'$$, 'a machine that is retired has no advice');
SELECT lives_ok($$SET LOCAL ROLE grafana_reader; SELECT * FROM report.advice() AS x, plant.advice AS y; RESET ROLE$$, 'Grafana reads it');
SELECT * FROM finish();
ROLLBACK;
