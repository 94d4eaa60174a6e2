CREATE OR REPLACE FUNCTION auth.count_failure(p_subject bytea, p_free integer, p_account bigint DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_doublings_limit CONSTANT integer := 30; -- keeps 2^n an integer long after the maximum has been reached
    v_maximum integer := ops.setting_int('auth.login_backoff_max_seconds');
    v_count integer;
BEGIN
    INSERT INTO auth.login_throttle AS t (subject, account_id, failed_attempts, last_failed_at, blocked_until)
    VALUES (p_subject, p_account, 1, clock_timestamp(), clock_timestamp())
    ON CONFLICT (subject) DO UPDATE SET
        failed_attempts = CASE WHEN t.last_failed_at < clock_timestamp() - auth.throttle_memory() THEN 1
            ELSE least(t.failed_attempts, 1000000) + 1 END,
        last_failed_at = clock_timestamp()
    RETURNING failed_attempts INTO v_count;
    -- free attempts cost nothing, then 1, 2, 4 … seconds up to the maximum
    IF v_count >= p_free THEN
        UPDATE auth.login_throttle SET blocked_until = clock_timestamp() + make_interval(
                secs => least(v_maximum, 2 ^ least(v_count - p_free, c_doublings_limit)))
            WHERE subject = p_subject;
    END IF;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION auth.count_failure(bytea, integer, bigint) IS
    'Counts a wrong password for a subject, and sets how long it has to wait: nothing for the first p_free, then twice as long each time up to auth.login_backoff_max_seconds. Returns how many failures that makes; an hour of peace forgets them.';
REVOKE ALL ON FUNCTION auth.count_failure(bytea, integer, bigint) FROM PUBLIC;
