CREATE OR REPLACE FUNCTION relay.in_language(messages jsonb, language text DEFAULT NULL) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- in a language that it has no text in: the default one, or what there is
    SELECT coalesce(messages ->> language, messages ->> relay.default_language(),
                    (SELECT m.value FROM jsonb_each_text(messages) AS m
                     LEFT JOIN relay.language AS l ON l.code = m.key
                     WHERE m.value IS NOT NULL ORDER BY l.rank, m.key LIMIT 1), '')
$$;
COMMENT ON FUNCTION relay.in_language(jsonb, text) IS
    'One of the texts of a message, {language: text}: in a language, else in the default one of relay.language.';
REVOKE ALL ON FUNCTION relay.in_language(jsonb, text) FROM PUBLIC;
