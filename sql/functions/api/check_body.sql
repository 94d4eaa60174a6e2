CREATE OR REPLACE FUNCTION api.check_body(body jsonb, component text) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_errors jsonb;
    v_schema jsonb;
BEGIN
    SELECT definition INTO STRICT v_schema FROM api.schema_component WHERE name = component;
    SELECT jsonb_agg(jsonb_build_object('field', e.member, 'message', e.message)) INTO v_errors
    FROM api.schema_errors(coalesce(body, 'null'), v_schema, '') AS e;
    IF v_errors IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = coalesce(nullif(v_errors -> 0 ->> 'field', ''), 'body'),
            MESSAGE = concat_ws(' ', coalesce(nullif(v_errors -> 0 ->> 'field', ''), 'the body'),
                                v_errors -> 0 ->> 'message'),
            DETAIL = v_errors::text;
    END IF;
    -- members that only the server sets are accepted (a client may send back what it got) and left out
    RETURN coalesce((
        -- 1.0 is an integer in JSON Schema, and none to the type
        SELECT jsonb_object_agg(m.key,
                                CASE jsonb_typeof(m.value) WHEN 'number' THEN to_jsonb(trim_scale(m.value::numeric))
                                     ELSE m.value END)
        FROM jsonb_each(body) AS m
        WHERE v_schema -> 'properties' -> m.key -> 'readOnly' IS DISTINCT FROM 'true'), '{}');
END
$$;
COMMENT ON FUNCTION api.check_body(jsonb, text) IS
    'A request''s body without its readOnly members, if it fits the schema component; else MW422: COLUMN is the first '
    'wrong member, DETAIL all of them as a JSON array [{field, message}].';
REVOKE ALL ON FUNCTION api.check_body(jsonb, text) FROM PUBLIC;
