CREATE OR REPLACE FUNCTION alarm.rul_estimate(
    equipment_id text, "time" timestamptz, rul float8, data jsonb DEFAULT '{}'
) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT alarm.announce(alarm.rul_estimates(ARRAY[equipment_id], ARRAY["time"], ARRAY[rul], ARRAY[data]))
$$;
COMMENT ON FUNCTION alarm.rul_estimate(text, timestamptz, float8, jsonb) IS
    'One estimate, as alarm.rul_estimates takes many. Returns the outbox rows written.';
REVOKE ALL ON FUNCTION alarm.rul_estimate(text, timestamptz, float8, jsonb) FROM PUBLIC;
