CREATE OR REPLACE FUNCTION ml.training_outcome(id bigint, OUT state text, OUT worker text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT j.state, j.worker FROM ml.training_job AS j WHERE j.id = training_outcome.id
$$;
COMMENT ON FUNCTION ml.training_outcome(bigint) IS
    'What became of a training (ml.training_job.state), and whose it was last. A worker asks before it removes what a '
    'dead one left, and when an answer of ml.finish_training was lost. NULL: there is no such training.';
REVOKE ALL ON FUNCTION ml.training_outcome(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.training_outcome(bigint) TO trainer;
