CREATE OR REPLACE FUNCTION relay.bounds() RETURNS TABLE (oldest bigint, newest bigint)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT min(o.seq) FROM relay.notification AS o), s.last + 1), s.last
    FROM relay.sequence AS s
$$;
COMMENT ON FUNCTION relay.bounds() IS
    'Oldest sequence number that can still be fetched and the newest given out. A client that resumes from before '
    'oldest − 1 has missed some.';
REVOKE ALL ON FUNCTION relay.bounds() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.bounds() TO thin;
