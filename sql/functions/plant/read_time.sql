CREATE OR REPLACE FUNCTION plant.read_time(p_text text, p_zone text) RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, YMD'
AS $$
    SELECT CASE
        WHEN p_text !~ '^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d(:?\d\d)?)?)?$'
            OR NOT pg_input_is_valid(p_text, 'timestamptz') THEN NULL
        WHEN p_text ~ '\d\d:\d\d.*([Zz]|[+-]\d\d(:?\d\d)?)$' THEN p_text::timestamptz
        ELSE p_text::timestamp AT TIME ZONE p_zone END
$$;
COMMENT ON FUNCTION plant.read_time(text, text) IS
    'A time in ISO 8601, of a zone where it names no offset; a date is its midnight. NULL: it is none (infinity is '
    'none, either).';
REVOKE ALL ON FUNCTION plant.read_time(text, text) FROM PUBLIC;
