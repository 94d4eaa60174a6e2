-- Schema compat: what TimescaleDB's Apache-2 edition lacks, under the names that the Community edition gives it.
-- Applied on the Apache edition only, after the roles and before the product's own schemas. It stands before public in the
-- search path, so add_retention_policy(...) and its kin are found here first. docs/editions.md says what differs.
DO $$
BEGIN
    IF current_setting('timescaledb.license') <> 'apache' THEN
        RAISE EXCEPTION USING ERRCODE = 'MW409',
            MESSAGE = 'schema compat is for TimescaleDB''s Apache edition only',
            HINT = 'this server has continuous aggregates and policies of its own';
    END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS compat;
COMMENT ON SCHEMA compat IS 'Stands in for what the Apache edition of TimescaleDB lacks: continuous aggregates, policies and jobs, under the same names. Absent on Community.';
REVOKE ALL ON SCHEMA compat FROM PUBLIC;
-- every role that reads a rollup calls that rollup's watermark function
GRANT USAGE ON SCHEMA compat TO anonymous, viewer, thin, millwright;
GRANT CREATE ON SCHEMA compat TO millwright;

-- One row for each table whose changes must be noticed: a hypertable, or the finished buckets of another aggregate.
CREATE TABLE IF NOT EXISTS compat.source (
    source_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    relation regclass NOT NULL UNIQUE,
    time_column name NOT NULL,
    granule interval NOT NULL,
    dropped tstzmultirange NOT NULL DEFAULT '{}'
);
ALTER TABLE compat.source ADD COLUMN IF NOT EXISTS dropped tstzmultirange NOT NULL DEFAULT '{}';
-- an earlier release knew only how far retention had come
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'compat.source'::regclass AND attname = 'dropped_before' AND NOT attisdropped) THEN
        EXECUTE 'UPDATE compat.source SET dropped = tstzmultirange(tstzrange(NULL, dropped_before)) WHERE isfinite(dropped_before)';
        ALTER TABLE compat.source DROP COLUMN dropped_before;
    END IF;
END
$$;
ALTER TABLE compat.source ADD COLUMN IF NOT EXISTS key_column name;
COMMENT ON TABLE compat.source IS 'Tables whose changes invalidate continuous aggregates. Written by compat.create_continuous_aggregate.';
COMMENT ON COLUMN compat.source.granule IS 'Changes are logged rounded outward to this length: the narrowest bucket that reads the table.';
COMMENT ON COLUMN compat.source.dropped IS 'Times whose chunks were dropped, by a policy or by hand. Their buckets are never computed again, so they outlive their raw data, whatever comes late.';

CREATE TABLE IF NOT EXISTS compat.source_chunk (
    source_id int NOT NULL REFERENCES compat.source ON DELETE CASCADE,
    chunk name NOT NULL,
    period tstzrange NOT NULL,
    PRIMARY KEY (source_id, chunk)
);
COMMENT ON TABLE compat.source_chunk IS 'Chunks that a source had when it was refreshed last. One that is gone was dropped: compat.note_dropped.';

COMMENT ON COLUMN compat.source.key_column IS 'A column (a sensor, a device) whose value a note names where a statement touches few of them; NULL: notes are for all rows of their time.';

-- threshold: changes before it are logged; it moves first, in a transaction of its own.
-- watermark: buckets before it are read from the finished ones; it moves with them. Always watermark <= threshold.
CREATE TABLE IF NOT EXISTS compat.continuous_aggregate (
    continuous_aggregate_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    view_schema name NOT NULL,
    view_name name NOT NULL,
    source_id int NOT NULL REFERENCES compat.source,
    parent_id int REFERENCES compat.continuous_aggregate,
    materialization name NOT NULL UNIQUE,
    bucket_column name NOT NULL,
    bucket_width interval NOT NULL CHECK (bucket_width > INTERVAL '0'),
    bucket_expression text NOT NULL,
    materialize_query text NOT NULL,
    view_definition text NOT NULL,
    materialized_only boolean NOT NULL,
    threshold timestamptz NOT NULL DEFAULT '-infinity',
    watermark timestamptz NOT NULL DEFAULT '-infinity',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (view_schema, view_name),
    CHECK (watermark <= threshold)
);
ALTER TABLE compat.continuous_aggregate ADD COLUMN IF NOT EXISTS key_column name, ADD COLUMN IF NOT EXISTS keyed_query text;
CREATE INDEX IF NOT EXISTS continuous_aggregate_source_id_idx ON compat.continuous_aggregate (source_id);
COMMENT ON TABLE compat.continuous_aggregate IS 'Registry of continuous aggregates: how each is computed and how far it is finished.';
COMMENT ON COLUMN compat.continuous_aggregate.parent_id IS 'The continuous aggregate that this one reads; NULL when it reads a hypertable.';
COMMENT ON COLUMN compat.continuous_aggregate.materialization IS 'Table in schema compat that holds the finished buckets.';
COMMENT ON COLUMN compat.continuous_aggregate.bucket_expression IS 'The query''s time_bucket call with $1 in the place of the time column.';
COMMENT ON COLUMN compat.continuous_aggregate.materialize_query IS 'The query, restricted to source rows from $1 (inclusive) to $2 (exclusive).';
COMMENT ON COLUMN compat.continuous_aggregate.key_column IS 'Its column that is the source''s key_column, one of the columns that it is grouped by; NULL: it has none, and whole buckets are computed.';
COMMENT ON COLUMN compat.continuous_aggregate.keyed_query IS 'The query, restricted to the rows of work.key from work.from to work.to, which lie from $1 to $2.';
COMMENT ON COLUMN compat.continuous_aggregate.threshold IS 'Changes of the source at times before it are logged in compat.invalidation; later ones need not be.';
COMMENT ON COLUMN compat.continuous_aggregate.watermark IS 'The view reads finished buckets before it and the source from it on.';

-- No key: it is a queue of ranges that the next refresh takes, merges and deletes.
CREATE TABLE IF NOT EXISTS compat.invalidation (
    continuous_aggregate_id int NOT NULL REFERENCES compat.continuous_aggregate ON DELETE CASCADE,
    period tstzrange NOT NULL CHECK (NOT isempty(period)),
    wiped boolean NOT NULL DEFAULT false
);
ALTER TABLE compat.invalidation ADD COLUMN IF NOT EXISTS key text;
DROP INDEX IF EXISTS compat.invalidation_continuous_aggregate_id_idx;
-- a refresh takes the earliest; history may leave very many
CREATE INDEX IF NOT EXISTS invalidation_continuous_aggregate_id_lower_idx ON compat.invalidation (continuous_aggregate_id, lower(period) NULLS FIRST);
COMMENT ON TABLE compat.invalidation IS 'Ranges of time whose buckets must be computed again. Everything is invalid at first, so what was never refreshed is here too.';
COMMENT ON COLUMN compat.invalidation.wiped IS 'The source was truncated: finished buckets go even where the source has no chunk left.';
COMMENT ON COLUMN compat.invalidation.key IS 'Only the groups with this value of the aggregate''s key_column; NULL: all.';

-- One home of the number that both sides go by.
CREATE OR REPLACE FUNCTION compat.most_keys() RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 100;
COMMENT ON FUNCTION compat.most_keys() IS
    'A statement that touches more keys than this, or a bucket that more of them touched, is noted and computed for all: reading everything in one go is then cheaper.';
REVOKE ALL ON FUNCTION compat.most_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.most_keys() TO millwright;
