CREATE OR REPLACE FUNCTION ops.setting_refusal(p_setting ops.setting) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s ops.setting := p_setting;
    v_text text := s.value #>> '{}';
    v_is_valid boolean;
    v_range text := concat_ws(' ', s.minimum #>> '{}', 'to', s.maximum #>> '{}');
BEGIN
    IF jsonb_typeof(s.value) = 'null' THEN
        RETURN CASE WHEN NOT s.nullable THEN format('%s cannot be null', s.name) END;
    ELSIF length(s.value::text) > 1000 THEN
        RETURN format('%s is too long', s.name);
    END IF;
    v_is_valid := CASE s.data_type
        WHEN 'integer' THEN jsonb_typeof(s.value) = 'number' AND pg_input_is_valid(v_text, 'integer')
        WHEN 'float' THEN jsonb_typeof(s.value) = 'number' AND pg_input_is_valid(v_text, 'double precision')
        WHEN 'interval' THEN jsonb_typeof(s.value) = 'string' AND pg_input_is_valid(v_text, 'interval')
        WHEN 'boolean' THEN jsonb_typeof(s.value) = 'boolean'
        WHEN 'text' THEN jsonb_typeof(s.value) = 'string'
        WHEN 'time zone' THEN jsonb_typeof(s.value) = 'string' AND EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = v_text)
        WHEN 'times' THEN jsonb_typeof(s.value) = 'array' AND jsonb_array_length(s.value) BETWEEN 1 AND 24
            AND NOT EXISTS (SELECT FROM jsonb_array_elements(s.value) AS e
                            WHERE jsonb_typeof(e) <> 'string' OR NOT pg_input_is_valid(e #>> '{}', 'time'))
        WHEN 'networks' THEN jsonb_typeof(s.value) = 'string' AND NOT EXISTS (
            SELECT FROM regexp_split_to_table(v_text, '[[:space:],]+') AS n WHERE n <> '' AND NOT pg_input_is_valid(n, 'cidr'))
        WHEN 'url' THEN jsonb_typeof(s.value) = 'string' AND v_text ~ '^https?://[[:alnum:]._:\[\]-]+(/[[:alnum:]._~%-]+)*$'
        WHEN 'texts' THEN jsonb_typeof(s.value) = 'array'
            AND NOT EXISTS (SELECT FROM jsonb_array_elements(s.value) AS e WHERE jsonb_typeof(e) <> 'string') END;
    IF NOT v_is_valid THEN
        RETURN format('%s must be %s', s.name, CASE s.data_type
            WHEN 'integer' THEN 'a whole number' WHEN 'float' THEN 'a number' WHEN 'interval' THEN 'an interval such as "15 minutes"'
            WHEN 'boolean' THEN 'true or false' WHEN 'text' THEN 'a string' WHEN 'time zone' THEN 'the name of a time zone such as "Asia/Seoul"'
            WHEN 'times' THEN 'a list of 1 to 24 times such as "06:00"'
            WHEN 'url' THEN 'an address such as "https://millwright.example:8000", without a slash at its end'
            WHEN 'networks' THEN 'a list of networks such as "127.0.0.1/32 fe80::/10"' ELSE 'a list of strings' END
            || CASE WHEN s.minimum IS NOT NULL THEN ', ' || v_range ELSE '' END);
    ELSIF s.data_type IN ('integer', 'float')
        AND (v_text::numeric < (s.minimum #>> '{}')::numeric OR v_text::numeric > (s.maximum #>> '{}')::numeric)
        OR s.data_type = 'interval' AND (v_text::interval < (s.minimum #>> '{}')::interval OR v_text::interval > (s.maximum #>> '{}')::interval) THEN
        RETURN format('%s must be %s%s', s.name, v_range, CASE WHEN s.data_type <> 'interval' THEN ' ' || s.unit ELSE '' END);
    ELSIF s.choices IS NOT NULL AND (v_text = ANY (s.choices)) IS NOT TRUE THEN
        RETURN format('%s must be %s', s.name, array_to_string(s.choices, ' or '));
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION ops.setting_refusal(ops.setting) IS
    'Why a setting cannot have its value, as a sentence that names what it may have; NULL when it can.';
REVOKE ALL ON FUNCTION ops.setting_refusal(ops.setting) FROM PUBLIC;
