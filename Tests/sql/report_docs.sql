-- docs/reports.md shows what the scripts in reports/ print. Mend it with tools/reports_doc.
BEGIN;
SET client_min_messages = warning;
SELECT no_plan();
\set folder `mktemp -d`
\set names `ls :'ROOT'/reports | grep '\.sql$' | grep -v '^print' | sed 's/\.sql$//' | paste -sd ' '`
\set written `cat :'ROOT'/docs/reports.md`
CREATE TEMP TABLE printed (plant text, format text, name text, body text);

-- nothing at all
\set plant empty
\set format text
\ir report_all
\set bodies `cd :'folder' && for f in *; do echo "@@@$f"; cat "$f"; done`
INSERT INTO printed SELECT :'plant', :'format', split_part(b, E'\n', 1), substr(b, strpos(b, E'\n') + 1) FROM regexp_split_to_table(:'bodies', '@@@') AS b WHERE b <> '';
\ir report_plant
\set plant plant
\ir report_all
\set bodies `cd :'folder' && for f in *; do echo "@@@$f"; cat "$f"; done`
INSERT INTO printed SELECT :'plant', :'format', split_part(b, E'\n', 1), substr(b, strpos(b, E'\n') + 1) FROM regexp_split_to_table(:'bodies', '@@@') AS b WHERE b <> '';
\set format csv
\ir report_all
\set bodies `cd :'folder' && for f in *; do echo "@@@$f"; cat "$f"; done`
INSERT INTO printed SELECT :'plant', :'format', split_part(b, E'\n', 1), substr(b, strpos(b, E'\n') + 1) FROM regexp_split_to_table(:'bodies', '@@@') AS b WHERE b <> '';
\set format html
\ir report_all
\set bodies `cd :'folder' && for f in *; do echo "@@@$f"; cat "$f"; done; rm -r :'folder'`
INSERT INTO printed SELECT :'plant', :'format', split_part(b, E'\n', 1), substr(b, strpos(b, E'\n') + 1) FROM regexp_split_to_table(:'bodies', '@@@') AS b WHERE b <> '';

SELECT is(string_agg(p.name, ' ' ORDER BY p.name COLLATE "C"), :'names', format('every script prints: %s, %s', p.plant, p.format)) FROM printed AS p WHERE p.body <> '' GROUP BY p.plant, p.format;
SELECT ok(position(E'\n```text\n' || rtrim(p.body, E'\n') || E'\n```\n' IN :'written' || E'\n') > 0, 'docs/reports.md shows ' || p.name) FROM printed AS p WHERE p.plant = 'plant' AND p.format = 'text';
SELECT is((SELECT max(report.width(l)) FROM regexp_split_to_table(p.body, '\n') AS l) <= 120, true, 'no line of more than 120 columns: ' || p.name) FROM printed AS p WHERE p.format = 'text';
SELECT ok(p.body LIKE E'<!DOCTYPE html>\n%</html>%' AND xml_is_well_formed_document(p.body), 'a page: ' || p.name) FROM printed AS p WHERE p.format = 'html';
-- what docs/reports.md lists is what there is
SELECT ok(position('`' || s.name || '`' IN :'written') > 0, 'it names the setting ' || s.name) FROM ops.setting AS s WHERE s.name LIKE 'report.%';
SELECT ok(position('`' || split_part(s.function, '.', 2) || '`' IN :'written') > 0, 'it names the section ' || s.function) FROM report.section AS s;
SELECT * FROM finish();
ROLLBACK;
