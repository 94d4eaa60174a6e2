CREATE OR REPLACE FUNCTION relay.text(data jsonb, language text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE jsonb_typeof(data -> 'items') WHEN 'array' THEN
        relay.phrase('digest', text.language, jsonb_array_length(data -> 'items')::text) || E'\n'
            || (SELECT string_agg('• ' || relay.line(i.item, text.language), E'\n' ORDER BY i.ordinality)
                FROM jsonb_array_elements(data -> 'items') WITH ORDINALITY AS i (item, ordinality))
        ELSE relay.line(data, text.language) END
$$;
COMMENT ON FUNCTION relay.text(jsonb, text) IS
    'What a delivery says to people, in a language: one notification''s line, or a digest''s lines. The one place '
    'where that is put together.';
REVOKE ALL ON FUNCTION relay.text(jsonb, text) FROM PUBLIC;
