CREATE OR REPLACE FUNCTION api.schema_errors(
    value jsonb, schema jsonb, field text
) RETURNS TABLE (member text, message text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_time CONSTANT text := '^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?([Zz]|'
                            '[+-][0-9]{2}(:?[0-9]{2})?)?)?$';
    c_longest CONSTANT interval := INTERVAL '100 years';
    c_largest CONSTANT integer := 65536; -- bytes
    v_type text := jsonb_typeof(value);
    v_text text;
    v_allowed text[];
    v_dot text := CASE WHEN field = '' THEN '' ELSE field || '.' END;
    v_name text;
    v_item jsonb;
    v_ordinal bigint;
BEGIN
    IF schema ? '$ref' THEN
        SELECT c.definition || (schema - '$ref') INTO STRICT schema
        FROM api.schema_component AS c WHERE c.name = split_part(schema ->> '$ref', '/', 4);
    END IF;

    IF schema ? 'type' THEN
        v_allowed := ARRAY(SELECT jsonb_array_elements_text(
            CASE jsonb_typeof(schema -> 'type') WHEN 'array' THEN schema -> 'type'
                 ELSE jsonb_build_array(schema -> 'type') END));
        IF NOT (v_type = ANY (v_allowed)
                OR v_type = 'number' AND 'integer' = ANY (v_allowed) AND value::numeric = trunc(value::numeric)) THEN
            RETURN QUERY SELECT field, 'must be ' || array_to_string(v_allowed, ' or ');
            RETURN;
        END IF;
    END IF;
    IF v_type = 'null' THEN
        RETURN;
    END IF;
    IF schema ? 'enum' AND NOT schema -> 'enum' @> value THEN
        RETURN QUERY SELECT field,
            'must be one of ' || (SELECT string_agg(e #>> '{}', ', ') FROM jsonb_array_elements(schema -> 'enum') AS e);
        RETURN;
    END IF;

    CASE v_type
    WHEN 'string' THEN
        v_text := value #>> '{}';
        IF length(v_text) < (schema ->> 'minLength')::integer THEN
            RETURN QUERY SELECT field, format('must have at least %s characters', schema ->> 'minLength');
        ELSIF length(v_text) > (schema ->> 'maxLength')::integer THEN
            RETURN QUERY SELECT field, format('must have at most %s characters', schema ->> 'maxLength');
        ELSIF v_text !~ (schema ->> 'pattern') THEN
            RETURN QUERY SELECT field, format('must match %s', schema ->> 'pattern');
        ELSIF schema ->> 'format' = 'date'
            -- of a time its date, as it is written
            AND NOT (v_text ~ c_time AND pg_input_is_valid(v_text, 'date')
                     AND pg_input_is_valid(v_text, 'timestamptz')) THEN
            RETURN QUERY SELECT field, 'must be a date (YYYY-MM-DD)';
        ELSIF schema ->> 'format' = 'date-time'
              AND NOT (v_text ~ c_time AND pg_input_is_valid(v_text, 'timestamptz')) THEN
            RETURN QUERY SELECT field, 'must be a time in ISO 8601';
        ELSIF schema ->> 'format' = 'duration' THEN
            IF NOT pg_input_is_valid(v_text, 'interval') THEN
                RETURN QUERY SELECT field, 'must be a duration (PT30S, or 30 seconds)';
            -- what is longer (or infinity) overflows in the first sum with a time
            ELSIF v_text::interval > c_longest THEN
                RETURN QUERY SELECT field, 'must be at most ' || c_longest;
            ELSIF v_text::interval < make_interval(secs => coalesce((schema ->> 'minimum')::float8, 0)) THEN
                RETURN QUERY SELECT field, format('must be at least %s s', coalesce(schema ->> 'minimum', '0'));
            END IF;
        END IF;
    WHEN 'number' THEN
        IF value::numeric < (schema ->> 'minimum')::numeric
           OR value::numeric <= (schema ->> 'exclusiveMinimum')::numeric THEN
            RETURN QUERY SELECT field, CASE WHEN schema ? 'minimum' THEN 'must be at least ' || (schema ->> 'minimum')
                ELSE 'must be greater than ' || (schema ->> 'exclusiveMinimum') END;
        ELSIF value::numeric > (schema ->> 'maximum')::numeric
            OR schema ->> 'format' = 'duration' AND value::numeric > extract(epoch FROM c_longest) THEN
            RETURN QUERY SELECT field,
                'must be at most ' || coalesce(schema ->> 'maximum', extract(epoch FROM c_longest)::text);
        ELSIF 'integer' = ANY (v_allowed) AND NOT 'number' = ANY (v_allowed)
              AND abs(value::numeric) > 9223372036854775807
            OR NOT pg_input_is_valid(value::text, 'float8') THEN
            RETURN QUERY SELECT field, 'is too large';
        END IF;
    WHEN 'array' THEN
        IF jsonb_array_length(value) > (schema ->> 'maxItems')::integer THEN
            RETURN QUERY SELECT field, format('must have at most %s items', schema ->> 'maxItems');
        ELSIF jsonb_array_length(value) < (schema ->> 'minItems')::integer THEN
            RETURN QUERY SELECT field, format('must have at least %s items', schema ->> 'minItems');
        ELSIF schema ? 'items' THEN
            FOR v_item, v_ordinal IN SELECT e.value, e.ordinality
                FROM jsonb_array_elements(schema_errors.value) WITH ORDINALITY AS e LOOP
                RETURN QUERY SELECT e.member, e.message
                    FROM api.schema_errors(v_item, schema -> 'items', format('%s[%s]', field, v_ordinal - 1)) AS e;
            END LOOP;
        END IF;
    WHEN 'object' THEN
        -- free of form, not of size: lists carry it in each row
        IF NOT schema ? 'properties' AND octet_length(value::text) > c_largest THEN
            RETURN QUERY SELECT field, format('must have at most %s bytes', c_largest);
            RETURN;
        END IF;
        RETURN QUERY SELECT v_dot || r, 'is required'
            FROM jsonb_array_elements_text(coalesce(schema -> 'required', '[]')) AS r WHERE NOT schema_errors.value ? r;
        FOR v_name, v_item IN SELECT e.key, e.value FROM jsonb_each(schema_errors.value) AS e LOOP
            IF schema -> 'properties' ? v_name THEN
                IF schema -> 'properties' -> v_name -> 'readOnly' IS DISTINCT FROM 'true' THEN
                    RETURN QUERY SELECT e.member, e.message
                        FROM api.schema_errors(v_item, schema -> 'properties' -> v_name, v_dot || v_name) AS e;
                END IF;
            ELSIF schema -> 'additionalProperties' = 'false' THEN
                RETURN QUERY SELECT v_dot || v_name, 'is not a member that this endpoint knows';
            ELSIF jsonb_typeof(schema -> 'additionalProperties') = 'object' THEN
                RETURN QUERY SELECT e.member, e.message
                    FROM api.schema_errors(v_item, schema -> 'additionalProperties', v_dot || v_name) AS e;
            END IF;
        END LOOP;
    ELSE
        NULL;
    END CASE;
END
$$;
COMMENT ON FUNCTION api.schema_errors(jsonb, jsonb, text) IS
    'What in a value breaks a JSON Schema: one row per member. The part of JSON Schema that api.schema_component uses: '
    'type, enum, properties, required, additionalProperties, items, lengths, bounds, pattern, format, local $ref. '
    'readOnly members are not looked at.';
REVOKE ALL ON FUNCTION api.schema_errors(jsonb, jsonb, text) FROM PUBLIC;
