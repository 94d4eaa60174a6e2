CREATE OR REPLACE FUNCTION ingest.import_rejects(p_import bigint, p_rejected bigint, p_bytes bigint) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE ingest.import AS i SET rejected = i.rejected + p_rejected, rejects_bytes = p_bytes WHERE i.id = p_import
$$;
COMMENT ON FUNCTION ingest.import_rejects(bigint, bigint, bigint) IS
    'Notes, in the transaction of ingest.import_block, how many points and records more were refused and how long the '
    'file of rejected lines is then: a run that goes on cuts off what lies behind.';
REVOKE ALL ON FUNCTION ingest.import_rejects(bigint, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ingest.import_rejects(bigint, bigint, bigint) TO engineer;
