CREATE OR REPLACE FUNCTION telemetry.make_next_chunk() RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ends timestamptz;
BEGIN
    SELECT _timescaledb_functions.to_timestamp(s.range_end) INTO v_ends
    FROM _timescaledb_catalog.dimension_slice AS s
    WHERE s.dimension_id = (SELECT d.id FROM telemetry.reading_dimension() AS d)
      AND s.range_start <= _timescaledb_functions.to_unix_microseconds(clock_timestamp())
      AND s.range_end > _timescaledb_functions.to_unix_microseconds(clock_timestamp());
    -- a plant that sends nothing now needs none
    RETURN v_ends IS NOT NULL AND telemetry.make_chunk(v_ends);
END
$$;
COMMENT ON FUNCTION telemetry.make_next_chunk() IS
    'Job: makes the chunk after the current one, while there is a current one. To make a chunk takes a lock that a '
    'bulk load may hold for long: live points never wait for it then.';
REVOKE ALL ON FUNCTION telemetry.make_next_chunk() FROM PUBLIC;
