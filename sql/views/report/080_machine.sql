CREATE VIEW report.machine_state_1h AS
SELECT public.time_bucket(INTERVAL '1 hour', m.bucket) AS time, m.equipment_id AS equipment, m.equipment_id,
    make_interval(mins => sum(m.running)::int) AS running, make_interval(mins => sum(m.idle)::int) AS idle,
    make_interval(mins => sum(m.stopped)::int) AS stopped, make_interval(mins => sum(m.unknown)::int) AS unknown,
    sum(m.starts)::int AS starts,
    sum(m.running + m.idle)::float8 / nullif(sum(m.running + m.idle + m.stopped), 0)::float8 AS availability,
    sum(m.running)::float8 / nullif(sum(m.running + m.idle + m.stopped), 0)::float8 AS utilisation,
    sum(m.energy) AS energy
FROM rollup.machine_15m AS m
GROUP BY public.time_bucket(INTERVAL '1 hour', m.bucket), m.equipment_id;

CREATE VIEW report.machine_state_1d AS
SELECT c.bucket AS time, m.equipment_id AS equipment, m.equipment_id,
    make_interval(mins => sum(m.running)::int) AS running, make_interval(mins => sum(m.idle)::int) AS idle,
    make_interval(mins => sum(m.stopped)::int) AS stopped, make_interval(mins => sum(m.unknown)::int) AS unknown,
    sum(m.starts)::int AS starts,
    sum(m.running + m.idle)::float8 / nullif(sum(m.running + m.idle + m.stopped), 0)::float8 AS availability,
    sum(m.running)::float8 / nullif(sum(m.running + m.idle + m.stopped), 0)::float8 AS utilisation,
    sum(m.energy) AS energy, c.bucket_end AS time_end
FROM rollup.calendar AS c
JOIN rollup.machine_15m AS m ON m.bucket >= c.bucket AND m.bucket < c.bucket_end
GROUP BY c.bucket, c.bucket_end, m.equipment_id;

COMMENT ON VIEW report.machine_state_1h IS
    'How long each machine ran, idled, stood still or said nothing in an hour, to the minute, kept up to a minute ago by the job "refresh days". By alarm.operating_state (rollup.state_kind says what idles and what is stopped, below the lowest band it is stopped), else by the current (settings plant.running_current, plant.idle_current).';
COMMENT ON VIEW report.machine_state_1d IS
    'As report.machine_state_1h, by day of the plant (setting plant.time_zone).';
COMMENT ON COLUMN report.machine_state_1h.availability IS '(running + idle) / (running + idle + stopped); NULL: nothing is known.';
COMMENT ON COLUMN report.machine_state_1h.utilisation IS 'running / (running + idle + stopped).';
COMMENT ON COLUMN report.machine_state_1h.starts IS 'How often it began to run after it had idled or stood still.';
COMMENT ON COLUMN report.machine_state_1h.energy IS 'kWh, of sensors of type power; else estimated from the current where the setting plant.line_voltage is given; else NULL.';
GRANT SELECT ON report.machine_state_1h, report.machine_state_1d TO viewer;

CREATE VIEW report.machine_activity_1h AS
SELECT a.time, a.equipment_id AS equipment, a.equipment_id, sum(a.alarms)::bigint AS alarms, sum(a.alarms_critical)::bigint AS alarms_critical,
    sum(a.predictions)::bigint AS predictions, sum(a.anomalies)::bigint AS anomalies, max(a.largest_ratio) AS largest_ratio,
    min(a.rul_hours) AS rul_hours, sum(a.points)::bigint AS points,
    (rollup.gaps(sum(a.heard)::bigint, max(a.minutes), g.minutes))[1] AS gaps,
    make_interval(mins => (rollup.gaps(sum(a.heard)::bigint, max(a.minutes), g.minutes))[2]) AS longest_gap
FROM (
    SELECT public.time_bucket(INTERVAL '1 hour', m.bucket) AS time, m.equipment_id, m.points,
        m.heard::bigint << extract(minute FROM m.bucket)::int AS heard,
        extract(minute FROM m.bucket)::int + m.running + m.idle + m.stopped + m.unknown AS minutes,
        0 AS alarms, 0 AS alarms_critical, 0 AS predictions, 0 AS anomalies, NULL::float8 AS largest_ratio, NULL::float8 AS rul_hours
    FROM rollup.machine_15m AS m
    UNION ALL
    SELECT public.time_bucket(INTERVAL '1 hour', a.raised_at), a.equipment_id, 0, 0, 0, 1, (a.worst_severity = 'critical')::int, 0, 0, NULL, NULL
    FROM alarm.alarm AS a WHERE a.equipment_id IS NOT NULL AND a.retracted_at IS NULL
    UNION ALL
    SELECT public.time_bucket(INTERVAL '1 hour', p.time), p.equipment_id, 0, 0, 0, 0, 0, 1, p.is_anomaly::int,
        (SELECT max(ml.finite(r.value)) FROM jsonb_each(p.ratio) AS r), NULL
    FROM ml.serve_ml_predictions AS p WHERE p.stage <> 'challenger'
    UNION ALL
    SELECT public.time_bucket(INTERVAL '1 hour', l.time), l.equipment_id, 0, 0, 0, 0, 0, 0, 0, NULL, l.rul_hours
    FROM report.remaining_life AS l WHERE l.rul_hours IS NOT NULL
) AS a
CROSS JOIN (SELECT (extract(epoch FROM ops.setting_interval('plant.gap_after')) / 60)::int AS minutes) AS g
GROUP BY a.time, a.equipment_id, g.minutes;
COMMENT ON VIEW report.machine_activity_1h IS
    'What came of each machine in an hour: alarms raised (not taken back), predictions without those of challengers, readings stored, and gaps: stretches in which none of its sensors was heard for longer than the setting plant.gap_after.';
COMMENT ON COLUMN report.machine_activity_1h.largest_ratio IS 'Greatest score in relation to its threshold; above 1 is an anomaly.';
COMMENT ON COLUMN report.machine_activity_1h.rul_hours IS 'Least remaining useful life that was told, in hours; NULL: none was.';
COMMENT ON COLUMN report.machine_activity_1h.gaps IS 'A silence that lasts over several hours counts in each.';
COMMENT ON COLUMN report.machine_activity_1h.longest_gap IS 'Longest silence within the hour.';
GRANT SELECT ON report.machine_activity_1h TO viewer;
