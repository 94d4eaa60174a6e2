-- Finished days, then the open ones out of hours, and of minutes where midnight is not on the hour. The borders are scalar
-- subqueries: known before the first row is read, so that chunks of earlier hours are left out.
CREATE VIEW rollup.reading_1d AS
SELECT d.bucket, d.sensor_id, d.count, d.min, d.max, d.mean, d.sum, d.sum_sq, d.first, d.last, d.first_time, d.last_time, d.bucket_end,
    d.sketch
FROM rollup.day AS d
UNION ALL
SELECT o.bucket, o.sensor_id, o.count, o.min, o.max, o.mean, o.sum, o.sum_sq, o.first, o.last, o.first_time, o.last_time, o.bucket_end,
    rollup.sketch_of(o.sensor_id, o.bucket, o.bucket_end, o.count) AS sketch
FROM (
    SELECT p.bucket, p.sensor_id, sum(p.count)::bigint AS count, min(p.min) AS min, max(p.max) AS max, sum(p.sum) / sum(p.count)::float8 AS mean,
        sum(p.sum) AS sum, sum(p.sum_sq) AS sum_sq, public.first(p.first, p.first_time) AS first, public.last(p.last, p.last_time) AS last,
        min(p.first_time) AS first_time, max(p.last_time) AS last_time, p.bucket_end
    FROM (
        SELECT o.bucket, o.bucket_end, h.sensor_id, h.count, h.min, h.max, h.sum, h.sum_sq, h.first, h.last, h.first_time, h.last_time
        FROM rollup.reading_1h AS h
        JOIN rollup.open_hours() AS o ON o.hour = h.bucket
        WHERE h.bucket >= (SELECT rollup.finished_to())
        UNION ALL
        SELECT o.bucket, o.bucket_end, m.sensor_id, m.count, m.min, m.max, m.sum, m.sum_sq, m.first, m.last, m.first_time, m.last_time
        FROM rollup.reading_1m AS m
        JOIN rollup.open_minutes() AS o ON o.minute = m.bucket
        WHERE (SELECT rollup.first_edge() < 'infinity') AND m.bucket >= (SELECT rollup.first_edge())
    ) AS p
    GROUP BY p.bucket, p.bucket_end, p.sensor_id
) AS o;
COMMENT ON VIEW rollup.reading_1d IS
    'Readings per sensor and day of the plant (setting plant.time_zone), up to the newest row. Days are made of hours, and of minutes where midnight is not on the hour of UTC; days of 23 and 25 hours are whole (docs/adr/0023).';
COMMENT ON COLUMN rollup.reading_1d.bucket IS 'Start of the day, in the plant''s zone.';
COMMENT ON COLUMN rollup.reading_1d.bucket_end IS 'Start of the next day.';
COMMENT ON COLUMN rollup.reading_1d.count IS 'Rows stored, of any quality, historical ones included.';
COMMENT ON COLUMN rollup.reading_1d.sketch IS 'Distribution of the values, for rollup.quantiles. NULL: readings were dropped before it was made.';
GRANT SELECT ON rollup.reading_1d TO viewer;
