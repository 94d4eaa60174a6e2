-- The demo's plant (scripts/demo): described, with a made-up week that came in as files do, so that reports have something true to say.
-- Its blocks commit, so this file does not run inside one transaction.
SET client_min_messages = warning;
SET search_path = public;
SELECT no_plan();
-- heard before anybody described it, and one that somebody did
SELECT plant.discover('{fan-04}', '{vibration}', '{vibration}', '{mm/s}');
INSERT INTO plant.equipment (id, name, location) VALUES ('mixer-06', 'my own words', 'here');
\set files `ls :'ROOT'/scripts/demo/*.sql | paste -sd ' '`
\o /dev/null
\ir ../../scripts/demo/10_plant.sql
\ir ../../scripts/demo/20_rules.sql
\ir ../../scripts/demo/30_history.sql
\o
SELECT ok(:'files' ~ '10_plant\.sql .*20_rules\.sql .*30_history\.sql$', 'these files, in this order');
CREATE TEMP TABLE before AS SELECT (SELECT md5(string_agg(x::text, ',' ORDER BY x.id)) FROM plant.equipment AS x) || (SELECT count(*) FROM telemetry.reading)
    || (SELECT string_agg(a.id::text, ',' ORDER BY a.id) FROM alarm.alarm AS a) || (SELECT count(*) FROM plant.maintenance) || (SELECT count(*) FROM alarm.known_fault) || (SELECT count(*) FROM alarm.rule) AS state;
\o /dev/null
DROP TABLE demo_fault;
\ir ../../scripts/demo/10_plant.sql
\ir ../../scripts/demo/20_rules.sql
\ir ../../scripts/demo/30_history.sql
\o
SELECT is((SELECT (SELECT md5(string_agg(x::text, ',' ORDER BY x.id)) FROM plant.equipment AS x) || (SELECT count(*) FROM telemetry.reading)
    || (SELECT string_agg(a.id::text, ',' ORDER BY a.id) FROM alarm.alarm AS a) || (SELECT count(*) FROM plant.maintenance) || (SELECT count(*) FROM alarm.known_fault) || (SELECT count(*) FROM alarm.rule)),
    (SELECT state FROM before), 'a second start changes nothing');
SELECT is((SELECT row(e.name, e.location)::text FROM plant.equipment AS e WHERE e.id = 'mixer-06'), '("my own words",here)', 'what somebody described stays as he did');
SELECT is((SELECT count(*) FROM plant.equipment AS e WHERE e.status = 'active' AND e.name ~ '[가-힣]' AND e.name ~ '[A-Za-z]' AND e.location <> '' AND e.type <> 'unknown' AND 'demo' = ANY (e.tags)), 7::bigint, 'the others have types, places and names in both languages');
SELECT is((SELECT row(count(*), sum(i.rejected), bool_and(i.finished_at IS NOT NULL))::text FROM ingest.import AS i), '(1,0,t)', 'the week came in as one import, nothing refused');
SELECT ok((SELECT count(*) > 200000 FROM telemetry.reading) AND NOT EXISTS (SELECT FROM telemetry.reading WHERE NOT is_historical), 'all of it history');
SELECT is((SELECT count(*) FROM telemetry.latest WHERE isfinite(time)) || ' ' || (SELECT count(*) FROM relay.notification) || ' ' || (SELECT count(*) FROM alarm.alarm WHERE active), '0 0 0', 'no latest value, nobody told, nothing standing');
SELECT ok((SELECT count(*) BETWEEN 6 AND 200 FROM alarm.alarm AS a) AND NOT EXISTS (SELECT FROM alarm.alarm WHERE data ->> 'demo' IS NULL OR acknowledged_at >= cleared_at), 'alarms, marked as made up');
SELECT is((SELECT count(*) FROM alarm.known_fault AS k WHERE k.source = 'demo: made-up history' AND EXISTS (
    SELECT FROM alarm.alarm AS a WHERE a.equipment_id = k.equipment_id AND a.raised_at >= k.starts_at AND a.raised_at < k.ends_at)), 5::bigint, 'each known fault had its alarm');
SELECT ok((SELECT count(*) > 7 * 7 * 96 * 0.95 FROM rollup.machine_15m), 'states of the week are there');
CREATE TEMP TABLE said AS
SELECT s.report, s.function, c.total
FROM report.section AS s, report.definition AS d, LATERAL report.period(d.name, now(), plant.time_zone()) AS p,
     LATERAL report.section_cells(s.function, p."from", p."to", NULL, plant.time_zone(), 'en', false, 10) AS c
WHERE d.name = s.report;
-- the last shift may have been quiet; bundles speak when thin runs; nothing goes wrong with messages and clocks
SELECT is((SELECT array_agg(function ORDER BY function) FROM said WHERE total = 0 AND function !~ '^report\.(shift_(handover|alarms|actions|maintenance)|quality_(quarantine|clocks|values)|model_scores|rul_due)$'), NULL,
    'every other section of every report has something to say');
SELECT * FROM finish();
