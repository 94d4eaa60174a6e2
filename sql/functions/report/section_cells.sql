CREATE OR REPLACE FUNCTION report.section_cells(
    function text, "from" timestamptz, "to" timestamptz, machine text, zone text, language text, is_raw boolean,
        most integer,
    OUT cells jsonb, OUT total bigint)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- longest text of a cell, characters
    c_longest CONSTANT integer := 200;
    v_cells text;
BEGIN
    -- each column by its type; a text that has a name in the language (relay.phrase, <column>.<value>) is called by it
    SELECT string_agg(CASE
               WHEN is_raw THEN CASE c.type
                   WHEN 'timestamp with time zone' THEN format('alarm.iso_time(x.%I)', c.name)
                   WHEN 'interval' THEN format('extract(epoch FROM x.%I)::float8::text', c.name)
                   ELSE format('left(x.%I::text, %s)', c.name, c_longest) END
               ELSE CASE c.type
                   WHEN 'timestamp with time zone' THEN
                       format('to_char(x.%I AT TIME ZONE $4, ''YYYY-MM-DD HH24:MI'')', c.name)
                   WHEN 'interval' THEN format('report.duration(x.%I)', c.name)
                   WHEN 'report.share' THEN format('to_char(100 * x.%I, ''FM990.0'') || '' %%''', c.name)
                   WHEN 'double precision' THEN format('report.number(x.%I)', c.name)
                   WHEN 'text' THEN format('left(coalesce(relay.phrase(%L || x.%I, $5), x.%I), %s)',
                                           c.name || '.', c.name, c.name, c_longest)
                   WHEN 'boolean' THEN format('relay.phrase(''answer.'' || x.%I, $5)', c.name)
                   ELSE format('x.%I::text', c.name) END
               END, ', ' ORDER BY c.place)
    INTO v_cells
    FROM report.section_columns(section_cells.function) AS c;
    EXECUTE format('SELECT coalesce(jsonb_agg(jsonb_build_array(%s) ORDER BY x.ordinality) FILTER (WHERE x.ordinality <= $6), ''[]''), count(*)'
                   || ' FROM (SELECT * FROM %I.%I($1, $2, $3, $4) WITH ORDINALITY) AS x',
                   v_cells, split_part(section_cells.function, '.', 1), split_part(section_cells.function, '.', 2))
    INTO cells, total
    USING "from", "to", machine, zone, language, most;
END
$$;
COMMENT ON FUNCTION report.section_cells(text, timestamptz, timestamptz, text, text, text, boolean, integer) IS
    'What a section says as an array of rows, each an array of texts, at most most of them; total counts all. is_raw: for programs (times in UTC, spans in seconds, shares 0 to 1), else for people.';
REVOKE ALL ON FUNCTION report.section_cells(text, timestamptz, timestamptz, text, text, text, boolean, integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.section_cells(text, timestamptz, timestamptz, text, text, text, boolean, integer)
    TO viewer;
