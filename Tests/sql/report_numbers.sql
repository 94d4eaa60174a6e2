-- What reports say of a plant whose figures were worked out by hand (report_plant), and against naive oracles on random plants.
BEGIN;
SET client_min_messages = warning;
SELECT no_plan();
\ir report_plant

-- Shift.
SELECT results_eq($$SELECT equipment, availability::float8, running, stopped, starts, alarms, critical, anomalies FROM report.shift_machines('2026-03-08 22:00+09', '2026-03-09 06:00+09')$$,
    $$VALUES ('press-01', 1::float8, '8 h'::interval, '0'::interval, 0::bigint, 2::bigint, 1::bigint, 0::bigint), ('fan-03', NULL, NULL, NULL, NULL, 0, 0, 0), ('pump-02', 1, '8 h', '0', 0, 0, 0, 0)$$,
    'a shift: the alarm that was taken back counts nowhere, and what nobody knows is not 0');
SELECT results_eq($$SELECT raised_at, severity, rule, peak_value, standing, acknowledged_by FROM report.shift_alarms('2026-03-08 22:00+09', '2026-03-09 06:00+09')$$,
    $$VALUES ('2026-03-09 03:00+09'::timestamptz, 'critical', 'very hot', 91.25::float8, '3 h'::interval, 'kim'), ('2026-03-08 22:10+09', 'medium', 'hot', 66.5, '30 min', 'kim')$$,
    'alarms: worst first, standing until the end of the shift');
SELECT is((SELECT row(h.severity, h.standing, h.acknowledged, h.value)::text FROM report.shift_handover('2026-03-08 22:00+09', x.t) AS h), x.wanted, 'handed over as it was at ' || x.t)
FROM (VALUES ('2026-03-09 03:10+09'::timestamptz, '(high,00:10:00,f,77)'), ('2026-03-09 06:00+09', '(critical,03:00:00,f,88)'), ('2026-03-09 08:59+09', '(critical,05:59:00,t,91.25)'),
             ('2026-03-09 09:00+09', NULL), ('2026-03-09 03:00+09', NULL), ('2026-03-08 22:30+09', '(medium,00:20:00,t,66.5)')) AS x (t, wanted);
SELECT results_eq($$SELECT occurred_at, actor, event, comment FROM report.shift_actions('2026-03-08 22:00+09', '2026-03-09 06:00+09')$$,
    $$VALUES ('2026-03-08 22:15+09'::timestamptz, 'kim', 'acknowledged', 'fan on'), ('2026-03-09 05:00+09', 'lee', 'commented', 'bearing is loud, mechanic called')$$, 'what people did, not what samples did');
SELECT results_eq($$SELECT title FROM report.shift_maintenance('2026-03-08 22:00+09', '2026-03-09 06:00+09')$$, $$VALUES ('Lubrication')$$, 'maintenance: what is over or cancelled is not there');
-- the same shift where its edges are no full hours: half of a zone's hours are not ours
SELECT is((SELECT row(m.running, m.stopped, m.starts, round(m.availability::numeric, 4))::text FROM report.machine_time(f, t, 'press-01') AS m), w, concat_ws(' ', 'time from', f, 'to', t))
FROM (VALUES ('2026-03-04 07:30+09'::timestamptz, '2026-03-04 10:30+09'::timestamptz, '(01:00:00,02:00:00,1,0.3333)'), ('2026-03-04 08:00+05:30', '2026-03-04 09:00+05:30', '(01:00:00,00:00:00,0,1.0000)'),
             ('2026-03-04 05:45+05:45', '2026-03-04 06:45+05:45', '(00:00:00,01:00:00,0,0.0000)'), ('2026-03-04 09:55+09', '2026-03-04 10:05+09', '(00:05:00,00:05:00,1,0.5000)'),
             ('2026-03-04 08:00+09', '2026-03-04 10:00+09', '(00:00:00,02:00:00,0,0.0000)'), ('2026-03-04 10:00+09', '2026-03-04 10:15+09', '(00:15:00,00:00:00,1,1.0000)')) AS x (f, t, w);

-- Health.
SELECT results_eq($$SELECT equipment, round(availability::numeric, 6), running, starts, alarms, critical, anomalies, gaps, longest_gap FROM report.health_machines('2026-03-02 00:00+09', '2026-03-09 00:00+09')$$,
    -- 168 h, two of them stopped, half an hour silent of which the last value held for four minutes
    $$VALUES ('press-01', round((168 - 26.0 / 60 - 2) / (168 - 26.0 / 60), 6), make_interval(mins => 168 * 60 - 26 - 120), 1::bigint, 1::bigint, 0::bigint, 0::bigint, 1::bigint, '30 min'::interval),
             ('pump-02', 1::numeric, '162 h'::interval, 1, 3, 0, 3, 0, NULL), ('fan-03', NULL, NULL, NULL, 0, 0, 0, 0, NULL)$$, 'a week of machines');
SELECT results_eq($$SELECT equipment, place, rule, alarms, standing, alarm_share::float8 FROM report.health_reasons('2026-03-02 00:00+09', '2026-03-09 06:00+09')$$,
    $$VALUES ('press-01', 1::bigint, 'very hot', 1::bigint, '3 h'::interval, 0.5::float8), ('press-01', 2, 'hot', 1, '30 min', 0.5), ('pump-02', 1, 'hot', 3, '15 min', 1)$$, 'reasons');
SELECT is((SELECT array_agg(row(d.day, d.running, d.alarms)::text ORDER BY d.day) FROM report.health_days('2026-03-04 00:00+09', '2026-03-06 12:00+09', 'press-01') AS d),
    '{"(2026-03-04,22:00:00,0)","(2026-03-05,23:34:00,0)","(2026-03-06,12:00:00,0)"}'::text[], 'days of the plant, the last one in part');
SELECT is((SELECT array_agg(h.day ORDER BY h.day) FROM report.health_days('2026-10-24 00:00+02', '2026-10-27 00:00+01', NULL, 'Europe/Berlin') AS h), '{2026-10-24,2026-10-25,2026-10-26}'::date[], 'each day once where one has 25 hours');

-- Bad actors.
SELECT results_eq($$SELECT rule, equipment, alarms, round(cumulated_share::numeric, 3), standing, chattering, acknowledged_share::float8 FROM report.bad_actors('2026-03-02 00:00+09', '2026-03-09 12:00+09')$$,
    $$VALUES ('hot', 'pump-02', 3::bigint, 0.6, '15 min'::interval, 1::bigint, 0::float8), ('very hot', 'press-01', 1, 0.8, '6 h', 0, 1), ('hot', 'press-01', 1, 1.0, '30 min', 0, 1)$$, 'bad actors');
SELECT is((SELECT count(*) FROM report.bad_actors('2026-03-09 03:00+09', '2026-03-09 03:00:01+09')) || ' ' || (SELECT count(*) FROM report.bad_actors('2026-03-09 02:00+09', '2026-03-09 03:00+09')), '1 0',
    'from is part of a time, to is not');

-- Data quality.
SELECT results_eq($$SELECT equipment, sensor, points, gaps, longest_gap, gap_from, round(covered_share::numeric, 6) FROM report.quality_gaps('2026-03-02 00:00+09', '2026-03-09 06:00+09')$$,
    format($$SELECT 'press-01', s, 10410::bigint, 1::bigint, '31 min'::interval, '2026-03-05 11:59+09'::timestamptz, round(1 - 31.0 / (174 * 60), 6) FROM unnest('{speed,temperature}'::text[]) AS s$$), 'gaps: from the last value to the next');
SELECT results_eq($$SELECT equipment, sensor, points, gaps, longest_gap, covered_share::float8 FROM report.quality_gaps('2026-03-05 12:00+09', '2026-03-05 12:20+09', 'press-01')$$,
    $$SELECT 'press-01', s, 0::bigint, 1::bigint, '20 min'::interval, 0::float8 FROM unnest('{speed,temperature}'::text[]) AS s$$, 'silent all the time');
SELECT is((SELECT array_agg(DISTINCT g.longest_gap) FROM report.quality_gaps('2026-03-05 12:10+09', '2026-03-05 13:00+09', 'press-01') AS g), '{20 min}'::interval[], 'silent from the beginning on');
SELECT is((SELECT array_agg(DISTINCT g.longest_gap) FROM report.quality_gaps('2026-03-05 11:00+09', '2026-03-05 12:10+09', 'press-01') AS g), '{11 min}'::interval[], 'silent to the end');
SELECT is((SELECT count(*) FROM report.quality_gaps('2026-02-20 00:00+09', '2026-03-02 00:00+09')), 0::bigint, 'before its first value a sensor has no gap');
SELECT results_eq($$SELECT sensor, value, since, until FROM report.quality_flat('2026-03-02 00:00+09', '2026-03-09 06:00+09')$$,
    $$VALUES ('temperature', 40::float8, '2026-03-06 01:00+09'::timestamptz, '2026-03-06 05:59+09'::timestamptz)$$, 'flat: one value all the time');
SELECT ops.set_setting('report.flat', '"1 hour"');
SELECT is((SELECT array_agg(f.sensor) FROM report.quality_flat('2026-03-02 00:00+09', '2026-03-09 06:00+09') AS f), '{temperature}', 'what stands still with its machine is not stuck');
SELECT results_eq($$SELECT reason, topic, messages, waiting FROM report.quality_quarantine('2026-03-02 00:00+09', '2026-03-09 06:00+09')$$,
    $$VALUES ('invalid_json', 'factory/pump-02/temperature', 4::bigint, 3::bigint), ('implausible_value', 'factory/press-01/speed', 2, 2)$$, 'quarantine of that time');
SELECT results_eq($$SELECT equipment, clock_offset, late, unjudged FROM report.quality_clocks('2026-03-02 00:00+09', '2026-03-09 06:00+09')$$, $$VALUES ('pump-02', '-95 s'::interval, 7::bigint, 2::bigint)$$, 'clocks');
SELECT results_eq($$SELECT equipment, sensor, problem, messages FROM report.quality_values('2026-03-02 00:00+09', '2026-03-09 06:00+09')$$, $$VALUES ('press-01', 'temperature', 'no_value', 12::bigint)$$, 'no values');

-- Due.
SELECT results_eq($$SELECT equipment, due_in, used_share::float8 FROM report.due_service('2026-03-09 06:00+09', '2026-03-14 00:00+09')$$,
    $$VALUES ('pump-02', '-3 days -22:00'::interval, 0.06::float8), ('press-01', '6 days 3:00', 0.95)$$, 'service: overdue, and by hours');
SELECT results_eq($$SELECT title, due_in FROM report.due_work('2026-03-09 06:00+09', '2026-04-08 06:00+09')$$, $$VALUES ('Order a bearing', '-22 h'::interval), ('Yearly inspection', '3 days 2:00')$$, 'work');
SELECT results_eq($$SELECT equipment, sensor, days_left FROM report.due_calibration('2026-03-09 06:00+09', '2026-04-08 06:00+09')$$, $$VALUES ('pump-02', 'speed', -8::bigint), ('press-01', 'temperature', 11)$$, 'calibration');
SELECT is((SELECT c.days_left FROM report.due_calibration('2026-03-09 06:00+09', '2026-04-08 06:00+09', 'press-01', 'America/New_York') AS c), 12::bigint, 'days are the zone''s');

-- MTBF and MTTR.
SELECT results_eq($$SELECT equipment, failures, down_hours, up_hours, counted, mtbf_hours, mttr_hours, round(availability::numeric, 6) FROM report.reliability_machines('2026-03-02 00:00+09', '2026-03-09 00:00+09')$$,
    $$VALUES ('pump-02', 2::bigint, 3.5::float8, 162::float8, 'running', 81::float8, 1.75::float8, round(81 / 82.75, 6)), ('fan-03', 0, 0, 168, 'calendar', NULL, NULL, NULL),
             ('press-01', 0, 0, (168 * 60 - 146) / 60.0, 'running', NULL, NULL, NULL)$$, 'overlapping times are one failure; no failure, no MTBF');
SELECT is((SELECT row(r.failures, r.down_hours, r.mttr_hours)::text FROM report.reliability_machines('2026-03-04 11:00+09', '2026-03-09 00:00+09', 'pump-02') AS r), '(1,2.5,1.5)', 'one that had begun before counts with its time only');
SELECT is((SELECT row(r.failures, r.down_hours, r.mttr_hours)::text FROM report.reliability_machines('2026-03-02 00:00+09', '2026-03-05 11:00+09', 'pump-02') AS r), '(2,3,1.75)', 'one that lasts on is repaired when it is');
SELECT results_eq($$SELECT * FROM report.reliability_repairs('2026-03-02 00:00+09', '2026-03-09 00:00+09')$$, $$VALUES ('pump-02', 2::bigint, 3::float8, 4::float8, 1::bigint, 1::bigint)$$, 'work orders');

-- Models, remaining life.
SELECT results_eq($$SELECT model, role, answers, predictions, round(anomaly_share::numeric, 3), p95_ratio FROM report.model_scores('2026-03-02 00:00+09', '2026-03-09 00:00+09')$$,
    $$VALUES ('v1', 'champion', true, 400::bigint, 0.05, 1.75::float8), ('v2', 'challenger', false, 300, 0.2, 1.2)$$, 'scores: of these days');
SELECT results_eq($$SELECT faults, judged, found, mean_lead, predictions, outside_share::float8 FROM report.model_detection('2026-03-02 00:00+09', '2026-03-09 00:00+09')$$,
    $$VALUES (3::bigint, 3::bigint, 3::bigint, '20 min'::interval, 4::bigint, 0.25::float8)$$, 'what was found of what was wrong; a challenger finds nothing');
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at) VALUES ('pump-02', '2026-03-07 10:00+09', '2026-03-07 11:00+09');
SELECT is((SELECT row(d.faults, d.judged, d.found, d.found_share)::text FROM report.model_detection('2026-03-02 00:00+09', '2026-03-09 00:00+09') AS d), '(4,3,3,1)', 'while nobody spoke nothing was missed');
UPDATE ml.clock SET done_to = '2026-03-06 09:30+09' WHERE name = 'summary';
SELECT is((SELECT row(m.predictions, round((m.anomaly_share * 402)::numeric))::text FROM report.model_scores('2026-03-02 00:00+09', '2026-03-09 00:00+09') AS m WHERE m.model = 'v1'), '(402,20)', 'what was not summed up yet counts, too');
SELECT results_eq($$SELECT equipment, remaining, unit, due_at, due_in FROM report.rul_due('2026-03-09 06:00+09', '2026-04-08 06:00+09')$$,
    $$VALUES ('press-01', 10.5::float8, 'd', '2026-03-19 12:00+09'::timestamptz, '10 days 6:00'::interval), ('fan-03', 0.25, 'mm', NULL, NULL)$$, 'the last estimate; what is no time has no date');
SELECT ml.record_rul('[{"equipment_id": "fan-03", "method": "external", "rul_hours": 48, "time": "2026-03-09T00:00:00+09:00"}]') \g /dev/null
SELECT results_eq($$SELECT equipment, model, remaining, unit, due_at FROM report.rul_due('2026-03-09 06:00+09', '2026-04-08 06:00+09', 'fan-03')$$,
    $$VALUES ('fan-03', 'external', 48::float8, 'h', '2026-03-11 00:00+09'::timestamptz), ('fan-03', 'life', 0.25, 'mm', NULL)$$, 'each method by its name, soonest first');
UPDATE ml.serve_ml_predictions SET value = CASE equipment_id WHEN 'press-01' THEN 1e300 ELSE -1 END WHERE value IS NOT NULL;
SELECT lives_ok($$SELECT * FROM report.rul_due('2026-03-09 06:00+09', '2026-04-08 06:00+09')$$, 'an estimate that is none breaks nothing');

-- A report of one machine is what the report of all says of it.
CREATE TEMP TABLE differs AS SELECT NULL::text AS section LIMIT 0;
DO $$
DECLARE
    s record;
    v_rest text;
    v_differs boolean;
BEGIN
    FOR s IN SELECT DISTINCT x.function FROM report.section AS x, report.section_columns(x.function) AS c WHERE c.name = 'equipment' LOOP
        -- shares of all alarms, and places, are of all
        SELECT string_agg(format('x.%I', c.name), ', ') INTO v_rest FROM report.section_columns(s.function) AS c WHERE c.name NOT IN ('alarm_share', 'cumulated_share');
        EXECUTE format($q$SELECT EXISTS (SELECT FROM unnest('{press-01,pump-02,fan-03}'::text[]) AS m WHERE
            (SELECT coalesce(array_agg(row(%1$s)::text ORDER BY row(%1$s)::text), '{}') FROM %2$s('2026-03-02 00:00+09', '2026-03-20 06:00+09', NULL, 'Asia/Seoul') AS x
             WHERE CASE WHEN %2$L = 'report.quality_quarantine' THEN to_jsonb(x) ->> 'topic' LIKE '%%' || m || '%%' ELSE x.equipment = m END)
            <> (SELECT coalesce(array_agg(row(%1$s)::text ORDER BY row(%1$s)::text), '{}') FROM %2$s('2026-03-02 00:00+09', '2026-03-20 06:00+09', m, 'Asia/Seoul') AS x))$q$, v_rest, s.function) INTO v_differs;
        INSERT INTO differs SELECT s.function WHERE v_differs;
    END LOOP;
END
$$;
SELECT is((SELECT array_agg(section) FROM differs), NULL, 'one machine of all is the one machine');

-- Random alarms and silences against oracles that look at every minute.
SELECT setseed(0.42);
TRUNCATE telemetry.reading, rollup.machine_15m;
DELETE FROM alarm.alarm;
INSERT INTO telemetry.reading (time, sensor_id, value)
SELECT t, s.id, 1 + random() FROM generate_series('2026-04-01 00:00+09'::timestamptz, '2026-04-02 23:59+09', '1 minute') AS t, plant.sensor AS s, LATERAL (SELECT sin(extract(epoch FROM t) / (700 + s.id * 300)) AS w) AS q
WHERE s.name = 'speed' AND (q.w > -0.6 OR random() < 0.15);
SELECT rollup.refresh_machines('2026-04-01 00:00+09', '2026-04-03 00:00+09');
CREATE FUNCTION pg_temp.gaps(machine text, "from" timestamptz, "to" timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    m timestamptz; v_run integer := 0; v_gaps integer := 0; v_longest integer := 0; v_known boolean;
BEGIN
    v_known := EXISTS (SELECT FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = machine AND r.time < "from");
    FOR m IN SELECT generate_series("from", "to" - INTERVAL '1 minute', '1 minute') LOOP
        IF EXISTS (SELECT FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = machine AND r.time >= m AND r.time < m + INTERVAL '1 minute') THEN
            IF v_known AND v_run > 5 THEN v_gaps := v_gaps + 1; v_longest := greatest(v_longest, v_run); END IF;
            v_run := 0; v_known := true;
        ELSE v_run := v_run + 1; END IF;
    END LOOP;
    IF v_known AND v_run > 5 THEN v_gaps := v_gaps + 1; v_longest := greatest(v_longest, v_run); END IF;
    RETURN CASE WHEN v_gaps > 0 THEN v_gaps || ' ' || make_interval(mins => v_longest) END;
END
$$;
SELECT is((SELECT g.gaps || ' ' || g.longest FROM report.machine_gaps(f, t, m) AS g), pg_temp.gaps(m, f, t), concat_ws(' ', 'silences of', m, 'from', f, 'to', t))
FROM unnest('{press-01,pump-02}'::text[]) AS m, (VALUES ('2026-04-01 00:00+09'::timestamptz, '2026-04-03 00:00+09'::timestamptz), ('2026-04-01 06:00+09', '2026-04-02 06:00+09'), ('2026-03-30 00:00+09', '2026-04-01 12:00+09'),
    ('2026-04-02 00:15+09', '2026-04-02 07:45+09'), ('2026-04-02 20:00+09', '2026-04-03 06:00+09')) AS x (f, t);
INSERT INTO alarm.alarm (code, equipment_id, sensor_id, condition, level, severity, worst_severity, raised_at, cleared_at, active, announced_at, retracted_at)
SELECT 'rule ' || (random() * 3)::int, s.equipment_id, s.id, 'above', 'high', 'medium', (ARRAY['low', 'medium', 'high', 'critical'])[1 + (random() * 3)::int], r.at, r.at + random() * INTERVAL '9 hours', false, r.at,
       CASE WHEN random() < 0.1 THEN r.at + INTERVAL '10 hours' END
FROM generate_series(1, 400) AS n, LATERAL (SELECT '2026-04-01 00:00+09'::timestamptz + random() * INTERVAL '40 hours' + n * INTERVAL '0' AS at) AS r, LATERAL (SELECT * FROM plant.sensor OFFSET n % 4 LIMIT 1) AS s;
SELECT is((SELECT sum(b.alarms) FROM report.bad_actors(f, t) AS b), n, concat_ws(' ', 'alarms from', f, 'to', t)), is((SELECT sum(b.alarms) FROM report.bad_days(f, t) AS b), n, 'the same by day'),
       is((SELECT sum(h.alarms) FROM report.health_days(f, t) AS h), n, 'and by day of health'), is((SELECT sum(h.alarms) FROM report.health_machines(f, t) AS h), n, 'and by machine'),
       is((SELECT count(*) FROM report.shift_alarms(f, t))::numeric, n, 'and one by one'), is((SELECT max(b.cumulated_share::numeric) FROM report.bad_actors(f, t) AS b), 1::numeric, 'shares add up'),
       is((SELECT sum(standing) FROM report.bad_actors(f, t)), (SELECT sum(least(a.cleared_at, t) - a.raised_at) FROM alarm.alarm AS a WHERE a.raised_at >= f AND a.raised_at < t AND a.retracted_at IS NULL), 'standing time ends with the report''s'),
       is((SELECT count(*) FROM report.shift_handover(f, t)), (SELECT count(*) FROM alarm.alarm AS a WHERE a.raised_at < t AND a.cleared_at > t AND a.retracted_at IS NULL), 'what stands at the end')
FROM (VALUES ('2026-04-01 00:00+09'::timestamptz, '2026-04-02 16:00+09'::timestamptz), ('2026-04-01 06:00+09', '2026-04-01 14:00+09'), ('2026-04-01 12:30+09', '2026-04-02 00:00+09')) AS x (f, t),
     LATERAL (SELECT count(*)::numeric AS n FROM alarm.alarm AS a WHERE a.raised_at >= f AND a.raised_at < t AND a.retracted_at IS NULL) AS c;
SELECT * FROM finish();
ROLLBACK;
