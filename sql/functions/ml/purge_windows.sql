CREATE OR REPLACE FUNCTION ml.purge_windows() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM ml.window_outcome AS o
        WHERE o.day < (clock_timestamp() - ops.setting_interval('ml.window_retention'))::date
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION ml.purge_windows() IS
    'Job: removes counts of windows (ml.window_outcome) that are older than the setting ml.window_retention; returns '
    'how '
    'many rows.';
REVOKE ALL ON FUNCTION ml.purge_windows() FROM PUBLIC;
