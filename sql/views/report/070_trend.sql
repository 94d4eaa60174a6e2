-- A Grafana panel needs no join. The second arm of each union gives no row: it keeps the first one a query of its own, so that the
-- sensor's id reaches the open tail too, while conditions on time still go inside (else a machine's hours cost those of all).
-- Quantiles are worked out only where a query names them: the inner query keeps its three values together (OFFSET 0), so that they
-- are computed once a row.
CREATE VIEW report.trend_1m AS
SELECT m.bucket AS time, s.equipment_id AS equipment, s.equipment_id, e.location, s.name AS sensor, m.sensor_id, s.type AS sensor_type, s.unit,
    m.min, m.mean, m.max, report.stddev(m.count, m.sum, m.sum_sq) AS stddev, m.count,
    q.quantiles[1] AS p50, q.quantiles[2] AS p95, q.quantiles[3] AS p99, e.name AS equipment_name
FROM plant.sensor AS s
JOIN plant.equipment AS e ON e.id = s.equipment_id
CROSS JOIN LATERAL (
    SELECT m.* FROM rollup.reading_1m AS m WHERE m.sensor_id = s.id
    UNION ALL
    SELECT m.* FROM rollup.reading_1m AS m WHERE false
) AS m
CROSS JOIN LATERAL (SELECT rollup.minute_quantiles(m.sensor_id, m.bucket, m.count, '{0.5,0.95,0.99}') AS quantiles OFFSET 0) AS q;

CREATE VIEW report.trend_1h AS
SELECT h.bucket AS time, s.equipment_id AS equipment, s.equipment_id, e.location, s.name AS sensor, h.sensor_id, s.type AS sensor_type, s.unit,
    h.min, h.mean, h.max, report.stddev(h.count, h.sum, h.sum_sq) AS stddev, h.count,
    q.quantiles[1] AS p50, q.quantiles[2] AS p95, q.quantiles[3] AS p99, e.name AS equipment_name
FROM plant.sensor AS s
JOIN plant.equipment AS e ON e.id = s.equipment_id
CROSS JOIN LATERAL (
    SELECT h.* FROM rollup.reading_1h AS h WHERE h.sensor_id = s.id
    UNION ALL
    SELECT h.* FROM rollup.reading_1h AS h WHERE false
) AS h
CROSS JOIN LATERAL (
    SELECT rollup.quantiles(coalesce(
        (SELECT k.sketch FROM rollup.sketch_1h AS k WHERE k.sensor_id = h.sensor_id AND k.bucket = h.bucket AND k.count >= h.count),
        rollup.reading_sketch(h.sensor_id, h.bucket, h.bucket + INTERVAL '1 hour', h.count)), '{0.5,0.95,0.99}', h.min, h.max) AS quantiles
    OFFSET 0
) AS q;

-- Finished days, then each sensor's open ones: for a machine it is as fast as for all of them.
CREATE VIEW report.trend_1d AS
SELECT d.bucket AS time, s.equipment_id AS equipment, s.equipment_id, e.location, s.name AS sensor, s.id AS sensor_id, s.type AS sensor_type, s.unit,
    d.min, d.mean, d.max, report.stddev(d.count, d.sum, d.sum_sq) AS stddev, d.count,
    q.quantiles[1] AS p50, q.quantiles[2] AS p95, q.quantiles[3] AS p99, e.name AS equipment_name, d.bucket_end AS time_end
FROM plant.sensor AS s
JOIN plant.equipment AS e ON e.id = s.equipment_id
JOIN rollup.day AS d ON d.sensor_id = s.id
CROSS JOIN LATERAL (SELECT rollup.quantiles(d.sketch, '{0.5,0.95,0.99}', d.min, d.max) AS quantiles OFFSET 0) AS q
UNION ALL
SELECT o.bucket, s.equipment_id, s.equipment_id, e.location, s.name, s.id, s.type, s.unit,
    d.min, d.sum / d.count::float8, d.max, report.stddev(d.count, d.sum, d.sum_sq), d.count,
    q.quantiles[1], q.quantiles[2], q.quantiles[3], e.name, o.bucket_end
FROM rollup.open_days() AS o
CROSS JOIN plant.sensor AS s
JOIN plant.equipment AS e ON e.id = s.equipment_id
CROSS JOIN LATERAL (
    SELECT sum(p.count)::bigint AS count, min(p.min) AS min, max(p.max) AS max, sum(p.sum) AS sum, sum(p.sum_sq) AS sum_sq
    FROM (
        SELECT h.count, h.min, h.max, h.sum, h.sum_sq FROM rollup.reading_1h AS h
        WHERE h.sensor_id = s.id AND h.bucket >= o.first_hour AND h.bucket < o.last_hour
        UNION ALL
        SELECT m.count, m.min, m.max, m.sum, m.sum_sq FROM rollup.reading_1m AS m
        WHERE m.sensor_id = s.id AND o.first_hour > o.bucket AND m.bucket >= o.bucket AND m.bucket < least(o.first_hour, o.bucket_end)
        UNION ALL
        SELECT m.count, m.min, m.max, m.sum, m.sum_sq FROM rollup.reading_1m AS m
        WHERE m.sensor_id = s.id AND o.last_hour < o.bucket_end AND m.bucket >= greatest(o.last_hour, least(o.first_hour, o.bucket_end)) AND m.bucket < o.bucket_end
    ) AS p
) AS d
CROSS JOIN LATERAL (
    SELECT rollup.quantiles(rollup.sketch_of(s.id, o.bucket, o.bucket_end, d.count), '{0.5,0.95,0.99}', d.min, d.max) AS quantiles OFFSET 0
) AS q
WHERE d.count > 0;

COMMENT ON VIEW report.trend_1m IS
    'Every sensor by minute, with names and unit, up to the newest row. Filter by time and sensor_id (or equipment and sensor). p50, p95 and p99 are exact, of the readings; NULL once retention has dropped these.';
COMMENT ON VIEW report.trend_1h IS
    'Every sensor by hour, as report.trend_1m. p50, p95 and p99 are within 1 % of the exact ones; NULL where readings were dropped before there were sketches.';
COMMENT ON VIEW report.trend_1d IS
    'Every sensor by day of the plant (setting plant.time_zone; time is its start, time_end that of the next: 23, 24 or 25 hours), as report.trend_1h.';
GRANT SELECT ON report.trend_1m, report.trend_1h, report.trend_1d TO viewer;
