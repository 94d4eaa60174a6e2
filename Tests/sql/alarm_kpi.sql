-- Key figures and the assignment view, on alarms whose figures are known; read as Grafana reads them.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
DELETE FROM alarm.alarm;
UPDATE ops.setting SET value = '"UTC"' WHERE name = 'plant.time_zone';
UPDATE ops.setting SET value = '["06:00", "14:00", "22:00"]' WHERE name = 'alarm.shift_starts';
INSERT INTO plant.equipment (id, name) VALUES ('k-1', 'k'), ('k-2', 'k');
INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('k-1', 'a', 'current'), ('k-2', 'a', 'current');
CREATE FUNCTION pg_temp.day() RETURNS timestamptz LANGUAGE sql AS $$ SELECT date_trunc('day', now(), 'UTC') - INTERVAL '2 days' $$;
-- k-1: a flood of 15 alarms in five minutes from 07:00, one of which stands; k-2: one an hour from 05:30 to 08:30
INSERT INTO alarm.alarm (code, equipment_id, sensor_id, condition, level, severity, worst_severity, raised_at, announced_at, cleared_at, active, acknowledged, acknowledged_at, chattering)
SELECT 'k', 'k-1', s.id, 'above', 'high', 'low', CASE WHEN i < 3 THEN 'critical' ELSE 'low' END, t.at, t.at, CASE WHEN i < 14 THEN t.at + INTERVAL '10 s' END, i = 14,
       i < 5, CASE WHEN i < 5 THEN t.at + make_interval(mins => i) END, i > 10
FROM generate_series(0, 14) AS i, LATERAL (SELECT pg_temp.day() + INTERVAL '7 hours' + i * INTERVAL '20 s' AS at) AS t, plant.sensor AS s WHERE s.equipment_id = 'k-1'
UNION ALL
SELECT 'k', 'k-2', s.id, 'above', 'high', 'medium', 'medium', t.at, t.at, t.at + INTERVAL '1 min', false, false, NULL, false
FROM generate_series(0, 3) AS i, LATERAL (SELECT pg_temp.day() + INTERVAL '5 hours 30 minutes' + i * INTERVAL '1 hour' AS at) AS t, plant.sensor AS s WHERE s.equipment_id = 'k-2';

INSERT INTO alarm.rule (name, condition, high, low, family, select_equipment, enabled) VALUES ('k wide', 'above', 1, NULL, 'k', '{k-*}', true), ('k narrow', 'above', 2, NULL, 'k', '{k-1}', true), ('k off', 'above', 2, NULL, NULL, '{k-1}', false);
INSERT INTO alarm.rule (name, condition, high, select_equipment) VALUES ('k base', 'baseline', 4, '{k-1}');
SET LOCAL ROLE grafana_reader;
SELECT is((SELECT (alarms, most_in_10_minutes, round((average_per_10_minutes * 144)::numeric), round((flood_share * 144)::numeric), chattering, stale, round(acknowledged_share::numeric, 3), median_time_to_acknowledge, round(critical_share::numeric, 3))::text
           FROM alarm.kpi_day), '(19,15,19,1,4,1,0.263,00:02:00,0.158)', 'the day');
SELECT results_eq('SELECT period - (SELECT date_trunc(''day'', min(raised_at), ''UTC'') FROM alarm.alarm), alarms FROM alarm.kpi_shift ORDER BY 1',
    $$VALUES (INTERVAL '-2 hours', 1::bigint), ('6 hours', 18)$$, 'shifts begin at 22 and 6: 05:30 belongs to the one that began the evening before');
SELECT results_eq('SELECT equipment_id, alarms FROM alarm.kpi_equipment', $$VALUES ('k-1', 15::bigint), ('k-2', 4)$$, 'per equipment, most first');
SELECT is((SELECT (rule, equipment_id, sensor, alarms, round(share::numeric, 2))::text FROM alarm.bad_actor ORDER BY alarms DESC LIMIT 1), '(k,k-1,a,15,0.79)', 'the worst actor');
SELECT results_eq('SELECT equipment_id, bursts FROM alarm.chattering', $$VALUES ('k-1', 13::bigint)$$, 'three within a minute');
SELECT is((SELECT (duration, alarms, worst_equipment)::text FROM alarm.flood), '(00:04:40,15,k-1)', 'the flood');
SELECT results_eq('SELECT equipment_id FROM alarm.stale', $$VALUES ('k-1')$$, 'the one that stands is stale');
SELECT is((SELECT count(*) FROM alarm.kpi_10_minutes WHERE is_flood), 1::bigint, 'ten-minute spans');
SELECT results_eq($$SELECT equipment_id, rule, applies, why FROM alarm.rule_assignment WHERE equipment_id LIKE 'k-%' AND rule LIKE 'k %' ORDER BY 1, 2$$,
    $$VALUES ('k-1', 'k base', false, 'the sensor has no baseline: alarm.learn_baseline'), ('k-1', 'k narrow', true, 'the most specific rule of family k'), ('k-1', 'k off', false, 'the rule is disabled'),
             ('k-1', 'k wide', false, 'rule "k narrow" of family k is more specific'), ('k-2', 'k wide', true, 'the most specific rule of family k')$$, 'which rule applies to which sensor and why');
-- the hour that a clock skips or repeats: a day has 23 hours, a night shift nine, and an alarm after midnight belongs to the shift before
RESET ROLE;
INSERT INTO alarm.alarm (code, equipment_id, condition, level, severity, worst_severity, raised_at, announced_at, cleared_at, active)
SELECT 'dst', 'k-1', 'above', 'high', 'low', 'low', t, t, t, false FROM unnest('{2026-03-29 00:30Z,2026-03-29 01:30Z,2026-03-29 21:59Z,2026-10-25 00:30Z,2026-10-25 01:30Z}'::timestamptz[]) AS t;
UPDATE ops.setting SET value = '"Europe/Berlin"' WHERE name = 'plant.time_zone';
SELECT results_eq($$SELECT period, alarms, round((alarms / average_per_10_minutes / 6)::numeric, 3) FROM alarm.kpi('day', '2026-03-28 23:00Z', '2026-03-29 22:00Z')$$,
    $$VALUES (timestamptz '2026-03-28 23:00Z', 3::bigint, 23.000)$$, 'the day on which clocks go forward has 23 hours');
SELECT results_eq($$SELECT period, alarms, round((alarms / average_per_10_minutes / 6)::numeric, 3) FROM alarm.kpi('shift', '2026-03-28 00:00Z', '2026-03-30 12:00Z')$$,
    $$VALUES (timestamptz '2026-03-28 21:00Z', 2::bigint, 7.000), ('2026-03-29 20:00Z', 1, 8.000)$$, 'its night shift seven');
SELECT results_eq($$SELECT period, alarms, round((alarms / average_per_10_minutes / 6)::numeric, 3) FROM alarm.kpi('shift', '2026-10-24 00:00Z', '2026-10-26 12:00Z')$$,
    $$VALUES (timestamptz '2026-10-24 20:00Z', 2::bigint, 9.000)$$, 'and nine when they go back');
UPDATE ops.setting SET value = '"UTC"' WHERE name = 'plant.time_zone';
DELETE FROM alarm.alarm WHERE code = 'dst';
SET LOCAL ROLE grafana_reader;
SELECT is((SELECT (r -> 'active', jsonb_array_length(r -> 'floods'), r #> '{bad_actors,0,alarms}')::text FROM alarm.kpi_report(now() - INTERVAL '10 days') AS r), '(1,1,15)', 'as JSON');
SELECT throws_ok('DELETE FROM alarm.rule', '42501', NULL, 'Grafana changes no rule');
RESET ROLE;
SET LOCAL ROLE engineer;
SELECT lives_ok($$UPDATE alarm.rule SET high = 3 WHERE name = 'k narrow'$$, 'an engineer does, in psql');
SELECT throws_ok('UPDATE alarm.alarm SET acknowledged = true', '42501', NULL, 'but alarms change by functions only');
SELECT throws_ok('DELETE FROM alarm.rule_version', '42501', NULL, 'and versions never');
RESET ROLE;

-- retention
INSERT INTO alarm.alarm (code, equipment_id, condition, level, severity, worst_severity, raised_at, announced_at, cleared_at, active)
SELECT 'old ' || i, 'k-1', 'above', 'high', 'low', 'low', r, r, c, c IS NULL
FROM (VALUES (1, now() - INTERVAL '3 years', now() - INTERVAL '25 months'), (2, now() - INTERVAL '3 years', now() - INTERVAL '23 months'), (3, now() - INTERVAL '3 years', NULL)) AS x (i, r, c);
INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level) SELECT a.id, 'raised', a.raised_at, 'low', 'high' FROM alarm.alarm AS a WHERE a.code LIKE 'old %';
INSERT INTO alarm.hold (code, kind, actor, started_at, ended_at) SELECT 'old', 'suppressed', 'kim', now() - INTERVAL '3 years', e FROM unnest(ARRAY[now() - INTERVAL '25 months', now() - INTERVAL '1 month', NULL]) AS e;
SELECT is(alarm.purge(), 1::bigint, 'what cleared longer ago than alarm.retention goes');
SELECT results_eq($$SELECT a.code, count(t.id) FROM alarm.alarm AS a LEFT JOIN alarm.transition AS t ON t.alarm_id = a.id WHERE a.code LIKE 'old %' GROUP BY 1 ORDER BY 1$$, $$VALUES ('old 2', 1::bigint), ('old 3', 1)$$, 'not what cleared later, and never an open alarm');
SELECT is((SELECT count(*) FROM alarm.transition AS t WHERE NOT EXISTS (SELECT FROM alarm.alarm AS a WHERE a.id = t.alarm_id)), 0::bigint, 'no transition stays without its alarm');
SELECT is((SELECT count(*) FROM alarm.hold WHERE code = 'old'), 2::bigint, 'holds that ended long ago go, too');
UPDATE ops.setting SET value = 'null' WHERE name = 'alarm.retention';
UPDATE alarm.alarm SET cleared_at = raised_at WHERE code = 'old 2';
SELECT is(alarm.purge(), 0::bigint, 'null keeps all');
SELECT is((SELECT (procedure, schedule)::text FROM ops.job WHERE name = 'alarm.purge'), '(alarm.purge,01:00:00)', 'a job does it');
SELECT * FROM finish();
ROLLBACK;
