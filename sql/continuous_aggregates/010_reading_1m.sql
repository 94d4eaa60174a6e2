-- Every stored row counts, whatever its quality: the aggregate must agree with a plain GROUP BY over telemetry.reading.
-- Sum and sum of squares are kept, so that means and deviations of longer spans are exact; first and last with their times.
CREATE MATERIALIZED VIEW rollup.reading_1m
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT
    time_bucket(INTERVAL '1 minute', time) AS bucket,
    sensor_id,
    count(*) AS count,
    min(value) AS min,
    max(value) AS max,
    avg(value) AS mean,
    sum(value) AS sum,
    sum(value * value) AS sum_sq,
    first(value, time) AS first,
    last(value, time) AS last,
    min(time) AS first_time,
    max(time) AS last_time
FROM telemetry.reading
GROUP BY time_bucket(INTERVAL '1 minute', time), sensor_id
WITH NO DATA;

COMMENT ON VIEW rollup.reading_1m IS 'Readings per sensor and minute, up to the newest row: finished minutes plus the open tail. A continuous aggregate over telemetry.reading.';
COMMENT ON COLUMN rollup.reading_1m.bucket IS 'Start of the minute.';
COMMENT ON COLUMN rollup.reading_1m.sensor_id IS 'plant.sensor.id';
COMMENT ON COLUMN rollup.reading_1m.count IS 'Rows stored, of any quality, historical ones included.';
COMMENT ON COLUMN rollup.reading_1m.min IS 'Least value, in the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1m.max IS 'Greatest value, in the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1m.mean IS 'sum / count, in the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1m.sum IS 'Sum of the values, in the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1m.sum_sq IS 'Sum of the squared values, in the square of the sensor''s unit.';
COMMENT ON COLUMN rollup.reading_1m.first IS 'Value at first_time.';
COMMENT ON COLUMN rollup.reading_1m.last IS 'Value at last_time.';
COMMENT ON COLUMN rollup.reading_1m.first_time IS 'Time of the earliest row.';
COMMENT ON COLUMN rollup.reading_1m.last_time IS 'Time of the latest row.';

-- start_offset NULL: recordings of years ago are taken in too; only invalidated minutes are computed. When raw data is given a
-- retention, ops.set_raw_retention shortens it, so that dropped data does not take its aggregates along.
SELECT add_continuous_aggregate_policy('rollup.reading_1m', start_offset => NULL, end_offset => INTERVAL '1 minute',
    schedule_interval => INTERVAL '1 minute');
