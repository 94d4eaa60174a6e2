CREATE OR REPLACE FUNCTION report.render(
    report text, format text, "from" timestamptz, "to" timestamptz, machine text, zone text, language text,
    most integer DEFAULT NULL, remark text DEFAULT NULL, section text DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- a terminal's width that everybody has
    c_columns CONSTANT integer := 120;
    c_style CONSTANT text := 'body{font:14px/1.4 system-ui,sans-serif;margin:16px;color:#1a1a1a;background:#fff}'
        || 'h1{font-size:20px;margin:0}h2{font-size:16px;margin:24px 0 4px}p{margin:4px 0;color:#555}'
        || 'table{border-collapse:collapse}th,td{border-bottom:1px solid #ddd;padding:4px 10px 4px 0;text-align:left;vertical-align:top}'
        || 'th{border-color:#888}.n{text-align:right;white-space:nowrap}';
    v_most integer := coalesce(most, CASE render.format WHEN 'csv' THEN ops.setting_int('report.csv_rows')
                                                         ELSE ops.setting_int('report.rows') END);
    v_parts text[] := '{}';
    v_section text;
    v_key text;
    v_head text;
    v_note text;
    v_title text;
    v_scope text;
    v_heads text[];
    v_right boolean[];
    v_cells jsonb;
    v_total bigint;
    v_more text;
    v_empty text;
BEGIN
    SELECT h.title, h.scope INTO v_title, v_scope FROM report.heading(report, "from", "to", machine, zone, language)
        AS h;
    -- one after the other: each is a function of its own, called by its name
    FOR v_section IN
        SELECT s.function FROM report.section AS s
        WHERE s.report = render.report AND (render.section IS NULL OR split_part(s.function, '.', 2) = render.section)
        ORDER BY s.place
    LOOP
        v_key := split_part(v_section, '.', 2);
        v_head := coalesce(relay.phrase('section.' || v_key, language), v_key);
        v_note := relay.phrase('note.' || v_key, language);
        SELECT array_agg(CASE WHEN render.format = 'csv' THEN c.name
                              ELSE coalesce(relay.phrase('column.' || c.name, language), replace(c.name, '_', ' ')) END
                                  ORDER BY c.place),
               array_agg(c.is_number ORDER BY c.place)
        INTO v_heads, v_right
        FROM report.section_columns(v_section) AS c;
        SELECT c.cells, c.total INTO v_cells, v_total
        FROM report.section_cells(v_section, "from", "to", machine, zone, language, render.format = 'csv', v_most) AS c;
        v_more := CASE WHEN v_total > v_most THEN relay.phrase('report.more', language, (v_total - v_most)::text) END;
        v_empty := CASE WHEN v_total = 0 THEN
            coalesce(relay.phrase('empty.' || v_key, language), relay.phrase('report.empty', language)) END;
        v_parts := v_parts || CASE render.format
            WHEN 'text' THEN
                concat_ws(E'\n', '', upper(report.clip(v_head, c_columns)), report.wrap(v_note, c_columns),
                          report.wrap(v_empty, c_columns),
                          CASE WHEN v_total > 0 THEN report.text_table(v_heads, v_right, v_cells, c_columns) END,
                          v_more)
            WHEN 'html' THEN
                concat_ws(E'\n', format('<h2>%s</h2>', report.escape_html(v_head)),
                    '<p>' || report.escape_html(v_note) || '</p>',
                          '<p>' || report.escape_html(v_empty) || '</p>',
                          CASE WHEN v_total > 0 THEN report.html_table(v_heads, v_right, v_cells) END,
                          '<p>' || report.escape_html(v_more) || '</p>')
            ELSE concat_ws(E'\n', CASE WHEN render.section IS NULL THEN report.escape_csv(v_key, false) END,
                           report.csv_table(v_heads, v_right, v_cells)) END;
    END LOOP;
    RETURN CASE render.format
        WHEN 'text' THEN concat_ws(E'\n', report.clip(v_title, c_columns), report.clip(v_scope, c_columns),
                                   report.wrap(remark, c_columns),
                                   array_to_string(v_parts, E'\n')) || E'\n'
        WHEN 'html' THEN concat_ws(E'\n', '<!DOCTYPE html>', format('<html lang="%s">', report.escape_html(language)),
            '<head><meta charset="utf-8" />', format('<title>%s</title>', report.escape_html(v_title)),
            format('<style>%s</style>', c_style), '</head>', '<body>',
                format('<h1>%s</h1>', report.escape_html(v_title)),
            '<p>' || report.escape_html(v_scope) || '</p>', '<p>' || report.escape_html(remark) || '</p>',
            array_to_string(v_parts, E'\n'), '</body>', '</html>') || E'\n'
        ELSE array_to_string(v_parts, E'\n\n') || E'\n' END;
END
$$;
COMMENT ON FUNCTION report.render(text, text, timestamptz, timestamptz, text, text, text, integer, text, text) IS
    'A report (report.definition) as text (no line wider than 120 columns), csv or html. machine NULL: all; most: rows of a section at most (NULL: the settings report.rows and report.csv_rows); remark: a line under the heading; section: this one alone. Arguments are taken as they are: report.print checks what people write.';
REVOKE ALL ON FUNCTION report.render(text, text, timestamptz, timestamptz, text, text, text, integer, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.render(text, text, timestamptz, timestamptz, text, text, text, integer, text, text)
    TO viewer;
