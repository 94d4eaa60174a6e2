-- The simulated machines (Sources/Simulator/Plant/Machine.swift), described once: those that nobody has described yet.
BEGIN;
CREATE TEMP TABLE demo_machine ON COMMIT DROP AS
SELECT m.*, round((m.kw * 1000 / (sqrt(3) * 380 * 0.82 * 0.86))::numeric, 2) AS rated_current
FROM (VALUES
    ('press-01', '프레스 1호기 · Press 1', 'press', 'Hall A · A동', 2.2, 'high', 'Hansung HP-22'),
    ('pump-02', '냉각수 펌프 · Cooling water pump', 'pump', 'Utility · 유틸리티', 1.5, 'critical', 'Hansung CP-15'),
    ('conveyor-03', '반출 컨베이어 · Outfeed conveyor', 'conveyor', 'Hall A · A동', 0.75, 'medium', 'Daeil BC-07'),
    ('fan-04', '배기 팬 · Exhaust fan', 'fan', 'Roof · 옥상', 3.7, 'low', 'Daeil EF-37'),
    ('compressor-05', '공기 압축기 · Air compressor', 'compressor', 'Utility · 유틸리티', 5.5, 'critical', 'Hansung AC-55'),
    ('mixer-06', '혼합기 · Mixer', 'mixer', 'Hall B · B동', 7.5, 'medium', 'Daeil MX-75'),
    ('press-07', '프레스 2호기 · Press 2', 'press', 'Hall B · B동', 11, 'high', 'Hansung HP-110'),
    ('pump-08', '절삭유 펌프 · Coolant pump', 'pump', 'Hall B · B동', 15, 'high', 'Hansung CP-150')
) AS m (id, name, type, location, kw, criticality, model)
-- done once: what was removed or changed since stays so
WHERE NOT EXISTS (SELECT FROM ingest.import AS i WHERE i.file_name = 'demo: a made-up week');

SELECT ops.set_setting('plant.time_zone', '"Asia/Seoul"')
FROM ops.setting AS s WHERE s.name = 'plant.time_zone' AND s.value = '"UTC"' AND EXISTS (SELECT FROM demo_machine);

INSERT INTO plant.equipment AS e (id, name, type, category, location, manufacturer, model, serial_number, installation_date, last_maintenance,
    next_maintenance, status, description, specifications, tags, operating_hours, max_operating_hours, criticality)
SELECT m.id, m.name, m.type, 'rotating', m.location, split_part(m.model, ' ', 1), split_part(m.model, ' ', 2), 'D-' || upper(m.id),
       current_date - 900 - 40 * n, now() - INTERVAL '20 days' - n * INTERVAL '9 days',
       date_trunc('day', now(), plant.time_zone()) + INTERVAL '9 hours' + (n - 2) * INTERVAL '6 days', 'active', 'Simulated machine of the demo.',
       jsonb_build_object('rated_power_kw', m.kw, 'rated_current_a', m.rated_current, 'vibration_class', 'I', 'voltage_v', 380), '{demo}',
       9000 + 1270 * n, 20000, m.criticality
FROM (SELECT x.*, row_number() OVER (ORDER BY right(x.id, 2))::integer AS n FROM demo_machine AS x) AS m
ON CONFLICT (id) DO UPDATE SET name = excluded.name, type = excluded.type, category = excluded.category, location = excluded.location,
    manufacturer = excluded.manufacturer, model = excluded.model, serial_number = excluded.serial_number,
    installation_date = excluded.installation_date, last_maintenance = excluded.last_maintenance, next_maintenance = excluded.next_maintenance,
    status = excluded.status, description = excluded.description, specifications = excluded.specifications, tags = excluded.tags,
    operating_hours = excluded.operating_hours, max_operating_hours = excluded.max_operating_hours, criticality = excluded.criticality
WHERE e.status = 'discovered';

INSERT INTO plant.sensor AS s (equipment_id, name, type, unit, sampling_rate, range_min, range_max, calibration_date, calibration_due, status, tags)
SELECT m.id, x.name, x.type, x.unit, x.rate, 0, x.greatest, c.day - 365, c.day, 'active', '{demo}'
FROM demo_machine AS m
JOIN (VALUES
    (NULL, 'current_x', 'current', 'A', 12.5, 50), (NULL, 'current_y', 'current', 'A', 12.5, 50), (NULL, 'current_z', 'current', 'A', 12.5, 50),
    (NULL, 'vibration', 'vibration', 'mm/s', 6, 50), (NULL, 'temperature', 'temperature', '°C', 3, 150),
    ('press', 'pressure', 'pressure', 'bar', 3, 16), ('compressor', 'pressure', 'pressure', 'bar', 3, 16), ('pump', 'flow', 'flow', 'l/min', 3, 400),
    ('conveyor', 'speed', 'speed', 'm/s', 3, 5), ('fan', 'airflow', 'airflow', 'm3/h', 3, 5000), ('mixer', 'torque', 'torque', 'Nm', 3, 200)
) AS x (machine, name, type, unit, rate, greatest) ON x.machine IS NULL OR x.machine = m.type
-- currents are not calibrated; of the others a few are due or overdue
CROSS JOIN LATERAL (SELECT CASE WHEN x.type <> 'current' THEN current_date - 10 + (right(m.id, 2)::integer * 37 + length(x.name) * 29) % 300 END AS day) AS c
ON CONFLICT (equipment_id, name) DO UPDATE SET type = excluded.type, unit = coalesce(s.unit, excluded.unit), sampling_rate = excluded.sampling_rate,
    range_min = excluded.range_min, range_max = excluded.range_max, calibration_date = excluded.calibration_date,
    calibration_due = excluded.calibration_due, status = excluded.status, tags = excluded.tags
WHERE s.status = 'discovered';

INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high)
SELECT m.id, x.state, 'current_x', m.rated_current * x.low, m.rated_current * x.high
FROM demo_machine AS m, (VALUES ('stopped', '-Infinity'::float8, 0.05), ('idle', 0.05, 0.5), ('running', 0.5, 'Infinity')) AS x (state, low, high)
WHERE NOT EXISTS (SELECT FROM alarm.operating_state AS o WHERE o.equipment_id = m.id);

INSERT INTO plant.maintenance (equipment_id, kind, title, description, starts_at, ends_at, suppress_alarms, status, assignee, created_by)
SELECT m.id, x.kind, x.title, 'Made up for the demo.', d.at, d.at + x.lasts, x.kind = 'window', x.status, x.assignee, 'demo'
FROM (VALUES
    ('press-01', 'window', '금형 교환 · Change of the die', 2, 9, INTERVAL '3 hours', 'planned', 'Kim'),
    ('compressor-05', 'window', '필터 교환 · Change of filters', 4, 14, INTERVAL '1 hour', 'planned', 'Park'),
    ('pump-08', 'work_order', '씰 점검 · Inspect the seal', -2, 9, INTERVAL '4 hours', 'planned', 'Lee'),
    ('mixer-06', 'work_order', '감속기 오일 교환 · Change of gear oil', 9, 8, INTERVAL '2 hours', 'planned', 'Lee')
) AS x (id, kind, title, days, hour, lasts, status, assignee)
JOIN demo_machine AS m ON m.id = x.id
CROSS JOIN LATERAL (SELECT (date_trunc('day', now() AT TIME ZONE plant.time_zone()) + x.days * INTERVAL '1 day' + x.hour * INTERVAL '1 hour')
                           AT TIME ZONE plant.time_zone() AS at) AS d
WHERE NOT EXISTS (SELECT FROM plant.maintenance AS p WHERE p.created_by = 'demo');
COMMIT;
