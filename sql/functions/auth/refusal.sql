CREATE OR REPLACE FUNCTION auth.refusal(
    code text, message text, detail text DEFAULT NULL, hint text DEFAULT NULL, member text DEFAULT NULL
) RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('mw_refusal',
        jsonb_strip_nulls(jsonb_build_object('code', code, 'message', message, 'detail', detail, 'hint', hint, 'column', member)))
$$;
COMMENT ON FUNCTION auth.refusal(text, text, text, text, text) IS
    'A refusal that must be committed (a failed login is counted, a stolen session ends), so it cannot be raised. thin commits and answers as if it had been.';
REVOKE ALL ON FUNCTION auth.refusal(text, text, text, text, text) FROM PUBLIC;
