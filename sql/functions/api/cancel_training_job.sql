CREATE OR REPLACE FUNCTION api.cancel_training_job(id bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM ml.cancel_training(cancel_training_job.id);
    RETURN (SELECT api.training_json(j) FROM ml.training_job AS j WHERE j.id = cancel_training_job.id);
END
$$;
COMMENT ON FUNCTION api.cancel_training_job(bigint) IS
    'Cancels a training (ml.cancel_training) and answers it: cancelled, or running with cancel_requested until its '
    'worker is told. It stays in the list.';
REVOKE ALL ON FUNCTION api.cancel_training_job(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.cancel_training_job(bigint) TO engineer;
