CREATE OR REPLACE FUNCTION ml.fail_training(id bigint, worker text, error text, again boolean DEFAULT false)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_job ml.training_job;
    v_again boolean;
BEGIN
    SELECT j.* INTO v_job FROM ml.training_job AS j
    WHERE j.id = fail_training.id AND j.worker = fail_training.worker AND j.state = 'running'
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    v_again := coalesce(fail_training.again, false) AND NOT v_job.cancel_requested
        AND v_job.attempts < v_job.max_attempts;
    UPDATE ml.training_job AS j
    SET state = CASE WHEN v_again THEN 'queued' WHEN v_job.cancel_requested THEN 'cancelled' ELSE 'failed' END,
        finished_at = CASE WHEN NOT v_again THEN clock_timestamp() END, lease_until = NULL,
        touched_at = clock_timestamp(),
        -- longer after each
        not_before = CASE WHEN v_again THEN
            clock_timestamp() + j.attempts * ops.setting_interval('ml.training_pause') ELSE j.not_before END,
        error = left(coalesce(nullif(fail_training.error, ''), 'failed without a word'), 4000),
        log = ml.training_log_tail(j.log, fail_training.error)
    WHERE j.id = v_job.id;
    RETURN true;
END
$$;
COMMENT ON FUNCTION ml.fail_training(bigint, text, text, boolean) IS
    'A worker could not do it. again: it may be tried again, after the setting ml.training_pause times the attempts so '
    'far, until max_attempts; else that was that. error begins with a code of its own (too_few_samples: …). false: the '
    'job is not this worker''s any more.';
REVOKE ALL ON FUNCTION ml.fail_training(bigint, text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.fail_training(bigint, text, text, boolean) TO trainer;
