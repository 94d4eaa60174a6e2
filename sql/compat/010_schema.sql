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
    dropped_before timestamptz NOT NULL DEFAULT '-infinity'
);
COMMENT ON TABLE compat.source IS 'Tables whose changes invalidate continuous aggregates. Written by compat.create_continuous_aggregate.';
COMMENT ON COLUMN compat.source.granule IS 'Changes are logged rounded outward to this length: the narrowest bucket that reads the table.';
COMMENT ON COLUMN compat.source.dropped_before IS 'Retention dropped chunks up to here. Buckets before it are never computed again, so they outlive their raw data.';

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
CREATE INDEX IF NOT EXISTS continuous_aggregate_source_id_idx ON compat.continuous_aggregate (source_id);
COMMENT ON TABLE compat.continuous_aggregate IS 'Registry of continuous aggregates: how each is computed and how far it is finished.';
COMMENT ON COLUMN compat.continuous_aggregate.parent_id IS 'The continuous aggregate that this one reads; NULL when it reads a hypertable.';
COMMENT ON COLUMN compat.continuous_aggregate.materialization IS 'Table in schema compat that holds the finished buckets.';
COMMENT ON COLUMN compat.continuous_aggregate.bucket_expression IS 'The query''s time_bucket call with $1 in the place of the time column.';
COMMENT ON COLUMN compat.continuous_aggregate.materialize_query IS 'The query, restricted to source rows from $1 (inclusive) to $2 (exclusive).';
COMMENT ON COLUMN compat.continuous_aggregate.threshold IS 'Changes of the source at times before it are logged in compat.invalidation; later ones need not be.';
COMMENT ON COLUMN compat.continuous_aggregate.watermark IS 'The view reads finished buckets before it and the source from it on.';

-- No key: it is a queue of ranges that the next refresh takes, merges and deletes.
CREATE TABLE IF NOT EXISTS compat.invalidation (
    continuous_aggregate_id int NOT NULL REFERENCES compat.continuous_aggregate ON DELETE CASCADE,
    period tstzrange NOT NULL CHECK (NOT isempty(period)),
    wiped boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS invalidation_continuous_aggregate_id_idx ON compat.invalidation (continuous_aggregate_id);
COMMENT ON TABLE compat.invalidation IS 'Ranges of time whose buckets must be computed again. Everything is invalid at first, so what was never refreshed is here too.';
COMMENT ON COLUMN compat.invalidation.wiped IS 'The source was truncated: finished buckets go even where the source has no chunk left.';
