CREATE OR REPLACE FUNCTION report.html_table(heads text[], is_right boolean[], cells jsonb) RETURNS text
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT E'<table>\n<thead><tr>'
        || (SELECT string_agg(format('<th%s>%s</th>', a.attribute, report.escape_html(h.head)), '' ORDER BY h.place)
            FROM unnest(heads) WITH ORDINALITY AS h (head, place)
            CROSS JOIN LATERAL (SELECT CASE WHEN is_right[h.place] THEN ' class="n"' ELSE '' END AS attribute) AS a)
        || E'</tr></thead>\n<tbody>\n'
        || coalesce((
            SELECT string_agg('<tr>' || (
                SELECT string_agg(format('<td%s>%s</td>', CASE WHEN is_right[c.place] THEN ' class="n"' ELSE '' END,
                                         coalesce(report.escape_html(c.text), '')), '' ORDER BY c.place)
                FROM jsonb_array_elements_text(r.row) WITH ORDINALITY AS c (text, place)) || E'</tr>\n',
                    '' ORDER BY r.line)
            FROM jsonb_array_elements(cells) WITH ORDINALITY AS r (row, line)), '')
        || '</tbody></table>'
$$;
COMMENT ON FUNCTION report.html_table(text[], boolean[], jsonb) IS
    'A table as HTML, every head and value escaped. Arguments as those of report.text_table.';
REVOKE ALL ON FUNCTION report.html_table(text[], boolean[], jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.html_table(text[], boolean[], jsonb) TO viewer;
