CREATE OR REPLACE FUNCTION auth.check_throttle(p_subjects bytea[]) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_blocked_until timestamptz;
BEGIN
    SELECT max(blocked_until) INTO v_blocked_until FROM auth.login_throttle WHERE subject = ANY (p_subjects);
    IF v_blocked_until > clock_timestamp() THEN
        RAISE EXCEPTION USING ERRCODE = 'MW429', MESSAGE = 'too many failed attempts for this account from here',
            DETAIL = ceil(extract(epoch FROM v_blocked_until - clock_timestamp()))::text,
            HINT = 'DETAIL is the number of seconds to wait.';
    END IF;
END
$$;
COMMENT ON FUNCTION auth.check_throttle(bytea[]) IS
    'MW429 while one of these subjects is blocked after failed attempts; DETAIL is the number of seconds to wait (Retry-After).';
REVOKE ALL ON FUNCTION auth.check_throttle(bytea[]) FROM PUBLIC;
