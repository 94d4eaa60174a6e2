CREATE OR REPLACE FUNCTION api.list_words() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(jsonb_object_agg(l.code, coalesce(p.words, '{}')), '{}')
    FROM relay.language AS l
    LEFT JOIN (
        SELECT p.language, jsonb_object_agg(p.key, p.text) AS words FROM relay.phrase AS p GROUP BY p.language
    ) AS p ON p.language = l.code
$$;
COMMENT ON FUNCTION api.list_words() IS
    'What severities, levels, events and the rest are called in each language (relay.phrase), for clients that show codes to people.';
REVOKE ALL ON FUNCTION api.list_words() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.list_words() TO viewer;
