-- History in a lane of its own: docs/adr/0008-history-in-a-lane-of-its-own.md.

CREATE TABLE ingest.backlog (
    time timestamptz NOT NULL,
    value float8 NOT NULL,
    sensor_id integer NOT NULL,
    quality smallint NOT NULL,
    -- by time: the lane fills one chunk after the other
    CONSTRAINT backlog_pkey PRIMARY KEY (time, sensor_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000);
COMMENT ON TABLE ingest.backlog IS
    'Points that are accepted and durable, but too old for the live path: ingest.backfill moves them into telemetry.reading, in chunks as wide as they are sparse. All of them are historical.';
COMMENT ON COLUMN ingest.backlog.time IS 'When it was measured.';
COMMENT ON COLUMN ingest.backlog.value IS 'Finite value in the sensor''s unit.';
COMMENT ON COLUMN ingest.backlog.sensor_id IS 'plant.sensor.id';
COMMENT ON COLUMN ingest.backlog.quality IS 'As in telemetry.reading.';

CREATE TABLE ingest.backlog_message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    payload text STORAGE EXTERNAL NOT NULL,
    received_at timestamptz NOT NULL
);
COMMENT ON TABLE ingest.backlog_message IS
    'Whole messages that hold many points of long ago: accepted and durable, decoded by ingest.backfill, so that live points do not wait for that. Put here by ingest.put_aside.';
COMMENT ON COLUMN ingest.backlog_message.payload IS 'As it came; not compressed, because it stays for seconds.';
COMMENT ON COLUMN ingest.backlog_message.received_at IS 'When thin received it.';

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

COMMENT ON TABLE telemetry.reading IS
    'Every stored point, once: (sensor, time) is unique. Written by ingest only. A hypertable with one chunk per day; history (older than the setting ingest.live_span) lies in wider ones.';
