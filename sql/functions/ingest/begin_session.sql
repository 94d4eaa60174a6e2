CREATE OR REPLACE FUNCTION ingest.begin_session() RETURNS void
    LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM set_config('lock_timeout',
        coalesce(ceil(extract(epoch FROM ops.setting_interval('ingest.lock_timeout')) * 1000)::bigint, 0)::text, false);
    PERFORM ingest.limit_statement('ingest.batch_timeout');
END
$$;
COMMENT ON FUNCTION ingest.begin_session() IS
    'What thin''s sessions for ingest start with: lock_timeout and statement_timeout from the settings '
    'ingest.lock_timeout and ingest.batch_timeout.';
REVOKE ALL ON FUNCTION ingest.begin_session() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.begin_session() TO thin;
