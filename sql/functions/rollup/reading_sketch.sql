CREATE OR REPLACE FUNCTION rollup.reading_sketch(p_sensor_id integer, p_from timestamptz, p_to timestamptz, p_count bigint DEFAULT 1) RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    -- only the chunks of this time are planned, and locked
    SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    v_entries bigint[];
BEGIN
    SELECT array_agg((rollup.sketch_key(r.value) << 32) + 1) INTO v_entries
    FROM telemetry.reading AS r WHERE r.sensor_id = p_sensor_id AND r.time >= p_from AND r.time < p_to;
    RETURN CASE WHEN cardinality(v_entries) >= p_count THEN rollup.sketch(v_entries) END;
END
$$;
COMMENT ON FUNCTION rollup.reading_sketch(integer, timestamptz, timestamptz, bigint) IS
    'Sketch of a sensor''s readings from … to (exclusive); NULL when there are fewer than p_count.';
REVOKE ALL ON FUNCTION rollup.reading_sketch(integer, timestamptz, timestamptz, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rollup.reading_sketch(integer, timestamptz, timestamptz, bigint) TO viewer;
