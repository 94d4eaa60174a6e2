CREATE OR REPLACE FUNCTION report.csv_table(heads text[], is_right boolean[], cells jsonb) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(E'\n',
        (SELECT string_agg(report.escape_csv(h.head, false), ',' ORDER BY h.place)
         FROM unnest(heads) WITH ORDINALITY AS h (head, place)),
        (SELECT string_agg((
            SELECT string_agg(report.escape_csv(c.text, is_right[c.place]), ',' ORDER BY c.place)
            FROM jsonb_array_elements_text(r.row) WITH ORDINALITY AS c (text, place)), E'\n' ORDER BY r.line)
         FROM jsonb_array_elements(cells) WITH ORDINALITY AS r (row, line)))
$$;
COMMENT ON FUNCTION report.csv_table(text[], boolean[], jsonb) IS
    'A table as CSV (report.escape_csv). Arguments as those of report.text_table.';
REVOKE ALL ON FUNCTION report.csv_table(text[], boolean[], jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.csv_table(text[], boolean[], jsonb) TO viewer;
