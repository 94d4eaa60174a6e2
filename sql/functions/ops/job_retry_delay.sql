CREATE OR REPLACE FUNCTION ops.job_retry_delay(p_schedule interval, p_retry_period interval, p_max_retries integer, p_failures integer) RETURNS interval
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN p_max_retries >= 0 AND p_failures > p_max_retries THEN p_schedule
        ELSE LEAST(p_retry_period * power(2, LEAST(p_failures, 20) - 1), GREATEST(p_schedule, INTERVAL '1 hour'))
    END
$$;
COMMENT ON FUNCTION ops.job_retry_delay(interval, interval, integer, integer) IS
    'Pause after the nth failure in a row: retry_period, doubled each time, at most an hour or the schedule; the schedule itself once max_retries (if not negative) are used up.';
REVOKE ALL ON FUNCTION ops.job_retry_delay(interval, interval, integer, integer) FROM PUBLIC;
