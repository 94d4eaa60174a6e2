CREATE OR REPLACE FUNCTION report.escape_csv(plain text, is_number boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN plain IS NULL THEN ''
        WHEN is_number THEN plain
        -- told from NULL
        WHEN plain = '' THEN '""'
        WHEN t.text ~ '[",\r\n]' OR t.text ~ '^\s|\s$' THEN '"' || replace(t.text, '"', '""') || '"'
        ELSE t.text END
    -- a spreadsheet takes what begins so for a formula
    FROM (SELECT CASE WHEN plain ~ '^\s*[=+@|-]' THEN '''' || plain ELSE plain END AS text) AS t
$$;
COMMENT ON FUNCTION report.escape_csv(text, boolean) IS
    'A field of a CSV file (RFC 4180): NULL is empty, and a text that a spreadsheet would take for a formula begins with an apostrophe.';
REVOKE ALL ON FUNCTION report.escape_csv(text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.escape_csv(text, boolean) TO viewer;
