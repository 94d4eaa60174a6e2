CREATE OR REPLACE FUNCTION ops.set_raw_retention(p_keep interval) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ops.set_retention(p_keep, ops.setting_interval('rollup.minute_retention'), ops.setting_interval('rollup.hour_retention'))
$$;
COMMENT ON FUNCTION ops.set_raw_retention(interval) IS
    'Drops raw readings older than this, a day''s chunk at a time (NULL: keep them for ever, as at first; at least 3 days). The aggregates stay as they are kept: ops.set_retention says for how long, of all levels.';
REVOKE ALL ON FUNCTION ops.set_raw_retention(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.set_raw_retention(interval) TO admin;
