-- Files as history, the database's half: what ingest.import_block takes, gives back and leaves alone.
BEGIN;
SELECT plan(18);
CREATE FUNCTION pg_temp.stage(rows text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'TRUNCATE pg_temp.import_staging; INSERT INTO pg_temp.import_staging SELECT row_number() OVER (), * FROM (VALUES '
        || rows || ') AS v (line, sensor_id, "time", value, quality)';
END
$$;
SELECT is((ingest.begin_import(repeat('a', 64), '{}', 'x.csv', 10, 100)).records_done, 0::bigint, 'a file begins at 0');
SELECT is(cardinality(ingest.import_sensors('{m,m,M 1}', '{a,b,c}', '{mm,NULL,NULL}')), 3, 'an answer for each sensor');
SELECT is((ingest.import_sensors('{M 1}', '{c}', NULL))[1], NULL, 'a machine that could not have this name');
SELECT s.id AS a FROM plant.sensor AS s WHERE s.name = 'a' \gset
SELECT pg_temp.stage(format('(2::bigint, %1$s, ''2026-01-01Z''::timestamptz, 1::float8, 0), (3, %1$s, ''2026-01-02Z'', -2, 1)', :a));
SELECT is_empty('SELECT * FROM ingest.import_block(1, 0, 2, 2)', 'nothing to refuse');
SELECT results_eq('SELECT value, quality, is_historical FROM telemetry.reading ORDER BY time',
    'VALUES (1::float8, 0::smallint, true), (-2, 1::smallint, true)', 'stored as history');
SELECT is((SELECT count(*) FROM telemetry.latest WHERE time > '-infinity'), 0::bigint, 'no latest value');
SELECT throws_ok('SELECT * FROM ingest.import_block(1, 0, 2, 2)', 'MW409', NULL, 'a block is taken once');
SELECT pg_temp.stage(format($$(4::bigint, %1$s, '2026-01-01Z'::timestamptz, 1::float8, 0), (5, %1$s, '2026-01-02Z', 7, 0),
    (6, %1$s, '2026-01-03Z', 3, 0), (7, %1$s, '2026-01-03Z', 3, 0), (8, %1$s, '2026-01-03Z', 4, 0), (9, %1$s, 'infinity', 1, 0),
    (10, %1$s, '-infinity', 1, 0), (11, %1$s, '2026-01-04Z', 'NaN', 0)$$, :a));
SELECT results_eq('SELECT line, reason FROM ingest.import_block(1, 2, 100, 8)',
    $$VALUES (9::bigint, 'future_timestamp'), (10, 'ancient_timestamp'), (11, 'non_finite'), (5, 'conflicting_value'), (8, 'conflicting_value')$$,
    'each refusal with its line and reason');
SELECT results_eq('SELECT stored, duplicates, records_done, finished_at IS NOT NULL FROM ingest.import', 'VALUES (3::bigint, 2::bigint, 100::bigint, true)',
    'counted');
SELECT is((ingest.begin_import(repeat('a', 64), '{}', 'y.csv', 10, 100)).records_done, 100::bigint, 'the same file goes on');
SELECT is((ingest.begin_import(repeat('a', 64), '{"zone":"UTC"}', 'y.csv', 10, 100)).records_done, 0::bigint, 'read otherwise it is another');
SELECT is(ingest.import_qualities('{good,"",bad,weird}'), '{0,0,2,1}', 'qualities as in messages');
-- What devices send for "no value" and what cannot be is no more stored from a file than from a message. b has a range and a sentinel of
-- its own; c, in the same file, neither.
INSERT INTO plant.sensor (equipment_id, name, type, plausible_min, plausible_max) SELECT 'm', n, 'pressure', l, h FROM (VALUES ('p', 0, 10), ('q', NULL, NULL)) AS v (n, l, h);
SELECT max(s.id) FILTER (WHERE s.name = 'p') AS p, max(s.id) FILTER (WHERE s.name = 'q') AS q FROM plant.sensor AS s WHERE s.equipment_id = 'm' \gset
INSERT INTO ingest.no_value (sensor_id, sensor_type, low, high, description)
VALUES (NULL, 'pressure', -9999, -9999, 'none of a type'), (:p, NULL, 5, 5, 'none of one'), (NULL, NULL, 3.39e38, 3.41e38, 'none of all');
SELECT (ingest.begin_import(repeat('b', 64), '{}', 'z.csv', 10, 10)).id AS import \gset
SELECT pg_temp.stage(format($$(2::bigint, %1$s, '2026-02-01Z'::timestamptz, -9999::float8, 0), (3, %2$s, '2026-02-01Z', -9999, 0), (4, %3$s, '2026-02-01Z', -9999, 0),
    (5, %1$s, '2026-02-02Z', 5, 0), (6, %2$s, '2026-02-02Z', 5, 0), (7, %1$s, '2026-02-03Z', 3.4e38, 0), (8, %1$s, '2026-02-04Z', 10.5, 0), (9, %2$s, '2026-02-04Z', 10.5, 0),
    (10, %2$s, '2026-02-05Z', 1e31, 0), (11, %1$s, '2026-02-05Z', 10, 0)$$, :p, :q, :a));
CREATE TEMP TABLE refused AS SELECT * FROM ingest.import_block(:import, 0, 10, 10);
SELECT results_eq('SELECT line, reason FROM refused', $$VALUES (2::bigint, 'no_value'), (3, 'no_value'), (5, 'no_value'), (7, 'no_value'), (8, 'implausible_value'), (10, 'implausible_value')$$,
    'sentinels and what cannot be are refused, each by its name');
SELECT is((SELECT detail FROM refused WHERE line = 8), 'm p 2026-02-04 00:00:00+00 10.5', 'and with what it was');
SELECT results_eq(format('SELECT sensor_id, value FROM telemetry.reading WHERE time >= %L ORDER BY time, sensor_id', '2026-02-01Z'),
    format('SELECT * FROM (VALUES (%s, -9999::float8), (%s, 5), (%s, 10.5), (%s, 10)) AS v', :a, :q, :q, :p), 'the others are stored, what is none elsewhere among them');
-- as thin does, in the same transaction
SELECT ingest.import_rejects(:import, (SELECT count(*) FROM refused), 100) \g /dev/null
SELECT results_eq(format('SELECT stored, duplicates, rejected, records_done FROM ingest.import WHERE id = %s', :import), 'VALUES (4::bigint, 0::bigint, 6::bigint, 10::bigint)', 'all ten are accounted for');
SELECT is((SELECT count(*) FROM ingest.quarantine), 0::bigint, 'what a file has wrong is in its list of refusals, not in quarantine');
SET LOCAL ROLE operator;
SELECT throws_ok($$SELECT ingest.begin_import(repeat('a', 64), '{}', 'x', 1, 1)$$, '42501', NULL, 'engineers only');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
