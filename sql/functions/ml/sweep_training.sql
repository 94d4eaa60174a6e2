CREATE OR REPLACE FUNCTION ml.sweep_training() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count integer;
BEGIN
    WITH over AS (
        SELECT j.id FROM ml.training_job AS j
        WHERE j.state = 'running' AND j.lease_until < clock_timestamp()
              AND (j.attempts >= j.max_attempts OR j.cancel_requested)
           OR j.state = 'receiving'
              AND j.touched_at < clock_timestamp() - ops.setting_interval('ml.training_upload_patience')
        FOR UPDATE SKIP LOCKED
    )
    UPDATE ml.training_job AS j
    SET state = CASE WHEN j.cancel_requested THEN 'cancelled' ELSE 'failed' END, finished_at = clock_timestamp(),
        lease_until = NULL,
        error = CASE WHEN j.cancel_requested THEN NULL
                     WHEN j.state = 'receiving' THEN 'its files did not arrive whole'
                     ELSE format('worker_lost: %s was not heard of any more, at attempt %s of %s', j.worker, j.attempts,
                                 j.max_attempts) END
    FROM over WHERE j.id = over.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    UPDATE ml.backtest AS b SET state = 'failed', finished_at = clock_timestamp(), error = 'whoever replayed it is gone'
    WHERE b.state = 'running'
      AND b.touched_at < clock_timestamp() - ops.setting_interval('ml.training_upload_patience');
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION ml.sweep_training() IS
    'Job: ends trainings whose last attempt''s worker is not heard of any more, those that were to be cancelled, and '
    'those whose files stopped arriving (setting ml.training_upload_patience); replays that stopped, too. Returns how '
    'many trainings.';
REVOKE ALL ON FUNCTION ml.sweep_training() FROM PUBLIC;
