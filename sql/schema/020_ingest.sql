-- The way in. A payload format is a row in topic_decoder and a SQL function: adding one needs no Swift.

CREATE TYPE ingest.point AS (
    ordinal integer,
    equipment text,
    sensor text,
    sensor_type text,
    unit text,
    time timestamptz,
    value float8,
    quality smallint,
    is_historical boolean,
    error text,
    error_detail text
);
COMMENT ON TYPE ingest.point IS
    'What a decoder returns per measured value: which message of the batch (ordinal), whose signal, when, how much; or an error code that sends the message to quarantine. unit is what the message says, NULL where it says nothing. A JSON boolean is value 1 or 0 with error not_binary, which counts only where the sensor is of no binary type.';

CREATE TYPE ingest.stated_point AS (
    sensor_id integer,
    time timestamptz,
    value float8,
    unit text,
    quality smallint,
    is_historical boolean,
    ordinal integer,
    detail text
);
COMMENT ON TYPE ingest.stated_point IS
    'A point of a known sensor with the unit that it came in; ordinal and detail say which message, and which member of it, it is. What ingest.in_sensor_units takes.';

CREATE TABLE ingest.topic_decoder (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic_filter text NOT NULL UNIQUE
        CONSTRAINT topic_decoder_topic_filter_check
        CHECK (topic_filter ~ '^[^/+#%_\\]*[^+#%\\]*$' AND topic_filter ~ '\{equipment\}' AND length(topic_filter) <= 256),
    decoder regproc,
    priority smallint NOT NULL DEFAULT 100,
    enabled boolean NOT NULL DEFAULT true,
    description text NOT NULL CHECK (length(description) BETWEEN 1 AND 1000),
    -- derived once, so that matching a topic is one comparison and one LIKE
    levels integer NOT NULL GENERATED ALWAYS AS (
        length(topic_filter) - length(replace(topic_filter, '/', '')) + 1) STORED,
    like_pattern text NOT NULL GENERATED ALWAYS AS (
        regexp_replace(replace(topic_filter, '_', '\_'), '\{[a-z]+\}', '%', 'g')) STORED,
    equipment_level integer NOT NULL GENERATED ALWAYS AS (
        length(split_part(topic_filter, '{equipment}', 1))
        - length(replace(split_part(topic_filter, '{equipment}', 1), '/', '')) + 1) STORED,
    sensor_level integer GENERATED ALWAYS AS (
        CASE WHEN topic_filter LIKE '%{sensor}%' THEN
            length(split_part(topic_filter, '{sensor}', 1))
            - length(replace(split_part(topic_filter, '{sensor}', 1), '/', '')) + 1
        END) STORED,
    suspended_until timestamptz,
    unit text CONSTRAINT topic_decoder_unit_check CHECK (length(unit) BETWEEN 1 AND 32),
    time_zone text
);
COMMENT ON TABLE ingest.topic_decoder IS
    'Which SQL function decodes which topics. {equipment} and {sensor} stand for one topic level each, {any} for one that is not looked at. thin subscribes to the enabled rows and reloads on change.';
COMMENT ON COLUMN ingest.topic_decoder.decoder IS
    'Function (ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]) RETURNS SETOF ingest.point. NULL: thin itself reads these messages, because they need arithmetic (features, waveforms).';
COMMENT ON COLUMN ingest.topic_decoder.suspended_until IS
    'Until then its messages go to quarantine undecoded (decoder_suspended), because it ran longer than the setting ingest.decoder_timeout with a single message. Set NULL once it is mended, and ingest.replay() what was put aside.';
COMMENT ON COLUMN ingest.topic_decoder.unit IS
    'Unit of its values where the message names none. NULL: they are in their sensors'' units.';
COMMENT ON COLUMN ingest.topic_decoder.time_zone IS
    'Zone of times that name no offset: a name such as Asia/Seoul. NULL: the setting ingest.time_zone.';
COMMENT ON COLUMN ingest.topic_decoder.priority IS 'Where two filters match a topic the lower number wins.';

CREATE TABLE ingest.quarantine (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    payload bytea,
    reason text NOT NULL CHECK (length(reason) <= 64),
    detail text,
    received_at timestamptz NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT now(),
    repeated integer NOT NULL DEFAULT 1 CHECK (repeated >= 1),
    status text NOT NULL DEFAULT 'new'
        CONSTRAINT quarantine_status_check CHECK (status IN ('new', 'replayed', 'discarded')),
    handled_at timestamptz,
    handled_by text
);
COMMENT ON TABLE ingest.quarantine IS
    'Messages that could not be stored, with the reason. ingest.replay() sends them through the decoders again once these are mended.';
COMMENT ON COLUMN ingest.quarantine.payload IS
    'The bytes as they came (at most the first 64 KiB). NULL where repeated stands for further messages like the row before.';
COMMENT ON COLUMN ingest.quarantine.reason IS 'Error code, listed in docs/errors.md.';
COMMENT ON COLUMN ingest.quarantine.repeated IS
    'How many messages this row stands for: in one batch only the first hundred of a topic and reason are kept whole (setting ingest.quarantine_per_batch).';
CREATE INDEX quarantine_new_idx ON ingest.quarantine (received_at) WHERE status = 'new';
-- by a hash: a topic may have 65,535 bytes, and no index row holds that
CREATE INDEX quarantine_topic_hash_idx ON ingest.quarantine (hashtextextended(topic, 0), received_at);

CREATE TABLE ingest.mqtt_session (
    instance text NOT NULL CHECK (length(instance) BETWEEN 1 AND 200),
    lane text NOT NULL CHECK (length(lane) <= 32),
    client_id text NOT NULL UNIQUE,
    former_client_id text,
    established_at timestamptz,
    connected_at timestamptz,
    lost_at timestamptz,
    losses integer NOT NULL DEFAULT 0,
    PRIMARY KEY (instance, lane)
);
COMMENT ON TABLE ingest.mqtt_session IS
    'The persistent sessions that thin has at the broker, one row for each process and lane: under which client id, and whether the broker still has it. Nobody but its owner reads it: who knows a client id can end the session.';
COMMENT ON COLUMN ingest.mqtt_session.instance IS 'THIN_INSTANCE of the process.';
COMMENT ON COLUMN ingest.mqtt_session.lane IS 'What the session carries: points, or inference (features and waveforms).';
COMMENT ON COLUMN ingest.mqtt_session.client_id IS 'thin-{instance}[-{lane}]-{122 random bits}. Stays for ever: what waits at the broker hangs on it.';
COMMENT ON COLUMN ingest.mqtt_session.former_client_id IS 'Client id of a version before, whose session has to be emptied once; NULL: none.';
COMMENT ON COLUMN ingest.mqtt_session.established_at IS 'When the broker first had a session of this id. From then on it has to have it at each connection.';
COMMENT ON COLUMN ingest.mqtt_session.lost_at IS 'When it last had none although it should: what waited there is gone.';

CREATE TABLE ingest.no_value (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sensor_id integer REFERENCES plant.sensor ON DELETE CASCADE,
    sensor_type text CHECK (length(sensor_type) BETWEEN 1 AND 64),
    low float8 NOT NULL CHECK (low <> 'NaN'),
    high float8 NOT NULL CHECK (high <> 'NaN'),
    description text NOT NULL CHECK (length(description) BETWEEN 1 AND 1000),
    CONSTRAINT no_value_check CHECK (low <= high),
    CONSTRAINT no_value_selection_check CHECK (num_nonnulls(sensor_id, sensor_type) <= 1)
);
COMMENT ON TABLE ingest.no_value IS
    'Numbers that devices send to say that there is no value (-9999, 3.4e38 …), for one sensor, for all of a type, or, where both are NULL, for all. Such a value is neither stored nor quarantined: ingest.no_value_seen counts it. The sensor falls silent, which no_data rules judge.';
COMMENT ON COLUMN ingest.no_value.low IS 'Values from low to high (both inclusive; the same number for a single value) mean none, in the sensor''s unit.';
CREATE INDEX no_value_sensor_id_idx ON ingest.no_value (sensor_id);

CREATE TABLE ingest.no_value_seen (
    sensor_id integer PRIMARY KEY REFERENCES plant.sensor ON DELETE CASCADE,
    messages bigint NOT NULL,
    first_time timestamptz NOT NULL,
    last_time timestamptz NOT NULL,
    last_value float8 NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE ingest.no_value_seen IS 'How often each sensor said that it has no value (ingest.no_value), and when. Written by ingest.';
COMMENT ON COLUMN ingest.no_value_seen.messages IS 'Values that meant none; one that is sent again counts again.';

CREATE TABLE ingest.binary_type (
    sensor_type text PRIMARY KEY CHECK (length(sensor_type) BETWEEN 1 AND 64)
);
COMMENT ON TABLE ingest.binary_type IS
    'Types of sensors for which the JSON values true and false are 1 and 0. For others they are refused (not_binary).';

CREATE TABLE ingest.same_time_seen (
    sensor_id integer PRIMARY KEY REFERENCES plant.sensor ON DELETE CASCADE,
    kept bigint NOT NULL DEFAULT 0,
    replaced bigint NOT NULL DEFAULT 0,
    first_time timestamptz NOT NULL,
    last_time timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE ingest.same_time_seen IS
    'How often a sensor had two different values at one time (a logger with whole seconds), and when. Written by ingest. The setting ingest.same_time says what becomes of them.';
COMMENT ON COLUMN ingest.same_time_seen.kept IS 'Values that were stored microseconds beside the one that was there.';
COMMENT ON COLUMN ingest.same_time_seen.replaced IS 'Values that a later arrival took the place of: in ingest.replaced_value.';
COMMENT ON COLUMN ingest.same_time_seen.last_time IS 'Greatest time of measurement at which it happened.';

CREATE TABLE ingest.replaced_value (
    sensor_id integer NOT NULL REFERENCES plant.sensor ON DELETE CASCADE,
    time timestamptz NOT NULL,
    value float8 NOT NULL,
    quality smallint NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (sensor_id, time, value)
);
COMMENT ON TABLE ingest.replaced_value IS
    'Values that a later arrival with the same time took the place of (setting ingest.same_time = later). A redelivery of one changes nothing. Kept as long as the quarantine.';
COMMENT ON COLUMN ingest.replaced_value.value IS 'What stood in telemetry.reading, or ingest.backlog, until replaced_at.';
CREATE INDEX replaced_value_replaced_at_idx ON ingest.replaced_value (replaced_at);

CREATE TABLE ingest.backlog (
    time timestamptz NOT NULL,
    value float8 NOT NULL,
    sensor_id integer NOT NULL,
    quality smallint NOT NULL,
    -- by time: the lane fills one chunk after the other
    CONSTRAINT backlog_pkey PRIMARY KEY (time, sensor_id),
    -- as telemetry.reading: what could not go in there would stay here for ever
    CONSTRAINT backlog_value_check CHECK (abs(value) <= 1e100::float8 AND (abs(value) >= 1e-100::float8 OR value = 0::float8))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000);
COMMENT ON TABLE ingest.backlog IS
    'Points that are accepted and durable, but too old for the live path: ingest.backfill moves them into telemetry.reading, in chunks as wide as they are sparse. All of them are historical.';
COMMENT ON COLUMN ingest.backlog.time IS 'When it was measured.';
COMMENT ON COLUMN ingest.backlog.value IS 'Finite value in the sensor''s unit.';
COMMENT ON COLUMN ingest.backlog.sensor_id IS 'plant.sensor.id';
COMMENT ON COLUMN ingest.backlog.quality IS 'As in telemetry.reading.';

-- Files that thin import took in: what a run that was killed goes on from.
CREATE TABLE ingest.import (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    mapping text NOT NULL CHECK (octet_length(mapping) <= 65536),
    mapping_hash bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(mapping, 0)) STORED,
    file_name text NOT NULL CHECK (length(file_name) <= 1024),
    bytes bigint NOT NULL CHECK (bytes >= 0),
    records bigint NOT NULL CHECK (records >= 0),
    records_done bigint NOT NULL DEFAULT 0 CHECK (records_done BETWEEN 0 AND records),
    stored bigint NOT NULL DEFAULT 0 CHECK (stored >= 0),
    duplicates bigint NOT NULL DEFAULT 0 CHECK (duplicates >= 0),
    rejected bigint NOT NULL DEFAULT 0 CHECK (rejected >= 0),
    rejects_bytes bigint NOT NULL DEFAULT 0 CHECK (rejects_bytes >= 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    started_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    UNIQUE (sha256, mapping_hash)
);
COMMENT ON TABLE ingest.import IS
    'Files that thin import took in, each once for each way of reading it. A run that was killed goes on after records_done; points and progress are committed together.';
COMMENT ON COLUMN ingest.import.sha256 IS 'Of the file''s bytes, hexadecimal: a file that was changed is another file.';
COMMENT ON COLUMN ingest.import.mapping IS 'How its columns, times and numbers are read, as JSON: the options of thin import.';
COMMENT ON COLUMN ingest.import.records IS 'Records of the file, the header not counted.';
COMMENT ON COLUMN ingest.import.records_done IS 'Of these, how many are stored or refused.';
COMMENT ON COLUMN ingest.import.stored IS 'Points that are new in telemetry.reading.';
COMMENT ON COLUMN ingest.import.duplicates IS 'Points that were there already with the same value.';
COMMENT ON COLUMN ingest.import.rejected IS 'Points and records that were refused, each with its reason in the file of rejected lines.';
COMMENT ON COLUMN ingest.import.rejects_bytes IS 'Length of the file of rejected lines up to records_done.';
COMMENT ON COLUMN ingest.import.finished_at IS 'NULL: not finished; call thin import with the same file and options again.';

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
