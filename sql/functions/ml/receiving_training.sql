CREATE OR REPLACE FUNCTION ml.receiving_training(id bigint) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_job ml.training_job;
BEGIN
    SELECT j.* INTO v_job FROM ml.training_job AS j WHERE j.id = receiving_training.id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'job_id', format('there is no training %s', receiving_training.id));
    ELSIF v_job.state <> 'receiving' OR v_job.created_by <> auth.actor() THEN
        PERFORM alarm.refuse('MW409', 'job_id',
                             format('training %s is %s, by %s', v_job.id, v_job.state, v_job.created_by));
    END IF;
END
$$;
COMMENT ON FUNCTION ml.receiving_training(bigint) IS
    'Locks a training whose files are arriving. MW404: there is none. MW409: it takes no files any more, or somebody '
    'else sends them.';
REVOKE ALL ON FUNCTION ml.receiving_training(bigint) FROM PUBLIC;
