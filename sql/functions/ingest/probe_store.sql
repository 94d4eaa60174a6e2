CREATE OR REPLACE FUNCTION ingest.probe_store() RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- sensor 0 does not exist: nobody's value moves, nobody waits
    PERFORM ingest.store('{0}', ARRAY[clock_timestamp()], '{0}', '{0}', '{f}', clock_timestamp());
    PERFORM ingest.quarantine_batch('{probe}', '{NULL}', '{probe}', '{NULL}', ARRAY[clock_timestamp()]);
    RAISE EXCEPTION USING ERRCODE = 'MW000', MESSAGE = 'undone';
EXCEPTION WHEN SQLSTATE 'MW000' THEN
    RETURN;
END
$$;
COMMENT ON FUNCTION ingest.probe_store() IS
    'Stores a point of nobody''s and puts a message aside, and undoes both: raises whatever keeps the way in from '
    'working. Part of ingest.probe.';
REVOKE ALL ON FUNCTION ingest.probe_store() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.probe_store() TO thin;
