CREATE OR REPLACE FUNCTION ops.execute_job(p_job_id integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job ops.job;
    v_succeeded boolean := false;
    v_result text;
    v_sqlstate text;
    v_error text;
    v_detail text;
    v_failure text;
    v_now timestamptz;
    v_longest interval;
BEGIN
    -- held to the end of the transaction: by it ops.claim_due_job knows that the run is alive
    PERFORM ops.lock('ops.job:' || p_job_id);
    SELECT * INTO v_job FROM ops.job WHERE job_id = p_job_id;
    IF v_job.running_since IS NULL THEN
        RETURN false;
    END IF;
    -- A caller that arms statement_timeout first (ops.job_timeout: thin does) gets the session back, and the failure is booked
    -- below. It cannot be armed from in here, once the statement runs: transaction_timeout then ends the session, and the
    -- next claim books the failure.
    v_longest := v_job.max_runtime + CASE WHEN current_setting('statement_timeout') = '0' OR v_job.max_runtime = INTERVAL '0'
                                          THEN INTERVAL '0' ELSE INTERVAL '5 seconds' END;
    PERFORM set_config('transaction_timeout', ceil(extract(epoch FROM v_longest) * 1000)::bigint::text, true);
    PERFORM set_config('lock_timeout', '30s', true);
    -- Community's limit of rows taken out of the columnstore is for live writers
    PERFORM set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', true);
    PERFORM set_config('millwright.job_failure', '', true);
    BEGIN
        IF ops.job_statement(v_job.procedure, v_job.job_id, v_job.config) LIKE 'SELECT %' THEN
            EXECUTE ops.job_statement(v_job.procedure, v_job.job_id, v_job.config) INTO v_result;
        ELSE
            EXECUTE ops.job_statement(v_job.procedure, v_job.job_id, v_job.config);
        END IF;
        -- a routine that did what it could and has something to report (compat.materialize): its work stays, the run has failed
        v_failure := nullif(current_setting('millwright.job_failure', true), '');
        v_succeeded := v_failure IS NULL;
        v_sqlstate := split_part(v_failure, ': ', 1);
        v_error := substr(v_failure, length(v_sqlstate) + 3);
    -- OTHERS leaves a cancelled statement out
    EXCEPTION WHEN query_canceled OR OTHERS THEN
        GET STACKED DIAGNOSTICS v_sqlstate = RETURNED_SQLSTATE, v_error = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
        IF v_sqlstate = '2D000' THEN
            v_error := v_error || ': a job runs in one transaction and must not commit';
        END IF;
    END;
    v_now := clock_timestamp();
    UPDATE ops.job AS j
    SET running_since = NULL,
        last_duration = v_now - v_job.running_since,
        last_success = CASE WHEN v_succeeded THEN v_now ELSE last_success END,
        last_error = CASE WHEN v_succeeded THEN last_error ELSE v_sqlstate || ': ' || v_error END,
        failures = CASE WHEN v_succeeded THEN 0 ELSE failures + 1 END,
        total_failures = total_failures + CASE WHEN v_succeeded THEN 0 ELSE 1 END,
        next_start = CASE
            WHEN NOT v_succeeded AND v_failure IS NULL THEN v_now + ops.job_retry_delay(schedule, retry_period, max_retries, failures + 1)
            WHEN fixed_schedule THEN
                public.time_bucket(schedule, v_now, COALESCE(initial_start, v_job.running_since)) + schedule
            ELSE v_now + schedule END
    -- the routine may have deleted or disabled its own job
    WHERE j.job_id = p_job_id;
    IF FOUND AND (NOT v_succeeded OR v_job.schedule >= INTERVAL '1 minute') THEN
        INSERT INTO ops.job_run (job_id, started_at, finished_at, succeeded, result, sqlstate, error, worker)
        VALUES (p_job_id, COALESCE(v_job.running_since, v_now), v_now, v_succeeded, left(v_result, 1000), v_sqlstate, left(concat_ws(E'\n', v_error, NULLIF(v_detail, '')), 4000),
            current_setting('application_name') || ' ' || pg_backend_pid());
    END IF;
    RETURN v_succeeded;
END
$$;
COMMENT ON FUNCTION ops.execute_job(integer) IS 'Runs a claimed job in this transaction, as the owner of the product''s objects. A failure is undone, booked and not raised; one that the routine reports in the transaction''s setting millwright.job_failure (''SQLSTATE: text'') is booked, and its work stays; returns whether it succeeded.';
REVOKE ALL ON FUNCTION ops.execute_job(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.execute_job(integer) TO thin, admin;
