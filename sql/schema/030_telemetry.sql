-- Points. Narrow on purpose: 23 bytes of data a row; what describes a sensor stands in plant.sensor.

CREATE TABLE telemetry.reading (
    time timestamptz NOT NULL,
    value float8 NOT NULL,
    sensor_id integer NOT NULL,
    quality smallint NOT NULL DEFAULT 0,
    is_historical boolean NOT NULL DEFAULT false,
    -- the key is what makes a redelivered message change nothing, and the order in which batches are inserted
    CONSTRAINT reading_pkey PRIMARY KEY (sensor_id, time)
);
-- no foreign key to plant.sensor: it would cost a look-up per point
SELECT public.create_hypertable('telemetry.reading', public.by_range('time', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE telemetry.reading IS
    'Every stored point, once: (sensor, time) is unique. Written by ingest only. A hypertable with one chunk per day.';
COMMENT ON COLUMN telemetry.reading.time IS 'When it was measured (the payload''s timestamp, else its arrival).';
COMMENT ON COLUMN telemetry.reading.value IS 'Finite value in the sensor''s unit.';
COMMENT ON COLUMN telemetry.reading.sensor_id IS 'plant.sensor.id';
COMMENT ON COLUMN telemetry.reading.quality IS 'OPC UA severity of the status code: 0 good, 1 uncertain, 2 bad.';
COMMENT ON COLUMN telemetry.reading.is_historical IS
    'Arrived late (setting ingest.historical_after) or was marked so by its sender: stored, but fired no live alarm and did not become the latest value.';
CREATE INDEX reading_time_idx ON telemetry.reading USING brin (time) WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE telemetry.latest (
    sensor_id integer PRIMARY KEY REFERENCES plant.sensor ON DELETE CASCADE,
    time timestamptz NOT NULL DEFAULT '-infinity',
    value float8,
    quality smallint NOT NULL DEFAULT 0,
    received_at timestamptz
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE telemetry.latest IS
    'The newest point of each sensor. Moves forward only. Exists because last() uses no index. Its rows are also what ingest locks, in sensor order, so that two batches which share a sensor follow one another.';
COMMENT ON COLUMN telemetry.latest.time IS '-infinity until the first live point: the row is made together with its sensor, so that ingest only ever updates.';
COMMENT ON COLUMN telemetry.latest.received_at IS 'When the broker''s message or the request arrived.';
