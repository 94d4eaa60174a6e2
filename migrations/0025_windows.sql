-- What the continuous aggregates of both editions cannot do: days of the plant's zone and sketches, kept up to date by
-- rollup.refresh from notes of what changed (docs/adr/0023).

CREATE TABLE rollup.change (
    sensor_id integer NOT NULL,
    period tstzmultirange NOT NULL CHECK (NOT isempty(period)),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE rollup.change IS
    'Finished hours that were written, changed or removed: a queue without a key that triggers on the finished buckets of rollup.reading_1h append to and rollup.refresh empties.';

CREATE TABLE rollup.sketch_1h (
    bucket timestamptz NOT NULL,
    sensor_id integer NOT NULL,
    count bigint NOT NULL CHECK (count > 0),
    sketch bigint[] NOT NULL,
    CONSTRAINT sketch_1h_pkey PRIMARY KEY (sensor_id, bucket)
);
SELECT public.create_hypertable('rollup.sketch_1h', public.by_range('bucket', INTERVAL '90 days'), create_default_indexes => false);
COMMENT ON TABLE rollup.sketch_1h IS
    'Distribution of the values of each sensor and finished hour: counts in buckets that are 1 % wide, which can be added up. Read it with rollup.quantiles.';
COMMENT ON COLUMN rollup.sketch_1h.bucket IS 'Start of the hour (UTC).';
COMMENT ON COLUMN rollup.sketch_1h.count IS 'Values counted in it.';
COMMENT ON COLUMN rollup.sketch_1h.sketch IS 'One number for each bucket that holds a value: its key (rollup.sketch_key) × 2^32 + count, ascending.';

CREATE TABLE rollup.day (
    sensor_id integer NOT NULL,
    bucket timestamptz NOT NULL,
    bucket_end timestamptz NOT NULL CHECK (bucket_end > bucket),
    count bigint NOT NULL CHECK (count > 0),
    min float8 NOT NULL,
    max float8 NOT NULL,
    mean float8 NOT NULL,
    sum float8 NOT NULL,
    sum_sq float8 NOT NULL,
    first float8 NOT NULL,
    last float8 NOT NULL,
    first_time timestamptz NOT NULL,
    last_time timestamptz NOT NULL,
    sketch bigint[],
    PRIMARY KEY (sensor_id, bucket)
);
CREATE INDEX day_bucket_idx ON rollup.day (bucket);
COMMENT ON TABLE rollup.day IS 'Finished days, kept for ever. Written by rollup.refresh; read rollup.reading_1d, which has the open days too.';
COMMENT ON COLUMN rollup.day.bucket_end IS 'Start of the next day.';
COMMENT ON COLUMN rollup.day.sketch IS 'As rollup.sketch_1h.sketch. NULL: readings were dropped before it was made.';

CREATE TABLE rollup.day_state (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    zone text NOT NULL DEFAULT 'UTC',
    zone_from timestamptz NOT NULL DEFAULT '-infinity',
    finished_to timestamptz NOT NULL DEFAULT '-infinity',
    kept_from timestamptz NOT NULL DEFAULT '-infinity',
    minutes_from timestamptz NOT NULL DEFAULT '-infinity',
    machines_to timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT day_state_check CHECK (finished_to >= zone_from)
);
INSERT INTO rollup.day_state DEFAULT VALUES;
COMMENT ON TABLE rollup.day_state IS 'Where the days stand. One row.';
COMMENT ON COLUMN rollup.day_state.zone IS 'Zone of the days from zone_from on: plant.time_zone() when rollup.refresh ran last.';
COMMENT ON COLUMN rollup.day_state.zone_from IS 'Days before it are of another zone: their hours are gone, so they stay as they are.';
COMMENT ON COLUMN rollup.day_state.finished_to IS 'Days before it are rows of rollup.day; later ones are worked out when they are read.';
COMMENT ON COLUMN rollup.day_state.kept_from IS 'Hours before it were dropped by retention: days before it are never computed again.';
COMMENT ON COLUMN rollup.day_state.minutes_from IS 'Minutes before it were dropped by retention: so are days before it whose midnight is not on the hour, and machines'' states.';
COMMENT ON COLUMN rollup.day_state.machines_to IS 'Every machine has its quarters of an hour up to here.';

CREATE TABLE rollup.state_kind (
    state text PRIMARY KEY CHECK (length(state) BETWEEN 1 AND 64 AND state = lower(state)),
    kind text NOT NULL CONSTRAINT state_kind_kind_check CHECK (kind IN ('running', 'idle', 'stopped'))
);
COMMENT ON TABLE rollup.state_kind IS
    'Which operating states (alarm.operating_state.state, in lower case) mean that a machine idles or stands still. Every other state is running.';

CREATE TABLE rollup.machine_15m (
    equipment_id text NOT NULL REFERENCES plant.equipment ON UPDATE CASCADE ON DELETE CASCADE,
    bucket timestamptz NOT NULL,
    running smallint NOT NULL,
    idle smallint NOT NULL,
    stopped smallint NOT NULL,
    unknown smallint NOT NULL,
    starts smallint NOT NULL,
    energy float8,
    points bigint NOT NULL,
    heard integer NOT NULL,
    PRIMARY KEY (equipment_id, bucket)
);
SELECT public.create_hypertable('rollup.machine_15m', public.by_range('bucket', INTERVAL '30 days'), create_default_indexes => false);
CREATE INDEX machine_15m_bucket_idx ON rollup.machine_15m (bucket);
COMMENT ON TABLE rollup.machine_15m IS
    'What each machine did in a quarter of an hour, of which hours and days of every zone can be made. Written by rollup.refresh out of minutes; read report.machine_state_1h, report.machine_state_1d, report.machine_activity_1h.';
COMMENT ON COLUMN rollup.machine_15m.running IS 'Minutes in which it ran. With idle, stopped and unknown: all minutes of the quarter that have begun.';
COMMENT ON COLUMN rollup.machine_15m.starts IS 'Minutes in which it ran after one in which it idled or stood still.';
COMMENT ON COLUMN rollup.machine_15m.energy IS 'kWh, of its power sensors, or estimated from its current (setting plant.line_voltage); NULL: neither was heard.';
COMMENT ON COLUMN rollup.machine_15m.points IS 'Readings stored of all its sensors.';
COMMENT ON COLUMN rollup.machine_15m.heard IS 'Bit n: one of its sensors was heard in minute n.';

CREATE TABLE rollup.calendar (
    bucket timestamptz PRIMARY KEY,
    bucket_end timestamptz NOT NULL CHECK (bucket_end > bucket)
);
COMMENT ON TABLE rollup.calendar IS 'Days of the plant''s zone, from the first quarter of rollup.machine_15m to tomorrow. Kept by rollup.refresh.';

CREATE TABLE rollup.finished_chunk (
    relation oid NOT NULL,
    chunk name NOT NULL,
    range_end timestamptz NOT NULL,
    PRIMARY KEY (relation, chunk)
);
COMMENT ON TABLE rollup.finished_chunk IS
    'Chunks of the tables of finished minutes and hours that rollup.refresh has seen. One that is gone was dropped, by whomever: what was made of it before its end is never computed again.';
COMMENT ON COLUMN rollup.finished_chunk.relation IS 'The table. When the aggregate is made anew it is another one, and nothing was dropped.';
