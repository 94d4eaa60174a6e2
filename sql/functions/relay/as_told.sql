CREATE OR REPLACE FUNCTION relay.as_told(data jsonb, language text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE jsonb_typeof(data -> 'message') WHEN 'object'
        THEN data || jsonb_build_object('message', relay.in_language(data -> 'message', language),
                                        'messages', data -> 'message')
        ELSE data END
$$;
COMMENT ON FUNCTION relay.as_told(jsonb, text) IS
    'What a notification says, as WebSocket clients and lists get it: message is a text (in a language, else in the '
    'default one), messages has it in every language.';
REVOKE ALL ON FUNCTION relay.as_told(jsonb, text) FROM PUBLIC;
