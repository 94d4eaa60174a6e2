-- A week of a plant, for boards to show: psql -v machines=6 -v days=8 -v seconds=60. One in four is a press, pump, fan, mixer; the first
-- press vibrates more and more. The same from run to run but for the clock. Run as superuser on a migrated database that is empty.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET search_path = compat, public;
SET timezone = 'UTC';
SELECT setseed(0.5) \g /dev/null
-- days that are not those of UTC
SELECT ops.set_setting('plant.time_zone', '"Asia/Seoul"') \g /dev/null

CREATE TEMP TABLE machine AS
SELECT n, k.kind || '-' || to_char((n + 3) / 4, 'FM00') AS id, k.kind, k.location, k.name
FROM generate_series(1, :machines) AS n
JOIN (VALUES (1, 'press', 'Hall A', '프레스 Press'), (2, 'pump', 'O''Brien hall', '펌프 Pump'), (3, 'fan', 'Hall A', '송풍기 Fan'),
             (0, 'mixer', NULL, '믹서 Mixer')) AS k (rest, kind, location, name) ON k.rest = n % 4;
INSERT INTO plant.equipment (id, name, type, location, criticality, operating_hours, max_operating_hours, last_maintenance, next_maintenance)
SELECT id, name || ' ' || n, kind, location, (ARRAY['low', 'medium', 'high', 'critical'])[n % 4 + 1], 4000 + 700 * n, CASE WHEN n % 3 > 0 THEN 10000 END,
       now() - n * INTERVAL '9 days', now() + (n - 2) * INTERVAL '5 days'
FROM machine;

CREATE TEMP TABLE signal AS
SELECT m.id AS equipment, m.n, s.*
FROM machine AS m
CROSS JOIN (VALUES
    ('current_x', 'current', 'A', 8.0, 0.4), ('current_y', 'current', 'A', 8.2, 0.4), ('current_z', 'current', 'A', 7.9, 0.4),
    ('vibration', 'vibration', 'mm/s', 1.2, 0.15), ('temperature', 'temperature', '°C', 48.0, 3.0), ('pressure', 'pressure', 'bar', 6.0, 0.2),
    -- the same type in another unit, and one without any and with characters that mean something in SQL and to Grafana
    ('inlet_pressure', 'pressure', 'kPa', 180.0, 6.0), ('speed', 'speed', 'rpm', 1480.0, 5.0), ('o''load', 'load "net", $x', NULL, 60.0, 8.0)
) AS s (name, type, unit, level, spread);
INSERT INTO plant.sensor (equipment_id, name, type, unit, range_min, range_max, calibration_due)
SELECT equipment, name, type, unit, 0, level * 3, CASE WHEN type = 'pressure' THEN current_date + n * 4 - 5 END FROM signal;
ALTER TABLE signal ADD COLUMN id integer;
UPDATE signal AS g SET id = s.id FROM plant.sensor AS s WHERE s.equipment_id = g.equipment AND s.name = g.name;

-- Runs 06:00 to 22:00, idles an hour at noon, and the last machine has been silent for a day.
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT t, CASE
        WHEN r.state = 0 THEN CASE g.type WHEN 'temperature' THEN 21 WHEN 'pressure' THEN g.level * 0.2 ELSE 0 END
        ELSE (g.level + g.spread * (sin(extract(epoch FROM t) / 5400 + g.id) + random() - 0.5)
              -- it wears
              + CASE WHEN g.n = 1 AND g.type = 'vibration' THEN 3 * (1 - extract(epoch FROM now() - t) / (86400.0 * :days)) ELSE 0 END)
             * CASE WHEN r.state = 1 AND g.type ~ '^(current|load)' THEN 0.3 ELSE 1 END END, g.id
FROM signal AS g
CROSS JOIN generate_series(date_trunc('minute', now()) - :days * INTERVAL '1 day', now(), :seconds * INTERVAL '1 second') AS t
CROSS JOIN LATERAL (SELECT CASE WHEN extract(hour FROM t) NOT BETWEEN 6 AND 21 AND g.n > 1 THEN 0 WHEN extract(hour FROM t) = 12 THEN 1 ELSE 2 END) AS r (state)
WHERE NOT (g.n = :machines AND t > now() - INTERVAL '1 day')
ORDER BY g.id, t;
INSERT INTO telemetry.latest AS l (sensor_id, time, value, received_at)
SELECT DISTINCT ON (r.sensor_id) r.sensor_id, r.time, r.value, r.time FROM telemetry.reading AS r ORDER BY r.sensor_id, r.time DESC
ON CONFLICT (sensor_id) DO UPDATE SET time = excluded.time, value = excluded.value, received_at = excluded.received_at;
INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high)
SELECT m.id, s.state, 'current_x', s.low, s.high
FROM machine AS m CROSS JOIN (VALUES ('stopped', '-Infinity'::float8, 0.5), ('idle', 0.5, 4), ('running', 4, 'Infinity')) AS s (state, low, high);

-- Rules and what they raised: history is written here as alarm.settle would have.
INSERT INTO alarm.rule (name, condition, high, high_high, deadband, severity, severity_high_high, select_sensor_type) VALUES
    ('vibration', 'above', 2.8, 4.5, 0.2, 'medium', 'critical', '{vibration}'), ('temperature', 'above', 62, 75, 1, 'low', 'high', '{temperature}');
INSERT INTO alarm.rule (name, condition, low, high, severity, select_sensor) VALUES ('pressure', 'outside', 5, 7, 'high', '{pressure}');
SELECT alarm.refresh_assignments() \g /dev/null
INSERT INTO alarm.alarm (rule_id, rule_version, code, equipment_id, sensor_id, condition, level, severity, worst_severity, value, limit_value, peak_value,
    raised_at, cleared_at, active, acknowledged, acknowledged_at, acknowledged_by, announced_at, signal_id, told)
SELECT r.id, 1, r.name, g.equipment, g.id, r.condition, 'high', x.severity, x.severity, l.value, l.value, l.value * 1.2,
       x.raised, CASE WHEN NOT x.stands THEN x.raised + (1 + x.i % 90) * INTERVAL '1 minute' END, x.stands, x.i % 3 > 0, CASE WHEN x.i % 3 > 0 THEN x.raised + INTERVAL '4 minutes' END,
       CASE WHEN x.i % 3 > 0 THEN 'kim' END, x.raised, CASE WHEN x.stands THEN s.id END, true
FROM (
    SELECT i, now() - INTERVAL '20 minutes' - (i * i % 997) / 997.0 * :days * INTERVAL '1 day' AS raised, i <= 6 AS stands,
           (ARRAY['low', 'low', 'medium', 'low', 'high', 'critical'])[1 + i % 6] AS severity, i % :machines + 1 AS n, 1 + i % 3 AS rule
    FROM generate_series(1, 40 * :days) AS i
) AS x
JOIN alarm.rule AS r ON r.name = (ARRAY['vibration', 'temperature', 'pressure'])[x.rule]
JOIN signal AS g ON g.n = x.n AND g.name = r.name
JOIN alarm.signal AS s ON s.rule_id = r.id AND s.sensor_id = g.id
CROSS JOIN LATERAL (SELECT coalesce(r.high, r.low) AS value) AS l;
-- a flood: a dozen within five minutes; and a burst
INSERT INTO alarm.alarm (rule_id, rule_version, code, equipment_id, sensor_id, condition, level, severity, worst_severity, value, limit_value, peak_value, raised_at, cleared_at,
    active, announced_at, told)
SELECT r.id, 1, r.name, g.equipment, g.id, r.condition, 'high', 'medium', 'medium', 3, 2.8, 3.1, t, t + INTERVAL '15 seconds', false, t, true
FROM generate_series(1, 14) AS i
CROSS JOIN LATERAL (SELECT now() - INTERVAL '2 days' + i * INTERVAL '20 seconds' AS t) AS x
JOIN alarm.rule AS r ON r.name = 'vibration'
JOIN signal AS g ON g.n = 1 AND g.name = 'vibration';
INSERT INTO alarm.transition (alarm_id, kind, occurred_at, severity, level, value, limit_value)
SELECT a.id, 'raised', a.raised_at, a.severity, a.level, a.value, a.limit_value FROM alarm.alarm AS a;
UPDATE alarm.alarm SET shelved = 'timed', shelved_until = now() + INTERVAL '1 hour' WHERE id = (SELECT max(id) FROM alarm.alarm WHERE active);
INSERT INTO alarm.system_state (condition, object, level, value, limit_value, beyond_since)
SELECT c.name, 'grafana test', 'high', c.high, c.high, now() - INTERVAL '1 hour' FROM alarm.system_condition AS c WHERE c.high IS NOT NULL ORDER BY c.name LIMIT 1;

INSERT INTO plant.maintenance (equipment_id, kind, title, starts_at, ends_at, status, assignee)
SELECT m.id, k.kind, k.title, now() + k.offset - m.n * INTERVAL '3 hours', now() + k.offset + k.lasts - m.n * INTERVAL '3 hours', k.status, 'lee'
FROM machine AS m
CROSS JOIN (VALUES ('window', 'Oil change', -INTERVAL '3 days', INTERVAL '2 hours', 'done'), ('work_order', 'New bearing', INTERVAL '2 days', INTERVAL '6 hours', 'planned'),
                   ('work_order', 'Belt', -INTERVAL '1 day', INTERVAL '4 hours', 'in_progress')) AS k (kind, title, "offset", lasts, status)
WHERE m.n <= 12;
INSERT INTO plant.maintenance (equipment_id, kind, title, starts_at, status)
SELECT id, 'window', 'Inspection', now() - INTERVAL '30 minutes', 'in_progress' FROM machine WHERE n = 2;

-- what has no end, or never comes
INSERT INTO plant.maintenance (equipment_id, kind, title, starts_at, ends_at, status) VALUES
    ('press-01', 'work_order', 'For ever', now() - INTERVAL '4 days', 'infinity', 'in_progress'), ('press-01', 'window', 'Never', 'infinity', NULL, 'planned'),
    ('press-01', 'window', 'Always', '-infinity', NULL, 'done');
UPDATE plant.equipment SET next_maintenance = 'infinity', last_maintenance = '-infinity' WHERE id = 'press-01';
UPDATE plant.sensor SET calibration_due = 'infinity' WHERE equipment_id = 'press-01' AND name = 'vibration';

-- Models: an autoencoder with a shadow for each, and a regressor for those that wear.
INSERT INTO ml.serve_ml_models (equipment_id, power, model_version, modalities, thresholds, bundle_path, "case", features, metrics, status, status_reason, extra)
SELECT m.id, v.power, v.version, '{current,vibration}', '{"current": 1, "vibration": 1}', m.id || '/' || v.power || '/' || v.version, 'A', '{cur_x_rms,vib_rms}',
       '{"false_alarm_rate": 0.01}', v.status, v.reason, v.extra
FROM machine AS m
CROSS JOIN (VALUES ('2.2kW', 'v1', 'ready', NULL, '{}'::jsonb), ('2.2kW', 'v2', 'ready', NULL, '{}'), ('2.2kW', 'v3', 'rejected', 'no weights', '{}'),
                   ('life', 'v1', 'ready', NULL, '{"unit": "h"}')) AS v (power, version, status, reason, extra);
SELECT ml.set_alias(m.id, '2.2kW', 'champion', 'v1', 'first'), ml.set_alias(m.id, '2.2kW', 'challenger', 'v2', 'newer') FROM machine AS m \g /dev/null
UPDATE ml.model_alias_history SET set_at = now() - INTERVAL '2 days' - id * INTERVAL '1 hour' WHERE true;
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, "case", modalities, is_anomaly, confidence, severity, scores, thresholds,
    ratio, contributions, features, latency_us, received_at, fault_label)
SELECT t, m.id, '2.2kW', v.version, v.stage, 'mqtt', 'A', '{current,vibration}', r.ratio > 1, r.ratio ^ 2 / (r.ratio ^ 2 + 4),
       CASE WHEN r.ratio > 1 THEN 'medium' END, jsonb_build_object('current', r.ratio, 'vibration', r.ratio / 2), '{"current": 1, "vibration": 1}',
       jsonb_build_object('current', r.ratio, 'vibration', r.ratio / 2), '[{"feature": "vib_rms", "squared_error": 2, "share": 0.7}, {"feature": "cur_x_rms", "squared_error": 1, "share": 0.3}]',
       jsonb_build_object('cur_x_rms', 8 + random(), 'vib_rms', 1 + r.ratio * random()), 40, t + INTERVAL '1 second', CASE WHEN r.ratio > 2 THEN 'bearing' END
FROM machine AS m
CROSS JOIN (VALUES ('v1', 'champion'), ('v2', 'challenger')) AS v (version, stage)
CROSS JOIN generate_series(now() - :days * INTERVAL '1 day', now() - INTERVAL '1 minute', INTERVAL '5 minutes') AS t
CROSS JOIN LATERAL (SELECT 0.2 + 0.5 * random() + CASE WHEN m.n = 1 AND t > now() - INTERVAL '2 days' THEN 0.9 * random() + 1.2 * (random() > 0.95)::integer ELSE 0 END) AS r (ratio)
ORDER BY t;
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, "case", modalities, is_anomaly, confidence, scores, thresholds, ratio, value,
    latency_us, received_at)
SELECT t, m.id, 'life', 'v1', 'champion', 'mqtt', 'A', '{vibration}', false, 0, '{}', '{}', '{}',
       60 + 90 * m.n + extract(epoch FROM now() - t) / 3600 + 4 * random(), 60, t + INTERVAL '1 second'
FROM machine AS m CROSS JOIN generate_series(now() - :days * INTERVAL '1 day', now() - INTERVAL '2 minutes', INTERVAL '1 hour') AS t
WHERE m.n <= 4;
INSERT INTO ml.feature_reference (model_id, feature, source, mean, spread, minimum, maximum, quantiles, expected, samples, set_by)
SELECT m.id, f.name, 'training', f.centre, 0.4, f.centre - 1, f.centre + 1, ARRAY(SELECT f.centre - 1 + i * 0.2 FROM generate_series(0, 10) AS i),
       array_fill(0.1::float8, ARRAY[10]), 5000, 'test'
FROM ml.serve_ml_models AS m CROSS JOIN (VALUES ('cur_x_rms', 8.5), ('vib_rms', 1.3)) AS f (name, centre)
WHERE m.power = '2.2kW' AND m.status = 'ready'
ON CONFLICT DO NOTHING;
SELECT ml.summarise() \g /dev/null

-- a machine that failed, what had been said of it, and what it costs; and one that has a week left
INSERT INTO plant.cost (failure, preventive, downtime_per_hour) VALUES (4000000, 600000, 150000);
INSERT INTO plant.failure (equipment_id, failed_at, down_from, down_to, cause) SELECT id, now() - INTERVAL '2 days', now() - INTERVAL '2 days', now() - INTERVAL '44 hours', 'bearing' FROM machine WHERE n = 2;
SELECT ml.record_rul(jsonb_agg(jsonb_build_object('equipment_id', m.id, 'time', alarm.iso_time(now() - i * INTERVAL '6 hours'), 'rul_hours', 6 * i + m.n * 40, 'lower_hours', 5 * i + m.n * 20,
    'upper_hours', 8 * i + m.n * 70)))
FROM machine AS m CROSS JOIN generate_series(0, 24) AS i WHERE m.n IN (1, 2) \g /dev/null
INSERT INTO ml.rul_governor (equipment_id, method) SELECT id, 'external' FROM machine WHERE n = 1;
SELECT ml.judge_outcomes(), plant.advise() \g /dev/null

-- Millwright itself
SELECT ops.beat('grafana-test', 'run', '{"version": "1.0", "lanes": [{"lane": "live", "broker": "broker:1883", "connected": true, "held_messages": 2, "lag_seconds": 0.2,
    "batches": 10, "messages": 5000, "reconnects": 1}], "volumes": [{"path": "/", "total_bytes": 1e12, "free_bytes": 4e11}]}') \g /dev/null
INSERT INTO ops.process_volume (process_id, path, total_bytes, free_bytes) SELECT id, '/', 1e12, 4e11 FROM ops.process ON CONFLICT DO NOTHING;
INSERT INTO ops.ingest_minute (minute, messages)
SELECT t, 3000 + (600 * random())::integer FROM generate_series(date_trunc('minute', now()) - INTERVAL '23 hours', now() - INTERVAL '1 minute', INTERVAL '1 minute') AS t ON CONFLICT DO NOTHING;
INSERT INTO ingest.quarantine (topic, payload, reason, received_at, repeated)
SELECT 'factory/press-01/' || i, '\x7b', 'invalid_json', now() - i * INTERVAL '1 hour', i FROM generate_series(1, 5) AS i;
INSERT INTO telemetry.clock (equipment_id, clock_offset, measured_at) SELECT id, n * INTERVAL '0.2 seconds', now() FROM machine ON CONFLICT DO NOTHING;
INSERT INTO relay.channel (name, kind, target) VALUES ('shift', 'email', 'mailto:shift@plant.example');
INSERT INTO relay.delivery (channel_id, status, data, delivered_at, last_error)
SELECT c.id, s, '{}', CASE s WHEN 'delivered' THEN now() END, CASE s WHEN 'dead' THEN 'no answer' END
FROM relay.channel AS c, unnest('{delivered,delivered,pending,dead}'::text[]) AS s WHERE c.name = 'shift';

-- upwards, level by level: each reads the one below
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
DO $$ BEGIN WHILE rollup.refresh() > 0 LOOP NULL; END LOOP; END $$;
ANALYZE;
