CREATE OR REPLACE FUNCTION relay.content(n relay.notification, languages text[] DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN n.transition_id IS NULL THEN n.data
                ELSE (SELECT c.data FROM relay.contents(ARRAY[n], languages) AS c) END;
END
$$;
COMMENT ON FUNCTION relay.content(relay.notification, text[]) IS
    'relay.contents of one: what a notification says, by languages (NULL: all).';
REVOKE ALL ON FUNCTION relay.content(relay.notification, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.content(relay.notification, text[]) TO viewer;
