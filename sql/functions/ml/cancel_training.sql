CREATE OR REPLACE FUNCTION ml.cancel_training(id bigint, actor text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_job ml.training_job;
    v_actor text := auth.acting(cancel_training.actor);
BEGIN
    SELECT j.* INTO v_job FROM ml.training_job AS j WHERE j.id = cancel_training.id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'id', format('there is no training %s', cancel_training.id));
    ELSIF v_job.finished_at IS NOT NULL THEN
        PERFORM alarm.refuse('MW409', 'id', format('training %s is %s already', v_job.id, v_job.state));
    END IF;
    UPDATE ml.training_job AS j
    SET cancel_requested = true, log = ml.training_log_tail(j.log, 'to be cancelled, says ' || v_actor),
        -- who has it is told at its next beat
        state = CASE j.state WHEN 'running' THEN j.state ELSE 'cancelled' END,
        finished_at = CASE j.state WHEN 'running' THEN j.finished_at ELSE clock_timestamp() END
    WHERE j.id = v_job.id
    RETURNING j.state INTO v_job.state;
    PERFORM auth.audit('training.cancel', 'training', v_job.id::text, NULL, jsonb_build_object('actor', v_actor));
    RETURN v_job.state;
END
$$;
COMMENT ON FUNCTION ml.cancel_training(bigint, text) IS
    'Cancels a training: at once if nobody has it; else its worker is told at its next ml.beat_training, and whatever '
    'it may finish until then is not taken. Returns the state: cancelled or running. MW404, MW409: it is over.';
REVOKE ALL ON FUNCTION ml.cancel_training(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.cancel_training(bigint, text) TO engineer;
