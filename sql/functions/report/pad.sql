CREATE OR REPLACE FUNCTION report.pad(plain text, columns integer, is_right boolean) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN pad.is_right THEN repeat(' ', c.missing) || c.text ELSE c.text || repeat(' ', c.missing) END
    FROM (SELECT x.text, greatest(pad.columns - report.width(x.text), 0) AS missing
          FROM (SELECT report.clip(plain, pad.columns) AS text OFFSET 0) AS x) AS c
$$;
COMMENT ON FUNCTION report.pad(text, integer, boolean) IS
    'A text that takes exactly so many columns of a terminal, at the right or the left of them.';
REVOKE ALL ON FUNCTION report.pad(text, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.pad(text, integer, boolean) TO viewer;
