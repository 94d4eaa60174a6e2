CREATE OR REPLACE FUNCTION api.decode_cursor(cursor text, types regtype[]) RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_json text;
    v_position text[];
BEGIN
    IF cursor IS NULL THEN
        RETURN NULL;
    END IF;
    BEGIN
        v_json := convert_from(decode(
            rpad(translate(cursor, '-_', '+/'), (length(cursor) + 3) / 4 * 4, '='), 'base64'), 'UTF8');
        SELECT array_agg(e.value ORDER BY e.ordinality) INTO v_position
        FROM jsonb_array_elements_text(v_json::jsonb) WITH ORDINALITY AS e;
    EXCEPTION WHEN data_exception THEN
        v_position := NULL;
    END;
    -- only what encode_cursor writes: 'infinity' is a timestamptz, and would be page one again
    IF coalesce(cardinality(v_position), 0) <> cardinality(types) OR api.encode_cursor(VARIADIC v_position) IS DISTINCT FROM cursor
        OR EXISTS (SELECT FROM unnest(v_position, types) AS p (value, type)
                   WHERE CASE
                       WHEN p.value IS NULL OR p.value !~ CASE p.type
                           WHEN 'timestamptz'::regtype THEN '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+([+-][0-9:]+|Z)$' ELSE '^-?[0-9]+$' END THEN true
                       -- only then: a made-up zone's name stays in the server's memory
                       ELSE NOT pg_input_is_valid(p.value, p.type::text) END) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW400', COLUMN = 'cursor', MESSAGE = 'cursor is not one that a list has returned';
    END IF;
    RETURN v_position;
END
$$;
COMMENT ON FUNCTION api.decode_cursor(text, regtype[]) IS
    'What api.encode_cursor made, checked against the types that the list sorts by; NULL for NULL, MW400 for anything else.';
REVOKE ALL ON FUNCTION api.decode_cursor(text, regtype[]) FROM PUBLIC;
