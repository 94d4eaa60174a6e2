-- TimescaleDB's job interface on top of ops.job: one scheduler runs our own jobs and these.

CREATE OR REPLACE FUNCTION compat.add_job(proc regproc, schedule_interval interval, config jsonb DEFAULT NULL, initial_start timestamptz DEFAULT NULL,
    scheduled boolean DEFAULT true, check_config regproc DEFAULT NULL, fixed_schedule boolean DEFAULT true, timezone text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id integer;
BEGIN
    IF check_config IS NOT NULL THEN
        EXECUTE format('SELECT %s($1)', check_config) USING config;
    END IF;
    v_id := nextval(pg_get_serial_sequence('ops.job', 'job_id'));
    INSERT INTO ops.job (job_id, name, procedure, schedule, next_start, initial_start, fixed_schedule, enabled, config, max_runtime)
    SELECT v_id, format('%s [%s]', p.proname, v_id), format('%I.%I', n.nspname, p.proname), schedule_interval, COALESCE(initial_start, now()),
        initial_start, fixed_schedule, scheduled, config, INTERVAL '0'
    FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.oid = proc;
    RETURN v_id;
END
$$;
COMMENT ON FUNCTION compat.add_job(regproc, interval, jsonb, timestamptz, boolean, regproc, boolean, text) IS
    'Registers a routine (job_id integer, config jsonb) to run on a schedule and returns the job''s id. timezone is accepted and unused: schedules are lengths of time. The routine must not commit.';
REVOKE ALL ON FUNCTION compat.add_job(regproc, interval, jsonb, timestamptz, boolean, regproc, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.add_job(regproc, interval, jsonb, timestamptz, boolean, regproc, boolean, text) TO millwright;

CREATE OR REPLACE FUNCTION compat.delete_job(job_id integer)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM ops.job AS j WHERE j.job_id = delete_job.job_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('job %s not found', job_id);
    END IF;
END
$$;
COMMENT ON FUNCTION compat.delete_job(integer) IS 'Removes a job and its history.';
REVOKE ALL ON FUNCTION compat.delete_job(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.delete_job(integer) TO millwright;

-- PL/pgSQL refuses arguments and result columns of the same name, which is what Community's signature has: hence two functions.
CREATE OR REPLACE FUNCTION compat.change_job(p_job_id integer, p_schedule interval, p_max_runtime interval, p_max_retries integer, p_retry_period interval,
    p_enabled boolean, p_config jsonb, p_next_start timestamptz, p_if_exists boolean, p_fixed_schedule boolean, p_initial_start timestamptz)
RETURNS TABLE (id integer, schedule_interval interval, runtime interval, retries integer, retry interval, enabled boolean, job_config jsonb,
    next timestamptz, fixed boolean, initial timestamptz)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    UPDATE ops.job AS j
    SET schedule = COALESCE(p_schedule, j.schedule),
        max_runtime = COALESCE(p_max_runtime, j.max_runtime),
        max_retries = COALESCE(p_max_retries, j.max_retries),
        retry_period = COALESCE(p_retry_period, j.retry_period),
        enabled = COALESCE(p_enabled, j.enabled),
        config = COALESCE(p_config, j.config),
        next_start = COALESCE(p_next_start, j.next_start),
        fixed_schedule = COALESCE(p_fixed_schedule, j.fixed_schedule),
        initial_start = COALESCE(p_initial_start, j.initial_start)
    WHERE j.job_id = p_job_id
    RETURNING j.job_id, j.schedule, j.max_runtime, j.max_retries, j.retry_period, j.enabled, j.config, j.next_start, j.fixed_schedule, j.initial_start;
    IF NOT FOUND THEN
        IF NOT p_if_exists THEN
            RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('job %s not found', p_job_id);
        END IF;
        RAISE NOTICE 'job % not found, skipping', p_job_id;
    END IF;
END
$$;
COMMENT ON FUNCTION compat.change_job(integer, interval, interval, integer, interval, boolean, jsonb, timestamptz, boolean, boolean, timestamptz) IS 'Does the work of compat.alter_job.';
REVOKE ALL ON FUNCTION compat.change_job(integer, interval, interval, integer, interval, boolean, jsonb, timestamptz, boolean, boolean, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.change_job(integer, interval, interval, integer, interval, boolean, jsonb, timestamptz, boolean, boolean, timestamptz) TO millwright;

CREATE OR REPLACE FUNCTION compat.alter_job(job_id integer, schedule_interval interval DEFAULT NULL, max_runtime interval DEFAULT NULL,
    max_retries integer DEFAULT NULL, retry_period interval DEFAULT NULL, scheduled boolean DEFAULT NULL, config jsonb DEFAULT NULL,
    next_start timestamptz DEFAULT NULL, if_exists boolean DEFAULT false, check_config regproc DEFAULT NULL, fixed_schedule boolean DEFAULT NULL,
    initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL)
RETURNS TABLE (job_id integer, schedule_interval interval, max_runtime interval, max_retries integer, retry_period interval, scheduled boolean,
    config jsonb, next_start timestamptz, check_config text, fixed_schedule boolean, initial_start timestamptz, timezone text)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.id, c.schedule_interval, c.runtime, c.retries, c.retry, c.enabled, c.job_config, c.next, NULL::text, c.fixed, c.initial, NULL::text
    FROM compat.change_job($1, $2, $3, $4, $5, $6, $7, $8, $9, $11, $12) AS c
$$;
COMMENT ON FUNCTION compat.alter_job(integer, interval, interval, integer, interval, boolean, jsonb, timestamptz, boolean, regproc, boolean, timestamptz, text) IS
    'Changes a job; NULL leaves a member as it is. check_config and timezone are accepted and unused.';
REVOKE ALL ON FUNCTION compat.alter_job(integer, interval, interval, integer, interval, boolean, jsonb, timestamptz, boolean, regproc, boolean, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compat.alter_job(integer, interval, interval, integer, interval, boolean, jsonb, timestamptz, boolean, regproc, boolean, timestamptz, text) TO millwright;

CREATE OR REPLACE PROCEDURE compat.run_job(IN job_id integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_statement text;
BEGIN
    SELECT ops.job_statement(j.procedure, j.job_id, j.config) INTO v_statement FROM ops.job AS j WHERE j.job_id = $1;
    IF v_statement IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW404', MESSAGE = format('job %s not found', $1);
    END IF;
    EXECUTE v_statement;
END
$$;
COMMENT ON PROCEDURE compat.run_job(integer) IS 'Runs a job now, in the foreground; an error is raised, the schedule is not touched.';
REVOKE ALL ON PROCEDURE compat.run_job(integer) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE compat.run_job(integer) TO millwright;
