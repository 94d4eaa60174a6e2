CREATE OR REPLACE FUNCTION alarm.learn_multivariate_job() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_models integer := alarm.learn_multivariate();
BEGIN
    -- a run that could not do its work is no success
    IF v_models IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'lock_not_available',
            MESSAGE = 'another session runs alarm.learn_multivariate';
    END IF;
    RETURN v_models;
END
$$;
COMMENT ON FUNCTION alarm.learn_multivariate_job() IS
    'alarm.learn_multivariate as ops.job calls it; returns the models made. 55P03: another session is at it.';
REVOKE ALL ON FUNCTION alarm.learn_multivariate_job() FROM PUBLIC;
