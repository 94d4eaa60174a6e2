-- How reports are printed: every one in every format and language, empty, with a plant, and with a plant whose names mean harm.
BEGIN;
SELECT no_plan();
SELECT set_config('search_path', 'public', true);
SET client_min_messages = warning;
CREATE TEMP TABLE printed (plant text, report text, format text, language text, body text);
CREATE TEMP VIEW asked AS
SELECT d.name AS report, f AS format, l.code AS language, d.span
FROM report.definition AS d, unnest('{text,csv,html}'::text[]) AS f, relay.language AS l;

-- A CSV reader that knows nothing of ours: rows of fields, letter by letter (RFC 4180).
CREATE FUNCTION pg_temp.read_csv(body text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_rows jsonb := '[]'; v_row jsonb := '[]'; v_field text := ''; v_quoted boolean := false; c text; n integer := 1;
BEGIN
    WHILE n <= length(body) LOOP
        c := substr(body, n, 1);
        IF v_quoted THEN
            IF c = '"' AND substr(body, n + 1, 1) = '"' THEN v_field := v_field || '"'; n := n + 1;
            ELSIF c = '"' THEN v_quoted := false;
            ELSE v_field := v_field || c; END IF;
        ELSIF c = '"' AND v_field = '' THEN v_quoted := true;
        ELSIF c = ',' THEN v_row := v_row || to_jsonb(v_field); v_field := '';
        ELSIF c = E'\n' THEN v_rows := v_rows || jsonb_build_array(v_row || to_jsonb(v_field)); v_row := '[]'; v_field := '';
        ELSE v_field := v_field || c; END IF;
        n := n + 1;
    END LOOP;
    RETURN v_rows;
END
$$;

INSERT INTO printed SELECT 'empty', a.report, a.format, a.language, report.print(a.report, a.format, language => a.language) FROM asked AS a;
SELECT is((SELECT count(*) FROM printed WHERE body <> ''), (SELECT count(*) FROM asked), 'an empty database: every report in every format and language');
SELECT ok(body LIKE '%Nothing has estimated a remaining life lately%', 'what there is not is said honestly')
FROM printed WHERE report = 'rul' AND format = 'text' AND language = 'en';

\ir report_plant
SET client_min_messages = warning;
INSERT INTO printed SELECT 'plant', a.report, a.format, a.language,
    report.print(a.report, a.format, "from" => CASE WHEN a.span = 'future' THEN '2026-03-09 06:00' ELSE '2026-03-02' END,
                 "to" => CASE WHEN a.span <> 'future' THEN '2026-03-09 06:00' END, language => a.language) FROM asked AS a;

-- Everything that people write.
CREATE TEMP TABLE harm AS
SELECT * FROM unnest(ARRAY['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '&amp;&lt;', '''; DROP TABLE x; --', '=1+1', '@SUM(A1)', '-2+3', '+1',
    'a,b"c', E'line\nbreak', E'\ttab', U&'right \202Eto left', '한국어 이름이 아주 길어서 열이 넘치는 장비의 이름', '🔥🔥🔥 emoji', repeat('W', 200), repeat('장', 190), ' ', '{x}', '%s %I', '\n',
    repeat(U&'e\0301', 90)]) WITH ORDINALITY AS h (text, n);
INSERT INTO plant.equipment (id, name, location, criticality, next_maintenance)
SELECT 'harm-' || n, text, text, 'critical', '2026-03-10 08:00' FROM harm;
INSERT INTO plant.sensor (equipment_id, name, unit, calibration_due) SELECT 'harm-' || n, left(text, 128), left(text, 32), '2026-03-10' FROM harm;
INSERT INTO alarm.alarm (id, code, equipment_id, sensor_id, condition, level, severity, worst_severity, peak_value, raised_at, cleared_at, active, announced_at, acknowledged, acknowledged_by, acknowledged_at)
SELECT 1000 + h.n, h.text, 'harm-' || h.n, s.id, 'above', 'high', left(h.text, 16), left(h.text, 16), CASE WHEN n % 3 = 0 THEN 1e300 ELSE -1e-300 END, '2026-03-09 01:00', '2026-03-09 07:00', false, '2026-03-09 01:00', true, h.text, '2026-03-09 02:00'
FROM harm AS h JOIN plant.sensor AS s ON s.equipment_id = 'harm-' || h.n;
INSERT INTO alarm.transition (alarm_id, kind, occurred_at, actor, comment, severity, level)
SELECT a.id, 'commented', '2026-03-09 03:00', a.acknowledged_by, a.code, 'low', 'high' FROM alarm.alarm AS a WHERE a.equipment_id LIKE 'harm-%';
INSERT INTO plant.maintenance (equipment_id, title, starts_at, assignee) SELECT 'harm-' || n, text, '2026-03-09 02:00', text FROM harm;
INSERT INTO ingest.quarantine (topic, reason, received_at) SELECT repeat(text, 50), left(text, 64), '2026-03-08 02:00' FROM harm;
INSERT INTO printed SELECT 'harm', a.report, a.format, a.language,
    report.print(a.report, a.format, "from" => CASE WHEN a.span = 'future' THEN '2026-03-09 06:00' ELSE '2026-03-02' END,
                 "to" => CASE WHEN a.span <> 'future' THEN '2026-03-09 06:00' END, language => a.language) FROM asked AS a;

SELECT is((SELECT max(report.width(l)) FROM printed AS p, regexp_split_to_table(p.body, '\n') AS l WHERE p.format = 'text' AND p.plant = x) <= 120, true,
    'the longest line of all reports has at most 120 columns: ' || x) FROM unnest('{empty,plant,harm}'::text[]) AS x;
SELECT is((SELECT count(*) FROM printed AS p WHERE p.format = 'text' AND p.body ~ U&'[\0001-\0009\000B-\001F\007F-\009F\202A-\202E]'), 0::bigint, 'no control characters in a text');
SELECT is((SELECT array_agg(DISTINCT p.plant || ' ' || p.report) FROM printed AS p WHERE p.format = 'html' AND NOT xml_is_well_formed_document(p.body)), NULL,
    'HTML is well-formed whatever people wrote') ;
SELECT is((SELECT array_agg(DISTINCT e) FROM printed AS p, regexp_matches(p.body, '<([a-z0-9]+)', 'g') AS m (e) WHERE p.format = 'html'
           AND e[1] NOT IN ('html', 'head', 'meta', 'title', 'style', 'body', 'h1', 'h2', 'p', 'table', 'thead', 'tbody', 'tr', 'th', 'td')), NULL, 'and has no element but ours');
SELECT ok((SELECT body LIKE '%&lt;script&gt;alert(1)&lt;/script&gt;%' FROM printed WHERE plant = 'harm' AND report = 'shift' AND format = 'html' AND language = 'en'), 'what they wrote is there, escaped');

CREATE TEMP TABLE csv AS
SELECT p.plant, p.report, b.n, pg_temp.read_csv(b.block || E'\n') AS rows
FROM printed AS p, regexp_split_to_table(rtrim(p.body, E'\n'), '\n\n') WITH ORDINALITY AS b (block, n) WHERE p.format = 'csv' AND p.language = 'en';
SELECT is((SELECT array_agg(DISTINCT c.plant || ' ' || c.report) FROM csv AS c, jsonb_array_elements(c.rows) WITH ORDINALITY AS r (row, n)
           WHERE r.n > 1 AND jsonb_array_length(r.row) <> jsonb_array_length(c.rows -> 1)), NULL, 'each row of CSV has as many fields as its head');
SELECT is((SELECT count(*) FROM csv WHERE plant = 'empty'), (SELECT count(*) FROM report.section), 'a block of CSV for each section');
SELECT is((SELECT array_agg(f) FROM csv AS c, jsonb_array_elements(c.rows) AS r (row), jsonb_array_elements_text(r.row) AS f
           WHERE c.plant = 'harm' AND f ~ '^\s*[=+@]' OR f ~ '^\s*-' AND f !~ '^-\d+(\.\d+)?(e[+-]\d+)?$'), NULL, 'no field begins as a formula does');
SELECT is((SELECT count(DISTINCT h.n) FROM harm AS h JOIN csv AS c ON c.plant = 'harm' AND c.report = 'maintenance', jsonb_array_elements(c.rows) AS r (row)
           WHERE r.row ->> 1 = CASE WHEN h.text ~ '^\s*[=+@|-]' THEN '''' ELSE '' END || h.text), (SELECT count(*) FROM harm), 'a CSV reader gets back what was written');
SELECT is(pg_temp.read_csv(report.print('bad_actors', 'csv', 'pump-02', '2026-03-02', '2026-03-09', section => 'bad_actors') || E'\n') -> 1,
    '["hot", "pump-02", "temperature", "3", "1", "1", "900", "1", "0"]', 'one section alone is plain CSV: shares 0 to 1, spans in seconds');

-- Widths.
SELECT is(report.width(t), w, 'columns of ' || t) FROM (VALUES ('', 0), ('abc', 3), ('장비', 4), ('a장', 3), (U&'e\0301', 1), ('🔥', 2), ('–·…', 3), ('ｆｕｌｌ', 8)) AS x (t, w);
SELECT is((SELECT count(*) FROM harm, generate_series(0, 130) AS c WHERE report.width(report.clip(text, c)) > c OR c > 0 AND report.width(report.pad(relay.one_line(text), c, n % 2 = 0)) <> c), 0::bigint, 'cut and filled up to any width');
SELECT is(report.wrap('one two three 장비', 9), E'one two\nthree\n장비', 'a paragraph');
SELECT is(report.text_table('{a,b,n}', '{f,f,t}', jsonb_build_array(jsonb_build_array(repeat('x', 300), repeat('y', 300), '123456789')), 40),
    E'a              b                      n\n-------------  -------------  ---------\nxxxxxxxxxxxx…  yyyyyyyyyyyy…  123456789', 'texts give way, numbers do not');
SELECT is(report.number(x), t, 'number ' || x) FROM (VALUES (0::float8, '0'), (1234.56, '1235'), (-12.345, '-12.35'), (0.12345, '0.1235'), ('NaN', '–'), ('Infinity', '–'), (1e300, '1.00e+300'), (123456789, '123456789')) AS n (x, t);
SELECT is(report.duration(x::interval), t, 'span ' || x) FROM (VALUES ('0', '0 s'), ('95 s', '95 s'), ('-95 s', '-95 s'), ('2 min', '0:02'), ('23:59:59', '23:59'), ('25 h', '1 d 1 h'), ('-4 days', '-4 d 0 h'), ('31 days', '31 d 0 h')) AS n (x, t);

-- What people ask for.
SELECT is(split_part(report.print('health', "from" => f, "to" => t, period => p, zone => z), E'\n', 2), x || ' · all machines', concat_ws(' ', f, t, p, z))
FROM (VALUES
    ('2026-03-02', '2026-03-04', NULL, NULL, '2026-03-02 00:00 – 2026-03-04 00:00 Asia/Seoul'),
    ('2026-03-02', NULL, '36 hours', '', '2026-03-02 00:00 – 2026-03-03 12:00 Asia/Seoul'),
    (NULL, '2026-03-29', '1 day', 'Europe/Berlin', '2026-03-28 00:00 – 2026-03-29 00:00 Europe/Berlin'),
    (NULL, '2026-03-30', '1 day', 'Europe/Berlin', '2026-03-29 00:00 – 2026-03-30 00:00 Europe/Berlin'),
    ('', '2026-03-30 12:00', '', 'Asia/Kolkata', '2026-03-23 12:00 – 2026-03-30 12:00 Asia/Kolkata'),
    ('2026-03-02T00:00Z', '2026-03-02 12:00:00+09:00', NULL, 'UTC', '2026-03-02 00:00 – 2026-03-02 03:00 UTC')
) AS x (f, t, p, z, x);
SELECT throws_ok(format('SELECT report.print(%L, %L, %L, %L, %L, %L, %L, %L, %L)', r, f, m, fr, t, p, z, l, s), e, NULL, 'refused: ' || concat_ws(' ', r, f, m, fr, t, p, z, l, s))
FROM (VALUES
    ('nothing', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'MW404'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'MW404'),
    ('shift', 'pdf', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'MW422'), ('shift', 'TEXT', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'MW422'),
    ('shift', NULL, 'nobody', NULL, NULL, NULL, NULL, NULL, NULL, 'MW404'), ('shift', NULL, '%', NULL, NULL, NULL, NULL, NULL, NULL, 'MW404'),
    ('shift', NULL, NULL, 'yesterday', NULL, NULL, NULL, NULL, NULL, 'MW422'), ('shift', NULL, NULL, 'infinity', NULL, NULL, NULL, NULL, NULL, 'MW422'),
    ('shift', NULL, NULL, '2026-02-30', NULL, NULL, NULL, NULL, NULL, 'MW422'), ('shift', NULL, NULL, '2026-03-09', '2026-03-09', NULL, NULL, NULL, NULL, 'MW422'),
    ('shift', NULL, NULL, '2026-03-09', '2026-03-08', NULL, NULL, NULL, NULL, 'MW422'), ('shift', NULL, NULL, '1900-01-01', '2026-03-08', NULL, NULL, NULL, NULL, 'MW422'),
    ('shift', NULL, NULL, '2026-03-09 10:00 A-1', NULL, NULL, NULL, NULL, NULL, 'MW422'), ('shift', NULL, NULL, NULL, NULL, 'often', NULL, NULL, NULL, 'MW422'),
    ('shift', NULL, NULL, NULL, NULL, '0', NULL, NULL, NULL, 'MW422'), ('shift', NULL, NULL, NULL, NULL, '-1 day', NULL, NULL, NULL, 'MW422'),
    ('shift', NULL, NULL, NULL, NULL, '100000 years', NULL, NULL, NULL, 'MW422'), ('shift', NULL, NULL, NULL, NULL, 'infinity', NULL, NULL, NULL, 'MW422'),
    ('rul', NULL, NULL, NULL, NULL, '99999999 days', NULL, NULL, NULL, 'MW422'), ('shift', NULL, NULL, '9999-12-31', NULL, NULL, NULL, NULL, NULL, 'MW422'),
    ('shift', NULL, NULL, '0001-01-01', NULL, NULL, NULL, NULL, NULL, 'MW422'), ('shift', NULL, NULL, NULL, NULL, NULL, 'Mars/Phobos', NULL, NULL, 'MW422'),
    ('shift', NULL, NULL, NULL, NULL, NULL, 'UTC; SELECT 1', NULL, NULL, 'MW422'), ('shift', NULL, NULL, NULL, NULL, NULL, NULL, 'xx', NULL, 'MW422'),
    ('shift', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'bad_actors', 'MW404')
) AS x (r, f, m, fr, t, p, z, l, s, e);

-- A language that has no words yet borrows them.
INSERT INTO relay.language (code, name) VALUES ('de', 'Deutsch');
SELECT ok(report.print('shift', language => 'de') LIKE E'Shift report\n%', 'a language without words borrows them');
-- A file for each report, and each report has its words.
\set files `ls :ROOT/reports | grep '\.sql$' | grep -v '^print' | sed 's/\.sql$//' | sort | paste -sd ' '`
SELECT is(:'files', (SELECT string_agg(d.name, ' ' ORDER BY d.name COLLATE "C") FROM report.definition AS d), 'a file for each report, and a report for each file');
\set rc `cat :ROOT/reports/psqlrc`
SELECT is((SELECT array_agg(d.name) FROM report.definition AS d WHERE position(E'\n\\set ' || d.name || ' ''\\i '' :reports_folder ''/' || d.name || '.sql''' IN :'rc') = 0), NULL, 'a word for each in .psqlrc');
SELECT is((SELECT array_agg(DISTINCT k.key || ' ' || l.code) FROM relay.language AS l, (
        SELECT 'report.' || d.name FROM report.definition AS d
        UNION SELECT 'section.' || split_part(s.function, '.', 2) FROM report.section AS s
        UNION SELECT 'column.' || c.name FROM report.section AS s, report.section_columns(s.function) AS c) AS k (key)
    WHERE l.code IN ('en', 'ko') AND NOT EXISTS (SELECT FROM relay.phrase AS p WHERE p.key = k.key AND p.language = l.code)), NULL, 'titles, headings and columns have names in both languages');
SELECT is((SELECT array_agg(p.key) FROM relay.phrase AS p WHERE p.key ~ '^(section|note|empty)\.' AND NOT EXISTS (
    SELECT FROM report.section AS s WHERE split_part(s.function, '.', 2) = split_part(p.key, '.', 2))), NULL, 'and no words are left over');
SELECT * FROM finish();
ROLLBACK;
