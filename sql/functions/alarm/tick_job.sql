CREATE OR REPLACE FUNCTION alarm.tick_job() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_transitions integer := alarm.tick();
BEGIN
    -- a run that could not do its work is no success
    IF v_transitions IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'lock_not_available', MESSAGE = 'another session runs alarm.tick';
    END IF;
    RETURN v_transitions;
END
$$;
COMMENT ON FUNCTION alarm.tick_job() IS
    'alarm.tick as ops.job calls it; returns the transitions made. 55P03: another session is at it.';
REVOKE ALL ON FUNCTION alarm.tick_job() FROM PUBLIC;
