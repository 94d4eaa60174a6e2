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
    'What a decoder returns per measured value: which message of the batch (ordinal), whose signal, when, how much; or an error code that sends the message to quarantine.';

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
        END) STORED
);
COMMENT ON TABLE ingest.topic_decoder IS
    'Which SQL function decodes which topics. {equipment} and {sensor} stand for one topic level each, {any} for one that is not looked at. thin subscribes to the enabled rows and reloads on change.';
COMMENT ON COLUMN ingest.topic_decoder.decoder IS
    'Function (ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[]) RETURNS SETOF ingest.point. NULL: thin itself reads these messages, because they need arithmetic (features, waveforms).';
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
CREATE INDEX quarantine_topic_received_at_idx ON ingest.quarantine (topic, received_at);
