CREATE OR REPLACE FUNCTION ingest.limit_statement(setting text) RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_grace CONSTANT integer := 5000; -- ms
    v_limit bigint := coalesce(ceil(extract(epoch FROM ops.setting_interval(setting)) * 1000), 0);
BEGIN
    PERFORM set_config('statement_timeout', v_limit::text, false);
    -- A decoder can catch the first and go on; nobody catches this one, which ends the session.
    PERFORM set_config('transaction_timeout', CASE WHEN v_limit = 0 THEN 0 ELSE v_limit + c_grace END::text, false);
END
$$;
COMMENT ON FUNCTION ingest.limit_statement(text) IS
    'From the next statement of this session on, statement_timeout is what this setting says (an interval), and the '
    'session is ended when a transaction goes on for five seconds longer. NULL, or a setting that is null: no limit.';
REVOKE ALL ON FUNCTION ingest.limit_statement(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.limit_statement(text) TO thin;
