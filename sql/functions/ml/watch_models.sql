CREATE OR REPLACE FUNCTION ml.watch_models() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_standing integer;
BEGIN
    PERFORM ops.lock('ml.registry');
    -- a process that is gone for good: its name comes from a host or a pod that will not be back
    DELETE FROM ml.registry_report AS r
    WHERE r.reported_at < clock_timestamp() - 10 * ops.setting_interval('ml.report_lifetime')
      AND r.reported_at < (SELECT max(n.reported_at) FROM ml.registry_report AS n);
    PERFORM ml.refresh_model_status();
    v_standing := ml.review_champions();
    RETURN v_standing;
END
$$;
COMMENT ON FUNCTION ml.watch_models() IS
    'Job: lets reports of processes that are no longer heard expire (setting ml.report_lifetime) and looks after the champions. Returns how many champions are away.';
REVOKE ALL ON FUNCTION ml.watch_models() FROM PUBLIC;
