-- Points. Narrow on purpose: 23 bytes of data a row; what describes a sensor stands in plant.sensor.

CREATE TABLE telemetry.reading (
    time timestamptz NOT NULL,
    value float8 NOT NULL,
    sensor_id integer NOT NULL,
    quality smallint NOT NULL DEFAULT 0,
    is_historical boolean NOT NULL DEFAULT false,
    -- the key is what makes a redelivered message change nothing, and the order in which batches are inserted
    CONSTRAINT reading_pkey PRIMARY KEY (sensor_id, time),
    -- The last line: what got in here could stop the aggregates of all sensors. The bounds of ops.is_carried.
    CONSTRAINT reading_value_check CHECK (abs(value) <= 1e100::float8 AND (abs(value) >= 1e-100::float8 OR value = 0::float8))
);
-- no foreign key to plant.sensor: it would cost a look-up per point
SELECT public.create_hypertable('telemetry.reading', public.by_range('time', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE telemetry.reading IS
    'Every stored point, once: (sensor, time) is unique. Written by ingest only. A hypertable with one chunk per day; history (older than the setting ingest.live_span) lies in wider ones.';
COMMENT ON COLUMN telemetry.reading.time IS 'When it was measured (the payload''s timestamp, else its arrival).';
COMMENT ON COLUMN telemetry.reading.value IS 'Value in the sensor''s unit: 0, or 1e-100 to 1e100 in magnitude, so that every aggregate can carry it (docs/adr/0010).';
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
    received_at timestamptz,
    burst interval
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE telemetry.latest IS
    'The newest point of each sensor. Moves forward only, unless a clock that was fast is put right (telemetry.clock_step). Exists because last() uses no index. Its rows are also what ingest locks, in sensor order, so that two batches which share a sensor follow one another.';
COMMENT ON COLUMN telemetry.latest.time IS '-infinity until the first live point: the row is made together with its sensor, so that ingest only ever updates.';
COMMENT ON COLUMN telemetry.latest.received_at IS 'When the broker''s message or the request arrived. received_at - time maps the sensor''s time to ours (alarm.fires_at).';
COMMENT ON COLUMN telemetry.latest.burst IS
    'How much time of measurement lately came at once, so how long the sensor is usually silent between two uploads: the greatest of the last arrivals, fading. NULL: points come one by one.';

-- One row: its lock is the right to make chunks that are wider than usual, its content how far the lane has come.
CREATE TABLE telemetry.history_lane (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    position timestamptz NOT NULL DEFAULT '-infinity',
    moved bigint NOT NULL DEFAULT 0,
    duplicates bigint NOT NULL DEFAULT 0,
    last_moved_at timestamptz,
    usual_interval interval
);
COMMENT ON TABLE telemetry.history_lane IS
    'The lane for history. Whoever changes the chunk interval of telemetry.reading holds this row''s lock until commit: ingest.backfill, telemetry.begin_history.';
COMMENT ON COLUMN telemetry.history_lane.position IS 'ingest.backfill goes on from this time of measurement upward, and begins again below when nothing is left above.';
COMMENT ON COLUMN telemetry.history_lane.moved IS 'Points moved out of ingest.backlog since the beginning.';
COMMENT ON COLUMN telemetry.history_lane.duplicates IS 'Those of them that telemetry.reading had already.';
COMMENT ON COLUMN telemetry.history_lane.usual_interval IS 'Chunk interval to go back to; set between telemetry.begin_history and telemetry.end_history only.';
INSERT INTO telemetry.history_lane DEFAULT VALUES;

-- Clocks of machines: what their points say when they arrive. Kept by telemetry.watch_clocks.
CREATE TABLE telemetry.clock (
    equipment_id text PRIMARY KEY REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    clock_offset interval,
    measured_at timestamptz,
    best interval,
    window_began timestamptz NOT NULL DEFAULT clock_timestamp(),
    wrong_since timestamptz,
    historical bigint NOT NULL DEFAULT 0,
    unjudged bigint NOT NULL DEFAULT 0,
    stepped_at timestamptz,
    disowned bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE telemetry.clock IS
    'How far each machine''s clock is ahead of ours (negative: behind), estimated from its points: time of measurement minus arrival, of the sensor and the moment within a minute where least time was lost on the way. Kept by the job telemetry.watch_clocks.';
COMMENT ON COLUMN telemetry.clock.clock_offset IS 'Positive: its times lie ahead of ours. What is a little negative may be the way of the data. NULL: not known yet.';
COMMENT ON COLUMN telemetry.clock.measured_at IS 'When the last point that counts here arrived.';
COMMENT ON COLUMN telemetry.clock.best IS 'Greatest offset since window_began: becomes clock_offset when the minute is over.';
COMMENT ON COLUMN telemetry.clock.wrong_since IS 'Since when the offset is beyond the limit of the system condition clock; NULL: it is not.';
COMMENT ON COLUMN telemetry.clock.historical IS 'Points that their sender did not mark as historical, but that were so old when they came (ingest.historical_after) that no live alarm was raised on them.';
COMMENT ON COLUMN telemetry.clock.unjudged IS 'Late points whose place in what had been judged was closed: the rule had changed, or an alarm had been reset since.';
COMMENT ON COLUMN telemetry.clock.stepped_at IS 'When its clock was last seen to be put back.';
COMMENT ON COLUMN telemetry.clock.disowned IS 'Points that lay ahead of a clock that was put back: stored as of bad quality since, they judge nothing.';

CREATE TABLE telemetry.clock_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    equipment_id text NOT NULL,
    received_at timestamptz NOT NULL,
    clock_offset interval,
    historical bigint NOT NULL DEFAULT 0,
    unjudged bigint NOT NULL DEFAULT 0,
    disowned bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE telemetry.clock_event IS
    'What ingest noticed of clocks and leaves for telemetry.watch_clocks to count: appended only, so that no batch waits for another. Columns as in telemetry.clock.';

CREATE TABLE telemetry.late_run (
    sensor_id integer PRIMARY KEY REFERENCES plant.sensor ON DELETE CASCADE,
    behind timestamptz NOT NULL,
    lag interval NOT NULL,
    since timestamptz NOT NULL,
    first_time timestamptz NOT NULL,
    last_time timestamptz NOT NULL,
    arrivals integer NOT NULL,
    points integer NOT NULL
);
COMMENT ON TABLE telemetry.late_run IS
    'Sensors that tell late points only, while nothing newer comes: late by about the same each time, their clock was put back (telemetry.step_back).';
COMMENT ON COLUMN telemetry.late_run.behind IS 'The latest value''s time, which they do not reach.';
COMMENT ON COLUMN telemetry.late_run.lag IS 'Arrival minus time of measurement, at the first of these arrivals.';
