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
    IF coalesce(cardinality(v_position), 0) <> cardinality(types)
        OR EXISTS (SELECT FROM unnest(v_position, types) AS p (value, type)
                   WHERE p.value IS NULL OR NOT pg_input_is_valid(p.value, p.type::text)) THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'cursor', MESSAGE = 'cursor is not one that a list has returned';
    END IF;
    RETURN v_position;
END
$$;
COMMENT ON FUNCTION api.decode_cursor(text, regtype[]) IS
    'What api.encode_cursor made, checked against the types that the list sorts by; NULL for NULL, MW422 for anything else.';
REVOKE ALL ON FUNCTION api.decode_cursor(text, regtype[]) FROM PUBLIC;
