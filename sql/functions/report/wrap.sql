CREATE OR REPLACE FUNCTION report.wrap(plain text, columns integer) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_lines text[] := '{}';
    v_line text := '';
    v_word text;
BEGIN
    -- word by word: where a line ends depends on where the one before ended
    FOR v_word IN SELECT w FROM regexp_split_to_table(relay.one_line(plain), '\s+') AS w WHERE w <> '' LOOP
        IF v_line = '' THEN
            v_line := v_word;
        ELSIF report.width(v_line) + 1 + report.width(v_word) <= wrap.columns THEN
            v_line := v_line || ' ' || v_word;
        ELSE
            v_lines := v_lines || report.clip(v_line, wrap.columns);
            v_line := v_word;
        END IF;
    END LOOP;
    RETURN array_to_string(v_lines || report.clip(v_line, wrap.columns), E'\n');
END
$$;
COMMENT ON FUNCTION report.wrap(text, integer) IS
    'A paragraph in lines of at most so many columns of a terminal; a word that is longer is cut.';
REVOKE ALL ON FUNCTION report.wrap(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.wrap(text, integer) TO viewer;
