CREATE OR REPLACE FUNCTION ops.end_process(instance text, run_id text) RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH ended AS (
        UPDATE ops.process AS p
        SET stopped_at = clock_timestamp()
        WHERE p.instance = end_process.instance AND p.run_id = end_process.run_id AND p.stopped_at IS NULL
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM ended)
$$;
COMMENT ON FUNCTION ops.end_process(text, text) IS
    'A run of thin ends because it was told to. A run that goes without this word is missed (thin_silent), and its successor is a restart that nobody ordered (thin_restarted). Returns whether it was running.';
REVOKE ALL ON FUNCTION ops.end_process(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.end_process(text, text) TO thin;
