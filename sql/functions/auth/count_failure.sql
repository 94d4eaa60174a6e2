CREATE OR REPLACE FUNCTION auth.count_failure(p_subject bytea) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_forgotten_after CONSTANT interval := INTERVAL '1 hour';
    c_doublings_limit CONSTANT integer := 30; -- keeps 2^n an integer long after the maximum has been reached
    v_free integer := ops.setting_int('auth.login_free_attempts');
    v_maximum integer := ops.setting_int('auth.login_backoff_max_seconds');
BEGIN
    INSERT INTO auth.login_throttle AS t (subject, failed_attempts, last_failed_at, blocked_until)
    VALUES (p_subject, 1, clock_timestamp(), clock_timestamp())
    ON CONFLICT (subject) DO UPDATE SET
        failed_attempts = CASE WHEN t.last_failed_at < clock_timestamp() - c_forgotten_after THEN 1 ELSE t.failed_attempts + 1 END,
        last_failed_at = clock_timestamp();
    -- free attempts cost nothing, then 1, 2, 4 … seconds up to the maximum
    UPDATE auth.login_throttle SET blocked_until = clock_timestamp() + make_interval(
            secs => least(v_maximum, 2 ^ least(failed_attempts - v_free, c_doublings_limit)))
        WHERE subject = p_subject AND failed_attempts >= v_free;
END
$$;
COMMENT ON FUNCTION auth.count_failure(bytea) IS
    'Counts a wrong password and sets how long the account has to wait: nothing for the first auth.login_free_attempts, then twice as long each time up to auth.login_backoff_max_seconds.';
REVOKE ALL ON FUNCTION auth.count_failure(bytea) FROM PUBLIC;
