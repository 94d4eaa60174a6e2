CREATE OR REPLACE FUNCTION plant.csv_cells(csv text)
    RETURNS TABLE (record bigint, line bigint, place bigint, cell text, is_malformed boolean, length bigint)
    LANGUAGE sql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH separator AS (
        -- spreadsheets of some countries write semicolons
        SELECT CASE WHEN h.header LIKE '%,%' THEN ',' WHEN h.header LIKE '%;%' THEN ';'
                    WHEN h.header LIKE E'%\t%' THEN E'\t' ELSE ',' END AS s
        FROM (SELECT substring($1 FROM '^[^\r\n]*')) AS h (header)
    ), token AS (
        SELECT t.n, t.m[1] AS cell, t.m[2] AS ending
        FROM separator,
             regexp_matches($1, format('("(?:[^"]|"")*"[^%1$s\r\n]*|[^"%1$s\r\n][^%1$s\r\n]*|)(%1$s|\r?\n|\r|$)', s),
                            'g')
            WITH ORDINALITY AS t (m, n)
    ), counted AS (
        SELECT t.*,
               count(*) FILTER (WHERE t.ending ~ '^[\r\n]|^$') OVER before AS record,
               sum(length(t.cell || t.ending) - length(replace(t.cell || t.ending, E'\n', ''))) OVER before AS line
        FROM token AS t
        WINDOW before AS (ORDER BY t.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    )
    SELECT coalesce(c.record, 0) + 1, coalesce(c.line, 0) + 1,
           row_number() OVER (PARTITION BY c.record ORDER BY c.n),
           -- an empty cell is none; one in quotes is what stands between them
           CASE WHEN c.cell ~ '^"' THEN replace(substring(c.cell FROM '^"((?:[^"]|"")*)"'), '""', '"')
                ELSE nullif(btrim(c.cell), '') END,
           c.cell ~ '"' AND c.cell !~ '^"(?:[^"]|"")*"$',
           length(c.cell || c.ending)
    FROM counted AS c
$$;
COMMENT ON FUNCTION plant.csv_cells(text) IS
    'The cells of a CSV text (RFC 4180; separated by comma, semicolon or tab, whichever its first line has): record '
    'and line from 1, place within the record from 1, NULL for an empty cell. is_malformed: quotes in the middle. '
    'Where the lengths do not add up to the text''s, a quote is never closed.';
REVOKE ALL ON FUNCTION plant.csv_cells(text) FROM PUBLIC;
