CREATE OR REPLACE FUNCTION report.text_table(heads text[], is_right boolean[], cells jsonb,
    columns integer) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH cell AS MATERIALIZED (
        SELECT 0::bigint AS line, h.place, relay.one_line(h.head) AS text
        FROM unnest(heads) WITH ORDINALITY AS h (head, place)
        UNION ALL
        SELECT r.line, c.place, coalesce(relay.one_line(c.text), '')
        FROM jsonb_array_elements(cells) WITH ORDINALITY AS r (row, line)
        CROSS JOIN LATERAL jsonb_array_elements_text(r.row) WITH ORDINALITY AS c (text, place)
    ), wanted AS (
        SELECT c.place, max(report.width(c.text)) AS width, text_table.is_right[c.place] AS is_right
        FROM cell AS c GROUP BY c.place
    ), cut AS (
        -- texts give way to numbers: the greatest length of a text with which everything fits
        SELECT coalesce(max(x.longest), 8) AS longest
        FROM generate_series(8, greatest(text_table.columns, 8)) AS x (longest)
        WHERE (SELECT sum(CASE WHEN w.is_right THEN w.width ELSE least(w.width, x.longest) END + 2) - 2
            FROM wanted AS w)
            <= text_table.columns
    ), fitted AS (
        SELECT w.place, w.is_right, CASE WHEN w.is_right THEN w.width ELSE least(w.width, cut.longest) END AS width
        FROM wanted AS w CROSS JOIN cut
    ), line AS (
        SELECT c.line, string_agg(report.pad(c.text, f.width, f.is_right), '  ' ORDER BY c.place) AS text
        FROM cell AS c JOIN fitted AS f ON f.place = c.place
        GROUP BY c.line
        UNION ALL
        -- under the heads
        SELECT 0.5, string_agg(repeat('-', f.width), '  ' ORDER BY f.place) FROM fitted AS f
    )
    SELECT string_agg(report.clip(rtrim(l.text), text_table.columns), E'\n' ORDER BY l.line) FROM line AS l
$$;
COMMENT ON FUNCTION report.text_table(text[], boolean[], jsonb, integer) IS
    'A table as plain text, no line wider than columns: cells is an array of rows, each an array of texts; is_right says which columns are numbers and keep their width.';
REVOKE ALL ON FUNCTION report.text_table(text[], boolean[], jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.text_table(text[], boolean[], jsonb, integer) TO viewer;
