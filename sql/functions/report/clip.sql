CREATE OR REPLACE FUNCTION report.clip(plain text, columns integer) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN report.width(plain) <= clip.columns THEN plain
        WHEN clip.columns < 1 THEN ''
        ELSE coalesce((
            SELECT string_agg(w.letter, '' ORDER BY w.place) FILTER (WHERE w.taken <= clip.columns - 1)
            FROM (SELECT l.letter, l.place, sum(report.width(l.letter)) OVER (ORDER BY l.place) AS taken
                  -- no letter is wider than two, nor takes less than a tenth on the average of what people write
                  FROM regexp_split_to_table(left(plain, 10 * clip.columns), '')
                      WITH ORDINALITY AS l (letter, place)) AS w
        ), '') || '…'
    END
$$;
COMMENT ON FUNCTION report.clip(text, integer) IS
    'A text that takes at most so many columns of a terminal (report.width); one that was cut ends with ….';
REVOKE ALL ON FUNCTION report.clip(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.clip(text, integer) TO viewer;
