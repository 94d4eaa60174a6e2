-- The views that boards read: report.fleet, rule_limit, event, maintenance_due, remaining_life, job, alarm_text; and the original boards' names.
BEGIN;
SELECT plan(29);
SET search_path = public, pg_temp;
INSERT INTO plant.equipment (id, name, type, location, status, operating_hours, max_operating_hours, next_maintenance)
SELECT id, id, 'press', CASE WHEN id <> 'rv-new' THEN 'Hall' END, status, 100, CASE id WHEN 'rv-normal' THEN 147 END, CASE id WHEN 'rv-normal' THEN now() - INTERVAL '1 day' END
FROM (VALUES ('rv-new', 'active'), ('rv-silent', 'active'), ('rv-normal', 'active'), ('rv-alarm', 'active'), ('rv-held', 'active'), ('rv-anomaly', 'active'),
             ('rv-window', 'active'), ('rv-mended', 'maintenance'), ('rv-retired', 'retired'), ('rv-old-anomaly', 'active'), ('rv-shadow', 'active')) AS e (id, status);
INSERT INTO plant.sensor (equipment_id, name, type, unit, calibration_due) SELECT id, 'vibration', 'vibration', 'mm/s', CASE id WHEN 'rv-normal' THEN current_date + 3 END FROM plant.equipment WHERE id LIKE 'rv-%';
INSERT INTO telemetry.latest AS l (sensor_id, time, value, received_at)
SELECT s.id, now() - CASE s.equipment_id WHEN 'rv-silent' THEN INTERVAL '1 day' ELSE '1 second' END, 1, now() FROM plant.sensor AS s WHERE s.equipment_id LIKE 'rv-%' AND s.equipment_id <> 'rv-new'
ON CONFLICT (sensor_id) DO UPDATE SET time = excluded.time, value = excluded.value;
INSERT INTO alarm.alarm (code, equipment_id, condition, level, severity, worst_severity, raised_at, announced_at, shelved, suppressed_by, out_of_service)
SELECT code, equipment, 'above', 'high', severity, severity, now(), now(), shelved, suppressed, out FROM (VALUES
    ('a', 'rv-alarm', 'medium', NULL, '{}'::text[], false), ('b', 'rv-alarm', 'high', NULL, '{}', false), ('c', 'rv-alarm', 'critical', 'timed', '{}', false),
    ('d', 'rv-held', 'critical', NULL, '{operator}', false), ('e', 'rv-held', 'critical', NULL, '{}', true)) AS a (code, equipment, severity, shelved, suppressed, out);
INSERT INTO plant.maintenance (equipment_id, kind, title, starts_at, ends_at, status) VALUES
    ('rv-window', 'window', 'Open', now() - INTERVAL '1 hour', NULL, 'in_progress'), ('rv-normal', 'window', 'Over', now() - INTERVAL '3 hours', now() - INTERVAL '1 hour', 'done'),
    ('rv-normal', 'work_order', 'Bearing', now() + INTERVAL '2 days', NULL, 'planned'), ('rv-normal', 'window', 'Not', now() + INTERVAL '1 day', NULL, 'cancelled'),
    ('rv-alarm', 'work_order', 'Under way', now() - INTERVAL '1 day', now() + INTERVAL '1 hour', 'in_progress'), ('rv-alarm', 'work_order', 'Late', now() - INTERVAL '1 day', NULL, 'planned');
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path) SELECT id, 'p', v, v FROM plant.equipment, unnest('{u,v}'::text[]) AS v WHERE id LIKE 'rv-%';
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, value)
SELECT now() - back, equipment, 'p', 'v', stage, 'mqtt', '{current}', true, 0.7, '{"current": 2}', '{"current": 1}', '{"current": 2}', NULL
FROM (VALUES ('rv-anomaly', INTERVAL '1 minute', 'champion'), ('rv-old-anomaly', '2 hours', 'champion'), ('rv-shadow', '1 minute', 'challenger')) AS p (equipment, back, stage);

SELECT results_eq($$SELECT equipment_id, state, alarms, worst_severity FROM report.fleet WHERE equipment_id LIKE 'rv-%' ORDER BY 1$$, $$VALUES
    ('rv-alarm', 'alarm', 2::bigint, 'high'), ('rv-anomaly', 'anomaly', 0, NULL), ('rv-held', 'normal', 0, NULL), ('rv-mended', 'maintenance', 0, NULL), ('rv-new', 'silent', 0, NULL),
    ('rv-normal', 'normal', 0, NULL), ('rv-old-anomaly', 'normal', 0, NULL), ('rv-shadow', 'normal', 0, NULL), ('rv-silent', 'silent', 0, NULL), ('rv-window', 'maintenance', 0, NULL)$$,
    'a machine''s state in one word: what is held, old or a shadow''s counts for nothing');
SELECT results_eq($$SELECT i ->> 'id', i ->> 'state', (i ->> 'active_alarms')::bigint, i ->> 'worst_severity' FROM jsonb_array_elements(api.list_plant_overview() -> 'items') AS i ORDER BY 1$$,
    $$SELECT equipment_id, state, alarms, worst_severity FROM report.fleet ORDER BY 1$$, 'the operator''s page says the same');
SELECT results_eq($$SELECT equipment_id, round(health::numeric, 2) FROM report.fleet WHERE equipment_id IN ('rv-alarm', 'rv-anomaly', 'rv-normal', 'rv-silent') ORDER BY 1$$,
    $$VALUES ('rv-alarm', 0.25), ('rv-anomaly', 0.30), ('rv-normal', 1.00), ('rv-silent', NULL)$$, 'health is what the worst alarm or the verdict leaves; of a silent one nothing is known');
UPDATE alarm.severity SET rank = rank * 2 + 1 WHERE rank > 0 AND name = 'critical';
SELECT is((SELECT health FROM report.fleet WHERE equipment_id = 'rv-alarm')::numeric(4, 3), 0.625, 'whatever the ranks are');
UPDATE alarm.severity SET rank = 400 WHERE name = 'critical';

-- limits
INSERT INTO alarm.rule (name, condition, low_low, low, high, high_high, severity, severity_low_low, select_equipment, enabled) VALUES
    ('rv outside', 'outside', -2, -1, 5, NULL, 'low', 'high', '{rv-normal}', true), ('rv off', 'above', NULL, NULL, 9, NULL, 'low', NULL, '{rv-normal}', false),
    ('rv step', 'rate_of_change', NULL, NULL, 7, NULL, 'low', NULL, '{rv-normal}', true), ('rv flat', 'flat_line', NULL, NULL, 60, NULL, 'low', NULL, '{rv-normal}', true),
    ('rv silence', 'no_data', NULL, NULL, 60, NULL, 'low', NULL, '{rv-normal}', true);
SELECT results_eq($$SELECT rule, level, limit_value, severity, unit FROM report.rule_limit WHERE equipment_id = 'rv-normal' ORDER BY limit_value$$,
    $$VALUES ('rv outside', 'low_low', -2::float8, 'high', 'mm/s'), ('rv outside', 'low', -1, 'low', 'mm/s'), ('rv outside', 'high', 5, 'low', 'mm/s')$$,
    'limits of values are lines; those of derived numbers, of switched-off rules, and infinite ones are not');
INSERT INTO alarm.baseline (sensor_id, centre, spread, lowest, highest, samples, learned_from, learned_to)
SELECT id, 10, 2, 4, 16, 1000, now() - INTERVAL '1 day', now() FROM plant.sensor WHERE equipment_id = 'rv-silent';
INSERT INTO alarm.rule (name, condition, high, severity, select_equipment) VALUES ('rv baseline', 'baseline', 3, 'low', '{rv-silent}');
SELECT is((SELECT limit_value FROM report.rule_limit WHERE equipment_id = 'rv-silent'), 16::float8, 'a baseline''s limit is in the sensor''s unit, not in spreads');
UPDATE plant.sensor SET name = 'vib' WHERE equipment_id = 'rv-normal';
SELECT is((SELECT string_agg(DISTINCT sensor, ',') FROM report.rule_limit WHERE equipment_id = 'rv-normal'), 'vib', 'sensors are called what they are called now');
DELETE FROM alarm.rule WHERE name LIKE 'rv %';
SELECT is_empty($$SELECT FROM report.rule_limit WHERE equipment_id LIKE 'rv-%'$$, 'a rule that is gone draws nothing');

-- events
SELECT results_eq($$SELECT kind, text, time_end > time, time_end = now() FROM report.event WHERE equipment_id IN ('rv-window', 'rv-held') ORDER BY kind, text$$,
    $$VALUES ('alarm', 'd high', false, true), ('alarm', 'e high', false, true), ('maintenance', 'Open, in_progress', true, true)$$, 'what lasts lasts until now');
SELECT is_empty($$SELECT FROM report.event WHERE text LIKE 'Not%'$$, 'what was cancelled never was');
UPDATE alarm.alarm SET active = false, cleared_at = now(), retracted_at = now() WHERE code = 'd' AND equipment_id = 'rv-held';
SELECT is((SELECT count(*) FROM report.event WHERE equipment_id = 'rv-held'), 1::bigint, 'nor what was taken back');
SELECT is_empty($$SELECT FROM report.event WHERE time_end < time OR text = '' OR tags = ''$$, 'no event ends before it began');

-- due
SELECT ops.set_setting('plant.time_zone', '"Asia/Seoul"') \g /dev/null
SELECT results_eq($$SELECT kind, is_overdue, what FROM report.maintenance_due WHERE equipment_id = 'rv-normal' ORDER BY due_at$$, $$VALUES
    ('next_maintenance', true, 'Next maintenance'), ('operating_hours', false, '100 of 147 operating hours'), ('work_order', false, 'Bearing'), ('calibration', false, 'Calibration')$$,
    'what is due, by when');
SELECT is((SELECT due_at AT TIME ZONE 'Asia/Seoul' FROM report.maintenance_due WHERE equipment_id = 'rv-normal' AND kind = 'calibration'), (current_date + 3)::timestamp, 'a day begins where the plant is');
SELECT results_eq($$SELECT what, is_overdue FROM report.maintenance_due WHERE equipment_id IN ('rv-alarm', 'rv-window') ORDER BY due_at$$, $$VALUES ('Late', true), ('Under way', false)$$,
    'what is under way is due at its end, what nobody began is late');
SELECT is_empty($$SELECT FROM report.maintenance_due WHERE equipment_id = 'rv-retired'$$, 'nothing of a retired machine');

UPDATE plant.maintenance SET ends_at = 'infinity' WHERE title = 'Under way';
UPDATE plant.equipment SET next_maintenance = 'infinity' WHERE id = 'rv-alarm';
SELECT is((SELECT string_agg(what, ', ') FROM report.maintenance_due WHERE equipment_id = 'rv-alarm'), 'Late', 'what never comes is not due');
SELECT is((SELECT next_maintenance FROM report.fleet WHERE equipment_id = 'rv-alarm'), NULL, 'and shown as none');
SELECT is((SELECT time_end FROM report.event WHERE text LIKE 'Under way%'), now(), 'what never ends lasts until now');

-- remaining life
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, bundle_path, extra) VALUES
    ('rv-normal', 'life', 'hours', 'x', '{}'), ('rv-normal', 'life', 'days', 'y', '{"unit": "d"}'), ('rv-normal', 'life', 'metres', 'z', '{"unit": "m"}');
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, modalities, is_anomaly, confidence, scores, thresholds, ratio, value)
SELECT now() - n * INTERVAL '1 minute', 'rv-normal', 'life', v, s, 'mqtt', '{vibration}', false, 0, '{}', '{}', '{}', 2
FROM (VALUES (3, 'metres', 'champion'), (2, 'hours', 'champion'), (1, 'days', 'champion'), (0, 'days', 'challenger')) AS p (n, v, s);
SELECT results_eq($$SELECT model_version, rul_hours FROM report.remaining_life WHERE equipment_id = 'rv-normal' ORDER BY time$$,
    $$VALUES ('metres', NULL), ('hours', 2::float8), ('days', 48)$$, 'in hours, whatever the bundle says; what is no time is none; a shadow says nothing');
SELECT is((SELECT rul_hours FROM report.fleet WHERE equipment_id = 'rv-normal'), 48::float8, 'the fleet has the last');
UPDATE ml.serve_ml_predictions SET value = 1.7e308 WHERE equipment_id = 'rv-normal' AND model_version = 'days';
UPDATE alarm.alarm SET peak_value = 1e100, limit_value = -1e100 WHERE equipment_id LIKE 'rv-%';
INSERT INTO alarm.rule (name, condition, high, severity, select_equipment) VALUES ('rv great', 'above', 1e9, 'low', '{rv-normal}');
SELECT lives_ok($$SELECT f, l, e, d, m FROM report.fleet AS f, report.remaining_life AS l, report.event AS e, report.maintenance_due AS d, report.rule_limit AS m
    WHERE concat(f, l, e, d, m) = ''$$, 'no number is too great');

-- texts in one go
SELECT is_empty($$SELECT a.id FROM alarm.alarm AS a JOIN report.alarm_text(ARRAY(SELECT id FROM alarm.alarm), 'ko') AS t USING (id)
    WHERE t.message IS DISTINCT FROM alarm.message(a, '{ko}') ->> 'ko'$$, 'many texts are the same as one by one');
SELECT is((SELECT count(*) FROM report.alarm_text('{-1}', 'en')), 0::bigint, 'an alarm that is not there says nothing');

-- the original boards' names
SELECT is((SELECT string_agg(telemetry.field_type(t, n), ' ') FROM (VALUES ('current', 'current_x'), ('current', 'X'), ('current', 'motor-y'), ('current', 'phase.z'), ('current', 'max'), ('current', 'flux'),
    ('current', 'current'), ('vibration', 'vibration'), ('temperature', 'x')) AS v (t, n)), 'x x y z current current current vibe temperature', 'x, y, z are a current''s last word');
SELECT is((SELECT c FROM pg_roles, unnest(rolconfig) AS c WHERE rolname = 'grafana_reader' AND c LIKE 'search_path=%'), 'search_path=grafana, public', 'they are found first by Grafana''s login');
SET LOCAL ROLE grafana_reader;
SET LOCAL search_path = grafana, public;
SELECT lives_ok($$SELECT device, sensor_type FROM sensor_data LIMIT 1$$, 'which may read them');
SELECT lives_ok($$SELECT modalities -> 0, bundle_path, created_at FROM serve_ml_predictions LIMIT 1$$, 'predictions, too');
SELECT throws_ok($$SELECT last_error FROM ops.job$$, '42501', NULL, 'what a job''s error says is for administrators; report.job has the rest');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
