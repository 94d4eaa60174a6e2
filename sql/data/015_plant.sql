INSERT INTO ops.setting (name, value, description, unit) VALUES
    ('plant.time_zone', '"UTC"',
     'Zone in which the plant''s days, shifts and hours of the week begin. A request for sensor data may name '
     'another: time_zone.', NULL),
    ('plant.currency', '"KRW"',
     'Currency of all amounts of money (plant.cost, plant.work_order.cost), ISO 4217. Changing it converts nothing.',
     NULL),
    ('plant.import_rows', '50000', 'Rows that one call of plant.import_lives takes.', 'rows')
ON CONFLICT (name) DO NOTHING;
-- not the same zones under other names
INSERT INTO plant.known_time_zone (name)
SELECT z.name FROM pg_timezone_names AS z WHERE z.name !~ '^(posix|right)/'
    AND z.name NOT IN ('localtime', 'posixrules', 'Factory')
ON CONFLICT (name) DO NOTHING;
