CREATE OR REPLACE FUNCTION relay.phrase(key text, language text, said text DEFAULT '') RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT replace(p.text, '{x}', said)
    FROM relay.phrase AS p
    JOIN relay.language AS l ON l.code = p.language
    WHERE p.key = phrase.key
    -- a language that has not got the phrase yet borrows it
    ORDER BY p.language = phrase.language DESC, l.rank, l.code
    LIMIT 1
$$;
COMMENT ON FUNCTION relay.phrase(text, text, text) IS
    'A phrase (relay.phrase) in a language, else in the first by relay.language.rank that has it; said goes where {x} '
    'stands. NULL: no such phrase.';
REVOKE ALL ON FUNCTION relay.phrase(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay.phrase(text, text, text) TO viewer;
