CREATE OR REPLACE FUNCTION telemetry.reading_dimension(OUT id integer, OUT width bigint)
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT d.id, d.interval_length
    FROM _timescaledb_catalog.dimension AS d
    JOIN _timescaledb_catalog.hypertable AS h ON h.id = d.hypertable_id
    WHERE h.schema_name = 'telemetry' AND h.table_name = 'reading' AND d.interval_length IS NOT NULL
$$;
COMMENT ON FUNCTION telemetry.reading_dimension() IS
    'TimescaleDB''s dimension time of telemetry.reading: its id in _timescaledb_catalog.dimension_slice, and how wide '
    'a new chunk is now (microseconds).';
REVOKE ALL ON FUNCTION telemetry.reading_dimension() FROM PUBLIC;
