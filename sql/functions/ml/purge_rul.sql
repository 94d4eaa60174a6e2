CREATE OR REPLACE FUNCTION ml.purge_rul() RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_keep interval := ops.setting_interval('ml.rul_retention');
    v_chunks integer := 0;
BEGIN
    IF v_keep IS NOT NULL THEN
        SELECT count(*) INTO v_chunks
        FROM public.drop_chunks('ml.rul_predictions', older_than => clock_timestamp() - v_keep);
    END IF;
    RETURN format('%s chunks dropped', v_chunks);
END
$$;
COMMENT ON FUNCTION ml.purge_rul() IS
    'Job: drops estimates of remaining life that are older than the setting ml.rul_retention (null: kept for ever), '
    'whole weeks at a time.';
REVOKE ALL ON FUNCTION ml.purge_rul() FROM PUBLIC;
