-- It commits between jobs, so it can have neither a SET clause nor SECURITY DEFINER: every name below is qualified.
CREATE OR REPLACE PROCEDURE ops.run_due_jobs(INOUT executed integer DEFAULT 0, IN max_jobs integer DEFAULT 100)
    LANGUAGE plpgsql
AS $$
DECLARE
    v_job_id integer;
BEGIN
    executed := 0;
    WHILE executed < max_jobs LOOP
        v_job_id := ops.claim_due_job();
        -- others see the claim from here on, and a crash leaves its trace
        COMMIT;
        EXIT WHEN v_job_id IS NULL;
        PERFORM ops.execute_job(v_job_id);
        COMMIT;
        executed := executed + 1;
    END LOOP;
END
$$;
COMMENT ON PROCEDURE ops.run_due_jobs(integer, integer) IS
    'Runs what is due, each job in its own transaction, and returns how many ran. CALL ops.run_due_jobs() from any number of thin processes, about once a second, outside a transaction block: a job is claimed by one of them.';
REVOKE ALL ON PROCEDURE ops.run_due_jobs(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE ops.run_due_jobs(integer, integer) TO thin, admin;
