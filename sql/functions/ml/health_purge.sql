CREATE OR REPLACE FUNCTION ml.health_purge() RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_keep interval := ops.setting_interval('ml.summary_retention');
    v_chunks integer := 0;
BEGIN
    IF v_keep IS NOT NULL THEN
        SELECT count(*) INTO v_chunks
        FROM public.drop_chunks('ml.health_ratio_1h', older_than => clock_timestamp() - v_keep);
    END IF;
    RETURN format('%s chunks dropped', v_chunks);
END
$$;
COMMENT ON FUNCTION ml.health_purge() IS
    'Job: drops hours of the ratio of predictions that are older than the setting ml.summary_retention (null: kept for '
    'ever), whole months at a time.';
REVOKE ALL ON FUNCTION ml.health_purge() FROM PUBLIC;
