-- Of the minutes, not of the raw rows: a sixtieth of the work, and it stays when the raw rows are dropped.
CREATE MATERIALIZED VIEW rollup.reading_1h
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
    time_bucket(INTERVAL '1 hour', bucket) AS bucket,
    sensor_id,
    sum(count)::bigint AS count,
    min(min) AS min,
    max(max) AS max,
    sum(sum) / sum(count)::float8 AS mean,
    sum(sum) AS sum,
    sum(sum_sq) AS sum_sq,
    first(first, bucket) AS first,
    last(last, bucket) AS last,
    min(first_time) AS first_time,
    max(last_time) AS last_time
FROM rollup.reading_1m
GROUP BY time_bucket(INTERVAL '1 hour', bucket), sensor_id
WITH NO DATA;

COMMENT ON VIEW rollup.reading_1h IS 'Readings per sensor and hour, up to the newest row. A continuous aggregate over rollup.reading_1m.';
COMMENT ON COLUMN rollup.reading_1h.bucket IS 'Start of the hour (UTC).';
COMMENT ON COLUMN rollup.reading_1h.sensor_id IS 'plant.sensor.id';
COMMENT ON COLUMN rollup.reading_1h.count IS 'Rows stored, of any quality, historical ones included.';
COMMENT ON COLUMN rollup.reading_1h.min IS 'Least value, in the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1h.max IS 'Greatest value, in the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1h.mean IS 'sum / count, in the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1h.sum IS 'Sum of the values, in the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1h.sum_sq IS 'Sum of the squared values, in the square of the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1h.first IS 'Value at first_time.';
COMMENT ON COLUMN rollup.reading_1h.last IS 'Value at last_time.';
COMMENT ON COLUMN rollup.reading_1h.first_time IS 'Time of the earliest row.';
COMMENT ON COLUMN rollup.reading_1h.last_time IS 'Time of the latest row.';

SELECT add_continuous_aggregate_policy('rollup.reading_1h', start_offset => NULL, end_offset => INTERVAL '1 hour',
    schedule_interval => INTERVAL '10 minutes');
