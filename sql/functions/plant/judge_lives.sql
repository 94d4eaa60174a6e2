CREATE OR REPLACE FUNCTION plant.judge_lives(p_csv text) RETURNS SETOF plant.life_row
    LANGUAGE plpgsql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_longest CONSTANT integer := 8000000; -- characters
    c_cells CONSTANT integer := 1000000; -- separators and line ends: nothing else takes a minute
    c_known CONSTANT text[] := '{equipment_id,component,component_type,installed_at,removed_at,end_reason,age_hours,
        part,serial_number,note,cause,down_from,down_to}';
    c_required CONSTANT text[] := '{equipment_id,component,installed_at}';
    v_csv text := ltrim(p_csv, U&'\FEFF');
    v_rows integer := ops.setting_int('plant.import_rows');
    v_zone text := plant.time_zone();
    v_header text[];
    v_wrong text;
    v_records bigint;
    v_read bigint;
BEGIN
    IF length(v_csv) > c_longest THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'csv', MESSAGE = format('csv must have at most %s characters', c_longest);
    END IF;
    IF length(v_csv) - length(translate(v_csv, E',;\t\r\n', '')) > c_cells THEN
        RAISE EXCEPTION
            USING ERRCODE = 'MW422', COLUMN = 'csv', MESSAGE = format('csv must have at most %s cells', c_cells);
    END IF;
    SELECT array_agg(lower(btrim(c.cell)) ORDER BY c.place) FILTER (WHERE c.record = 1),
           count(DISTINCT c.record) FILTER (WHERE c.cell IS NOT NULL) - 1, sum(c.length)
    INTO v_header, v_records, v_read FROM plant.csv_cells(v_csv) AS c;
    v_wrong := CASE
        WHEN (cardinality(array_remove(v_header, NULL)) > 0) IS NOT TRUE THEN 'has no header'
        WHEN v_read IS DISTINCT FROM length(v_csv) THEN 'a quote is never closed'
        WHEN array_position(v_header, NULL) IS NOT NULL THEN format('column %s of the header has no name',
                                                                    array_position(v_header, NULL))
        WHEN NOT v_header <@ c_known THEN format('the header has a column %s, which is none of %s',
            (SELECT left(h, 64) FROM unnest(v_header) AS h WHERE h <> ALL (c_known) LIMIT 1),
            array_to_string(c_known, ', '))
        WHEN NOT v_header @> c_required THEN format('the header has no column %s',
            (SELECT r FROM unnest(c_required) AS r WHERE r <> ALL (v_header) LIMIT 1))
        WHEN cardinality(v_header) > (SELECT count(DISTINCT h)
                                      FROM unnest(v_header) AS h) THEN 'the header has a column twice'
        WHEN v_records > v_rows THEN format('has %s rows, at most %s are taken at once (setting plant.import_rows)',
                                            v_records, v_rows)
        END;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'MW422', COLUMN = 'csv', MESSAGE = 'csv: ' || v_wrong;
    END IF;

    RETURN QUERY
    WITH wide AS MATERIALIZED (
        SELECT min(c.line)::integer AS line, count(*) AS cells, bool_or(c.is_malformed) AS is_malformed,
               coalesce(jsonb_object_agg(v_header[c.place], c.cell) FILTER (WHERE c.place <= cardinality(v_header)),
                        '{}') AS x
        FROM plant.csv_cells(v_csv) AS c
        WHERE c.record > 1
        GROUP BY c.record
        -- an empty line is none
        HAVING count(c.cell) > 0
    ), typed AS MATERIALIZED (
        SELECT w.*, e.id AS machine, c.id AS component_id,
               plant.read_time(x ->> 'installed_at', v_zone) AS installed_at,
               plant.read_time(x ->> 'removed_at', v_zone) AS removed_at,
               lower(x ->> 'end_reason') AS end_reason,
               coalesce(plant.read_time(x ->> 'down_from', v_zone),
                   CASE WHEN x ->> 'down_from' IS NULL AND x ->> 'down_to' IS NOT NULL
                        THEN plant.read_time(x ->> 'removed_at', v_zone) END) AS down_from,
               plant.read_time(x ->> 'down_to', v_zone) AS down_to,
               CASE WHEN x ->> 'age_hours' IS NULL THEN 0
                    WHEN pg_input_is_valid(x ->> 'age_hours',
                                           'float8') THEN (x ->> 'age_hours')::float8 END AS age_hours
        FROM wide AS w
        LEFT JOIN plant.equipment AS e ON e.id = w.x ->> 'equipment_id'
        LEFT JOIN plant.component AS c ON c.equipment_id = e.id AND c.name = w.x ->> 'component'
    ), checked AS MATERIALIZED (
        SELECT t.*, CASE
            WHEN t.cells > cardinality(v_header) THEN format('has %s cells, the header has %s', t.cells,
                                                             cardinality(v_header))
            WHEN t.is_malformed THEN 'a quote stands in the middle of a cell'
            WHEN x ->> 'equipment_id' IS NULL THEN 'equipment_id: is missing'
            WHEN machine IS NULL THEN plant.constraint_text('component', 'component_equipment_id_fkey')
            WHEN x ->> 'component' IS NULL
                 OR length(x ->> 'component') NOT BETWEEN 1 AND 128 THEN 'component: must have 1 to 128 characters'
            WHEN length(x ->> 'component_type') NOT BETWEEN 1 AND 64 THEN 'component_type: must have 1 to 64 characters'
            WHEN length(x ->> 'part') > 200 THEN 'part: must have at most 200 characters'
            WHEN length(x ->> 'serial_number') > 200 THEN 'serial_number: must have at most 200 characters'
            WHEN length(x ->> 'note') > 4000 THEN 'note: must have at most 4000 characters'
            WHEN length(x ->> 'cause') > 200 THEN 'cause: must have at most 200 characters'
            WHEN installed_at IS NULL THEN 'installed_at: must be a time in ISO 8601'
            WHEN removed_at IS NULL AND x ->> 'removed_at' IS NOT NULL THEN 'removed_at: must be a time in ISO 8601'
            WHEN down_from IS NULL AND x ->> 'down_from' IS NOT NULL THEN 'down_from: must be a time in ISO 8601'
            WHEN down_to IS NULL AND x ->> 'down_to' IS NOT NULL THEN 'down_to: must be a time in ISO 8601'
            WHEN installed_at > plant.happened_limit() THEN 'installed_at: must not be in the future'
            WHEN removed_at > plant.happened_limit() THEN 'removed_at: must not be in the future'
            WHEN down_from > plant.happened_limit() THEN 'down_from: must not be in the future'
            WHEN down_to > plant.happened_limit() THEN 'down_to: must not be in the future'
            WHEN removed_at <= installed_at THEN plant.constraint_text('component_life', 'component_life_time_check')
            WHEN end_reason NOT IN ('failed', 'preventive', 'other')
                THEN plant.constraint_text('component_life', 'component_life_end_reason_check')
            WHEN (removed_at IS NULL) <> (end_reason IS NULL) THEN plant.constraint_text('component_life',
                'component_life_end_check')
            WHEN (age_hours BETWEEN 0 AND 1e9) IS NOT TRUE
                THEN plant.constraint_text('component_life', 'component_life_age_hours_check')
            WHEN end_reason IS DISTINCT FROM 'failed'
                 AND (x ->> 'cause' IS NOT NULL OR down_from IS NOT NULL OR down_to IS NOT NULL)
                THEN 'cause: it and a downtime can only be given of a life that ended by failure'
            WHEN down_to <= down_from THEN plant.constraint_text('failure', 'failure_time_check')
            WHEN down_to < removed_at THEN plant.constraint_text('failure', 'failure_order_check')
            END AS wrong
        FROM typed AS t
    ), known AS MATERIALIZED (
        SELECT k.*, l.id AS life_id,
               l.removed_at IS NOT DISTINCT FROM k.removed_at AND l.end_reason IS NOT DISTINCT
                   FROM k.end_reason AS is_same,
               l.removed_at IS NULL AND k.removed_at IS NOT NULL AS is_end
        FROM checked AS k
        LEFT JOIN plant.component_life AS l
            ON k.wrong IS NULL AND l.component_id = k.component_id AND l.installed_at = k.installed_at
    ), placed AS MATERIALIZED (
        -- the latest end of what began before it in the file: no row is held against each other one
        SELECT k.*,
               max(coalesce(k.removed_at, 'infinity')) FILTER (WHERE k.wrong IS NULL
                                                               AND (k.life_id IS NULL OR NOT k.is_same)) OVER (
                   PARTITION BY k.machine, k.x ->> 'component' ORDER BY k.installed_at, k.line
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_to
        FROM known AS k
    ), ended AS (
        SELECT p.life_id FROM placed AS p WHERE p.wrong IS NULL AND p.is_end
            AND (p.taken_to > p.installed_at) IS NOT TRUE
    ), judged AS (
        SELECT p.*, CASE
            WHEN p.wrong IS NOT NULL THEN p.wrong
            WHEN p.life_id IS NOT NULL AND p.is_same THEN NULL
            WHEN p.taken_to > p.installed_at THEN 'installed_at: overlaps with another life of the same component in '
                                                  'this file'
            WHEN p.life_id IS NOT NULL AND p.is_end THEN NULL
            -- as the constraint does it, so that its index serves
            WHEN EXISTS (SELECT FROM plant.component_life AS l
                         WHERE int8range(l.component_id, l.component_id, '[]') && int8range(p.component_id,
                             p.component_id, '[]')
                           AND tstzrange(l.installed_at, l.removed_at) && tstzrange(p.installed_at, p.removed_at)
                           AND p.component_id IS NOT NULL
                           -- what the file ends was held against its rows above
                           AND l.id NOT IN (SELECT e.life_id FROM ended AS e))
                THEN plant.constraint_text('component_life', 'component_life_overlap_excl')
            END AS why
        FROM placed AS p
    )
    SELECT j.line,
           CASE WHEN j.why IS NOT NULL THEN 'refused' WHEN j.life_id IS NULL THEN 'stored'
                WHEN j.is_same THEN 'unchanged'
               ELSE 'ended' END,
           j.why, j.machine, j.x ->> 'component', j.x ->> 'component_type', j.component_id, j.installed_at,
           j.removed_at, j.end_reason,
           j.age_hours, j.x ->> 'part', j.x ->> 'serial_number', j.x ->> 'note', j.x ->> 'cause', j.down_from, j.down_to
    FROM judged AS j
    ORDER BY j.line;
END
$$;
COMMENT ON FUNCTION plant.judge_lives(text) IS
    'Reads a CSV text of lives and says what becomes of each row (plant.import_lives), in the words of the '
    'constraints. MW422 where nothing of it can be read: a wrong header, a quote that is never closed, too many rows.';
REVOKE ALL ON FUNCTION plant.judge_lives(text) FROM PUBLIC;
