CREATE OR REPLACE FUNCTION telemetry.make_chunk(at timestamptz) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- TimescaleDB's create_chunk is not in the Apache edition; a row that nobody ever sees makes one, too
    c_nobody CONSTANT integer := -1;
BEGIN
    IF EXISTS (
        SELECT FROM _timescaledb_catalog.dimension_slice AS s
        WHERE s.dimension_id = (SELECT d.id FROM telemetry.reading_dimension() AS d)
          AND s.range_start <= _timescaledb_functions.to_unix_microseconds(at)
          AND s.range_end > _timescaledb_functions.to_unix_microseconds(at)) THEN
        RETURN false;
    END IF;
    INSERT INTO telemetry.reading (time, value, sensor_id) VALUES (at, 0, c_nobody) ON CONFLICT DO NOTHING;
    DELETE FROM telemetry.reading WHERE sensor_id = c_nobody AND time = at;
    RETURN true;
END
$$;
COMMENT ON FUNCTION telemetry.make_chunk(timestamptz) IS
    'Makes the chunk of telemetry.reading that a point of this time goes to, of the width that is usual now; false '
    'where there is one.';
REVOKE ALL ON FUNCTION telemetry.make_chunk(timestamptz) FROM PUBLIC;
