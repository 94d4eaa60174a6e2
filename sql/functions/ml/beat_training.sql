CREATE OR REPLACE FUNCTION ml.beat_training(id bigint, worker text, progress float8, log_line text DEFAULT NULL)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_job ml.training_job;
BEGIN
    SELECT j.* INTO v_job FROM ml.training_job AS j
    WHERE j.id = beat_training.id AND j.worker = beat_training.worker AND j.state = 'running'
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    ELSIF v_job.cancel_requested THEN
        UPDATE ml.training_job AS j
        SET state = 'cancelled', finished_at = clock_timestamp(), lease_until = NULL,
            log = ml.training_log_tail(j.log, 'cancelled')
        WHERE j.id = v_job.id;
        RETURN false;
    END IF;
    UPDATE ml.training_job AS j
    -- NaN is greater than every number
    SET progress = CASE WHEN beat_training.progress BETWEEN 0 AND 1 THEN beat_training.progress ELSE j.progress END,
        log = ml.training_log_tail(j.log, beat_training.log_line), touched_at = clock_timestamp(),
        lease_until = clock_timestamp() + ops.setting_interval('ml.training_lease')
    WHERE j.id = v_job.id;
    RETURN true;
END
$$;
COMMENT ON FUNCTION ml.beat_training(bigint, text, float8, text) IS
    'A worker is at work: extends its lease, takes down progress (0 to 1; else it stays) and a line for the log. '
    'false: '
    'the job is not this worker''s any more, or was cancelled: stop, and leave nothing behind.';
REVOKE ALL ON FUNCTION ml.beat_training(bigint, text, float8, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.beat_training(bigint, text, float8, text) TO trainer;
