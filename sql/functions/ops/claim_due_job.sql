CREATE OR REPLACE FUNCTION ops.claim_due_job(frequent boolean DEFAULT false) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job ops.job;
    v_now timestamptz := clock_timestamp();
    v_passed_over integer[] := '{}';
    v_longest interval := CASE WHEN $1 THEN ops.setting_interval('ops.frequent_job') ELSE 'infinity' END;
BEGIN
    LOOP
        -- one row at a time: a FOR loop would fetch, and lock, ten ahead of what it needs, and other workers would find nothing
        SELECT * INTO v_job
        FROM ops.job
        -- a run begins at once after its claim; one that holds no lock after two seconds has lost its worker
        WHERE enabled AND (next_start <= v_now OR running_since < v_now - INTERVAL '2 seconds') AND job_id <> ALL (v_passed_over)
          AND schedule <= v_longest
        ORDER BY next_start, job_id
        LIMIT 1
        FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        v_passed_over := v_passed_over || v_job.job_id;
        -- The run itself holds this lock for its transaction, so a lock that is free says: nobody runs it now.
        CONTINUE WHEN NOT ops.try_lock('ops.job:' || v_job.job_id);
        IF v_job.running_since IS NOT NULL THEN
            v_job.failures := v_job.failures + 1;
            INSERT INTO ops.job_run (job_id, started_at, finished_at, succeeded, sqlstate, error, worker)
            VALUES (v_job.job_id, v_job.running_since, v_now, false, '57P01', 'the worker went away: crash, lost connection, or longer than max_runtime', 'unknown');
            UPDATE ops.job
            SET failures = v_job.failures, total_failures = total_failures + 1, running_since = NULL, last_error = '57P01: the worker went away',
                next_start = v_now + ops.job_retry_delay(schedule, retry_period, max_retries, v_job.failures)
            WHERE job_id = v_job.job_id;
            CONTINUE;
        END IF;
        -- The claim is next_start moved ahead by at least the longest run: until then nobody else finds it due.
        UPDATE ops.job
        SET running_since = v_now, last_start = v_now, total_runs = total_runs + 1,
            next_start = v_now + CASE WHEN max_runtime > INTERVAL '0' THEN max_runtime ELSE INTERVAL '1 hour' END + INTERVAL '5 seconds'
        WHERE job_id = v_job.job_id;
        RETURN v_job.job_id;
    END LOOP;
END
$$;
COMMENT ON FUNCTION ops.claim_due_job(boolean) IS
    'Takes the job that is due longest, or NULL. Commit, then ops.execute_job. frequent: only of those that run at least as often as the setting ops.frequent_job says, so that a long job keeps no alarm waiting. A run whose worker vanished is booked as a failure here.';
REVOKE ALL ON FUNCTION ops.claim_due_job(boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.claim_due_job(boolean) TO thin, admin;
