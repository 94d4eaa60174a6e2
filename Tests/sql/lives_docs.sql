-- The commands of docs/operations.md that take in histories, as they stand there, run by an engineer.
BEGIN;
SELECT plan(3);
INSERT INTO plant.equipment (id, name) VALUES ('press-9', 'press');
\set folder `mktemp -d`
\setenv FOLDER :folder
\setenv MANUAL :ROOT/docs/operations.md
\set lines `awk '/^## /{here = /known of machines/} index($0, sprintf("%c%c%c", 96, 96, 96)) == 1 {block = here && /sql/; next} block' "$MANUAL" | tee "$FOLDER/manual.sql" | wc -l`
\set file `(echo equipment_id,component,installed_at,removed_at,end_reason; echo press-9,belt,2025-01-01,2025-06-01,failed; echo nope,belt,2025-01-01,,) > "$FOLDER/lives.csv"`
\cd :folder
SET ROLE engineer;
\pset format csv
\o printed
\i manual.sql
\o
\pset format unaligned
RESET ROLE;
\set printed `cat printed; rm -r "$FOLDER"`
SELECT cmp_ok(:'lines'::integer, '>=', 3, 'the manual has commands');
SELECT is(:'printed'::text, E'3,refused,equipment_id: there is no such equipment\nrefused,1\nstored,1', 'they say what was refused, and store the rest');
SELECT is((SELECT count(*) FROM plant.life WHERE equipment_id = 'press-9' AND source = 'SAP export' AND NOT is_censored), 1::bigint, 'it is there');
SELECT * FROM finish();
ROLLBACK;
