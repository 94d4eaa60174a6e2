-- Days are the plant's: one zone for alarm figures, reports and windows.
UPDATE ops.setting SET name = 'plant.time_zone',
    description = 'Zone in which the plant''s days, shifts and hours of the week begin. A request for sensor data may name another: time_zone.'
WHERE name = 'alarm.time_zone';
UPDATE ops.setting SET description = 'When shifts begin, in plant.time_zone.' WHERE name = 'alarm.shift_starts';
COMMENT ON COLUMN alarm.baseline.hour_of_week IS
    '0 (Monday from 0:00) to 167 (Sunday from 23:00) in the setting plant.time_zone; -1: all hours together. Hours with too few samples have no row.';

CREATE TABLE plant.known_time_zone (
    name text PRIMARY KEY
);
COMMENT ON TABLE plant.known_time_zone IS
    'Names of time zones that a request may use. Of pg_timezone_names, which reads 1,200 files each time; thin migrate adds what the server has learned since.';
