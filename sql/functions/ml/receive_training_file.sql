CREATE OR REPLACE FUNCTION ml.receive_training_file(
    job_id bigint, file integer, role text, name text, lines text, is_last boolean DEFAULT true
) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
#variable_conflict use_column
DECLARE
    c_described CONSTANT integer := 9; -- lines of description before the rows, in files without names of columns
    c_longest CONSTANT integer := 1000; -- characters of a line of description
    c_largest CONSTANT integer := 8000000; -- characters at once
    v_member text := receive_training_file.role || '_files';
    v_upload ml.training_upload;
    v_names text[];
    v_cells text[];
    v_head text[];
    v_columns integer;
    v_before bigint;
    v_rows bigint;
    v_bad bigint;
    v_line text;
BEGIN
    PERFORM ml.receiving_training(receive_training_file.job_id);
    IF length(receive_training_file.lines) > c_largest THEN
        PERFORM alarm.refuse('MW413', 'lines', format('at most %s characters at once', c_largest));
    END IF;
    SELECT u.* INTO v_upload FROM ml.training_upload AS u
    WHERE u.job_id = receive_training_file.job_id AND u.file = receive_training_file.file;
    IF NOT FOUND THEN
        IF (SELECT count(*) FROM ml.training_upload AS u WHERE u.job_id = receive_training_file.job_id)
            >= ops.setting_int('ml.training_upload_files') THEN
            PERFORM alarm.refuse('MW422', v_member, format('a training may bring at most %s files',
                ops.setting_int('ml.training_upload_files')), 'Setting ml.training_upload_files.');
        ELSIF (receive_training_file.role IN ('normal_current', 'normal_vibration', 'abnormal_current',
                                              'abnormal_vibration', 'data')) IS NOT TRUE THEN
            PERFORM alarm.refuse('MW422', coalesce(v_member, 'role'), coalesce(v_member, 'role')
                || ' is no list of files that a training has');
        ELSIF (length(receive_training_file.name) BETWEEN 1 AND 255) IS NOT TRUE THEN
            PERFORM alarm.refuse('MW422', v_member, v_member || ': the name of a file must have 1 to 255 characters');
        END IF;
        INSERT INTO ml.training_upload (job_id, file, role, name)
        VALUES (receive_training_file.job_id, receive_training_file.file, receive_training_file.role,
                receive_training_file.name)
        RETURNING * INTO v_upload;
    ELSIF v_upload.is_complete OR v_upload.role <> receive_training_file.role THEN
        PERFORM alarm.refuse('MW409', v_member, format('file %s is complete already', v_upload.file));
    END IF;

    IF v_upload.form IS NULL THEN
        v_head := ARRAY(SELECT l.line
                        FROM string_to_table(receive_training_file.lines, E'\n') WITH ORDINALITY AS l (line, n)
                        WHERE l.n <= c_described + 1 ORDER BY l.n);
        v_cells := string_to_array(v_head[1], ',');
        v_upload.form := CASE WHEN lower(ml.training_cell(v_cells[1])) IN ('time', 'timestamp', 't') THEN 'header'
                              ELSE 'description' END;
        IF v_upload.form = 'description' THEN
            v_upload.description := ARRAY(SELECT rtrim(d, E'\r') FROM unnest(v_head[1:c_described]) AS d);
            IF EXISTS (SELECT FROM unnest(v_upload.description) AS d WHERE length(d) > c_longest) THEN
                PERFORM alarm.refuse('MW422', v_member, format('%s: a line of description has more than %s characters',
                    v_upload.name, c_longest));
            END IF;
            v_cells := string_to_array(v_head[c_described + 1], ',');
        END IF;
        -- a comma at the end of each line is no further column
        v_names := v_cells[2:cardinality(v_cells) - (ml.training_cell(v_cells[cardinality(v_cells)]) = '')::integer];
        v_names := CASE WHEN v_upload.form = 'header' THEN
                ARRAY(SELECT ml.training_cell(c.name) FROM unnest(v_names) WITH ORDINALITY AS c (name, place)
                      ORDER BY c.place)
            WHEN v_upload.role LIKE '%vibration' AND cardinality(v_names) = 1 THEN ARRAY['vibration']
            WHEN v_upload.role LIKE '%current' AND cardinality(v_names) = 3 THEN ARRAY['x', 'y', 'z']
            ELSE ARRAY(SELECT 'column_' || c FROM generate_subscripts(v_names, 1) AS c) END;
        IF v_names = '{}' OR cardinality(v_names) > ops.setting_int('ml.training_upload_columns')
            OR v_upload.role LIKE '%current' AND cardinality(v_names) <> 3
            OR v_upload.role LIKE '%vibration' AND cardinality(v_names) <> 1 THEN
            PERFORM alarm.refuse('MW422', v_member,
                                 format('%s has %s columns beside the time in line %s; %s', v_upload.name,
                cardinality(v_names), CASE v_upload.form WHEN 'header' THEN 1 ELSE c_described + 1 END,
                CASE WHEN v_upload.role LIKE '%current' THEN 'current needs x, y, z'
                     WHEN v_upload.role LIKE '%vibration' THEN 'vibration needs one'
                     ELSE format('1 to %s are possible', ops.setting_int('ml.training_upload_columns')) END),
                'A file has a header line (time,x,y,z; time,vibe), or nine lines of description and then rows.');
        ELSIF EXISTS (SELECT FROM unnest(v_names) AS n WHERE length(n) NOT BETWEEN 1 AND 64)
            OR cardinality(v_names) <> (SELECT count(DISTINCT n) FROM unnest(v_names) AS n) THEN
            PERFORM alarm.refuse('MW422', v_member,
                                 format('%s: names of columns must have 1 to 64 characters and differ',
                v_upload.name));
        END IF;
        v_upload.columns := (SELECT jsonb_agg(jsonb_build_object('name', n.name, 'rows', 0, 'missing', 0)
                                              ORDER BY n.place)
                             FROM unnest(v_names) WITH ORDINALITY AS n (name, place));
    END IF;

    SELECT coalesce(sum(u.rows), 0) INTO v_before FROM ml.training_upload AS u
    WHERE u.job_id = receive_training_file.job_id;
    v_columns := jsonb_array_length(v_upload.columns);
    WITH line AS (
        SELECT v_upload.lines + l.n AS n, l.line
        FROM string_to_table(receive_training_file.lines, E'\n') WITH ORDINALITY AS l (line, n)
        WHERE v_upload.lines + l.n > CASE v_upload.form WHEN 'header' THEN 1 ELSE c_described END
          AND btrim(l.line, E' \t\r,"') <> ''
    ), whole AS (
        -- nearly all rows are numbers and nothing else: read at once, in an eighth of the time
        SELECT l.n, l.line, CASE WHEN pg_input_is_valid(l.literal, 'float8[]') THEN l.literal::float8[] END AS numbers
        FROM (SELECT x.n, x.line, '{' || CASE WHEN right(x.trimmed, 1) = ',' THEN left(x.trimmed, -1) ELSE x.trimmed END
                     || '}' AS literal
              FROM (SELECT y.n, y.line, rtrim(y.line, E' \t\r') AS trimmed FROM line AS y) AS x) AS l
        OFFSET 0
    ), judged AS MATERIALIZED (
        SELECT w.*, coalesce(array_ndims(w.numbers) = 1 AND cardinality(w.numbers) = v_columns + 1
            AND abs(w.numbers[1]) < 1e11
            AND (SELECT bool_and(coalesce(ops.is_carried(x), false)) FROM unnest(w.numbers) AS x), false) AS is_plain
        FROM whole AS w
    ), read AS MATERIALIZED (
        SELECT j.n, j.line, j.numbers[1] AS t, j.numbers[2:] AS values, false AS wrong FROM judged AS j WHERE j.is_plain
        UNION ALL
        SELECT l.n, l.line, ml.training_time(l.cells[1]), c.values,
               cardinality(l.cells) - v_columns NOT IN (1, 2)
               OR cardinality(l.cells) - v_columns = 2 AND ml.training_cell(l.cells[cardinality(l.cells)]) <> ''
               OR c.wrong
        FROM (SELECT j.n, j.line, string_to_array(j.line, ',') AS cells FROM judged AS j WHERE NOT j.is_plain) AS l
        CROSS JOIN LATERAL (
            SELECT array_agg(v.value ORDER BY v.place) AS values, bool_or(v.value IS NULL AND v.cell <> '') AS wrong
            FROM (
                SELECT u.place, x.cell,
                       CASE WHEN pg_input_is_valid(x.cell, 'float8') THEN
                           CASE WHEN ops.is_carried(x.cell::float8) THEN x.cell::float8 END END AS value
                FROM unnest(l.cells[2:1 + v_columns]) WITH ORDINALITY AS u (cell, place)
                CROSS JOIN LATERAL (
                    -- what senders write for a value that they do not have
                    SELECT CASE WHEN lower(c.cell) IN ('null', 'nan', 'none') THEN '' ELSE c.cell END AS cell
                    FROM (SELECT ml.training_cell(u.cell) AS cell) AS c) AS x
            ) AS v
        ) AS c
    ), bad AS (
        SELECT r.n, left(rtrim(r.line, E'\r'), 100) AS line FROM read AS r
        WHERE r.wrong IS NOT FALSE OR r.t IS NULL ORDER BY r.n LIMIT 1
    ), stored AS (
        INSERT INTO ml.training_sample (upload_id, row, t, values)
        SELECT v_upload.id, v_upload.rows + row_number() OVER (ORDER BY r.n), r.t, r.values FROM read AS r
        WHERE NOT EXISTS (SELECT FROM bad)
    )
    SELECT (SELECT count(*) FROM read), (SELECT b.n FROM bad AS b), (SELECT b.line FROM bad AS b), (
        SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', o.value -> 'name',
            'rows', (o.value ->> 'rows')::bigint + s.n, 'missing', (o.value ->> 'missing')::bigint + s.missing,
            'minimum', least((o.value ->> 'minimum')::float8, s.minimum),
            'maximum', greatest((o.value ->> 'maximum')::float8, s.maximum),
            'mean', (coalesce((o.value ->> 'mean')::float8 * (o.value ->> 'rows')::bigint, 0) + coalesce(s.sum, 0))
                    / nullif((o.value ->> 'rows')::bigint + s.n, 0))) ORDER BY o.ordinality)
        FROM jsonb_array_elements(v_upload.columns) WITH ORDINALITY AS o
        CROSS JOIN LATERAL (
            SELECT count(r.values[o.ordinality]) AS n, count(*) - count(r.values[o.ordinality]) AS missing,
                   min(r.values[o.ordinality]) AS minimum, max(r.values[o.ordinality]) AS maximum,
                   sum(r.values[o.ordinality]) AS sum
            FROM read AS r) AS s)
    INTO v_rows, v_bad, v_line, v_upload.columns;
    IF v_bad IS NOT NULL THEN
        PERFORM alarm.refuse('MW422', v_member, format('%s, line %s: "%s" is not a time and %s numbers', v_upload.name,
            v_bad, v_line, v_columns));
    ELSIF v_before + v_rows > ops.setting_int('ml.training_upload_rows') THEN
        PERFORM alarm.refuse('MW422', v_member, format('the files of a training may have at most %s rows together',
            ops.setting_int('ml.training_upload_rows')), 'Setting ml.training_upload_rows.');
    END IF;

    UPDATE ml.training_upload AS u
    SET form = v_upload.form, description = v_upload.description, rows = v_upload.rows + v_rows,
        lines = v_upload.lines + length(receive_training_file.lines)
            - length(replace(receive_training_file.lines, E'\n', '')),
        is_complete = receive_training_file.is_last, columns = v_upload.columns
    WHERE u.id = v_upload.id;
    IF receive_training_file.is_last AND v_upload.rows + v_rows = 0 THEN
        PERFORM alarm.refuse('MW422', v_member, v_upload.name || ' has no rows');
    END IF;
    UPDATE ml.training_job AS j SET touched_at = clock_timestamp() WHERE j.id = receive_training_file.job_id;
    RETURN v_upload.rows + v_rows;
END
$$;
COMMENT ON FUNCTION ml.receive_training_file(bigint, integer, text, text, text, boolean) IS
    'Takes whole lines of a training''s file number file (from 0), in order; is_last: no more follow. A file has a '
    'header line (time, then names), or nine lines of description and then rows; a comma at the end of a line is '
    'nothing, an empty cell a missing value. Times as seconds, or as messages have them (ISO 8601, epoch in s or ms). '
    'role: normal_current, normal_vibration, abnormal_current, abnormal_vibration, data. Returns its rows so far. '
    'MW422: '
    'the list that the file is from; its message names file and line.';
REVOKE ALL ON FUNCTION ml.receive_training_file(bigint, integer, text, text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.receive_training_file(bigint, integer, text, text, text, boolean) TO engineer, thin;
