-- Backtests over a rollup: what a bucket stands for, and that its worst value misses no alarm of the raw readings.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT setseed(0.3);
INSERT INTO plant.equipment (id, name) VALUES ('roll', 'r');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'roll', 's' || i, 'current' FROM generate_series(0, 24) AS i;
CREATE FUNCTION pg_temp.id(text) RETURNS integer LANGUAGE sql AS $$ SELECT id FROM plant.sensor WHERE equipment_id = 'roll' AND name = $1 $$;
CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2026-01-05 00:00Z' + make_interval(secs => seconds) $$;
CREATE FUNCTION pg_temp.backtest(rule text, source text, bucket_value text DEFAULT 'worst', hours float8 DEFAULT 1) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s-%s %s %s', extract(epoch FROM b.raised_at - pg_temp.at(0))::integer, extract(epoch FROM b.cleared_at - pg_temp.at(0))::integer, b.peak_value, b.samples), '; ' ORDER BY b.raised_at)
    FROM alarm.backtest((SELECT r.id FROM alarm.rule AS r WHERE r.name = $1), pg_temp.at(0), pg_temp.at($4 * 3600), '{}', NULL, $2, $3) AS b $$;
CREATE FUNCTION pg_temp.refused(rule text, source text, bucket_value text DEFAULT 'worst') RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN pg_temp.backtest(rule, source, bucket_value); EXCEPTION WHEN SQLSTATE 'MW422' THEN RETURN 'MW422'; END $$;

-- a value each ten seconds, 50; one spike to 90 at 125 s; 80 from 600 s to 900 s; nothing from 1805 s to 2400 s
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT pg_temp.at(t), CASE WHEN t = 125 THEN 90 WHEN t BETWEEN 600 AND 900 THEN 80 ELSE 50 END, pg_temp.id('s0')
FROM generate_series(5, 3595, 10) AS t WHERE t NOT BETWEEN 1806 AND 2399;
INSERT INTO alarm.rule (name, condition, high, on_delay, parameters, select_equipment, select_sensor) VALUES
    ('high', 'above', 70, '0', '{}', '{roll}', '{s0}'), ('delayed', 'above', 70, '30 s', '{}', '{roll}', '{s0}'),
    ('silent', 'no_data', 100, '0', '{}', '{roll}', '{s0}'), ('soon silent', 'no_data', 30, '0', '{}', '{roll}', '{s0}'),
    ('mean', 'windowed', 70, '0', '{"aggregate": "mean", "window": "2 minutes"}', '{roll}', '{s0}'), ('flat', 'flat_line', 60, '0', '{}', '{roll}', '{s0}'),
    ('rate', 'rate_of_change', 1, '0', '{}', '{roll}', '{s0}'), ('two', 'two_signal', 1, '0', '{"other": "s1"}', '{roll}', '{s0}'), ('other', 'baseline', 3, '0', '{"season": "hour_of_week"}', '{roll}', '{s0}');
SELECT is(pg_temp.backtest('high', 'raw'), '125-135 90 1; 605-905 80 30', 'raw');
SELECT is(pg_temp.backtest('high', '1m'), '120-185 90 12; 600-905 80 36', 'the worst value of a minute holds for the minute');
SELECT is(pg_temp.backtest('high', '1m', 'mean'), '600-905 80 36', 'its mean: the spike vanishes');
SELECT is(pg_temp.backtest('high', '1h'), '0- 90 301', 'an hour');
SELECT is(pg_temp.backtest('delayed', 'raw') || ' | ' || pg_temp.backtest('delayed', '1m'), '635-905 80 27 | 150-185 90 6; 630-905 80 30', 'an upper bound: with a delay, too, what might have lasted counts');
SELECT is(pg_temp.backtest('silent', 'raw'), '1905-2405 100.001 0', 'silence');
SELECT is((SELECT string_agg(format('%s %s', b.raised_at, b.cleared_at), ';') FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'silent'), pg_temp.at(0), pg_temp.at(3600), source => '1m') AS b),
    (SELECT string_agg(format('%s %s', b.raised_at, b.cleared_at), ';') FROM alarm.backtest((SELECT id FROM alarm.rule WHERE name = 'silent'), pg_temp.at(0), pg_temp.at(3600)) AS b), 'is exact where the limit is no shorter than a bucket');
SELECT is(pg_temp.backtest('mean', '1m'), pg_temp.backtest('mean', 'raw'), 'a window over minutes is the same');
SELECT is(pg_temp.refused(r, s), 'MW422', format('%s not from %s', r, s)) FROM (VALUES ('soon silent', '1m'), ('silent', '1h'), ('mean', '1h'), ('flat', '1m'), ('rate', '1m'), ('two', '1m'), ('high', '1d'), ('high', NULL)) AS x (r, s);
SELECT is(pg_temp.refused('high', '1m', 'max'), 'MW422', 'nor another value');
SELECT is((SELECT string_agg(setting || ' ' || alarms, ', ' ORDER BY setting) FROM alarm.compare_backtest((SELECT id FROM alarm.rule WHERE name = 'high'), pg_temp.at(0), pg_temp.at(3600), '{"high": 85}', source => '1m')), 'changed 1, other 2', 'compared');
SELECT is(alarm.backtest_report((SELECT id FROM alarm.rule WHERE name = 'high'), pg_temp.at(0), pg_temp.at(3600), source => '1m', bucket_value => 'mean') #> '{summary,alarms}', '1', 'reported');

-- random rules over random walks: each raw alarm overlaps one of the rollup, which is active at least as long
INSERT INTO telemetry.reading (time, value, sensor_id)
SELECT pg_temp.at(7 * k), CASE WHEN random() < 0.05 THEN random() * 100 ELSE 50 + 45 * sin(k / (20 + i * 3)::float8) END, pg_temp.id('s' || i)
FROM generate_series(1, 24) AS i, generate_series(1, 1500) AS k WHERE random() < 0.9;
INSERT INTO alarm.rule (name, condition, low, high, high_high, deadband, on_delay, off_delay, chatter_count, select_equipment, select_sensor)
SELECT 'w' || i, c.name, CASE WHEN c.name <> 'above' THEN 30 END, CASE WHEN c.name <> 'below' THEN 70 END, CASE WHEN i % 2 = 0 AND c.name = 'above' THEN 90 END,
       (random() * 5)::integer, make_interval(secs => (random() * 40)::integer), make_interval(secs => (random() * 40)::integer), NULL, '{roll}', ARRAY['s' || i]
FROM generate_series(1, 24) AS i, LATERAL (SELECT ('{above,below,inside}'::text[])[1 + i % 3] AS name) AS c;
CREATE TEMP TABLE found AS
SELECT r.name, s.source, b.* FROM alarm.rule AS r, unnest('{raw,1m}'::text[]) AS s (source) CROSS JOIN LATERAL alarm.backtest(r.id, pg_temp.at(0), pg_temp.at(10800), source => s.source) AS b WHERE r.name ~ '^w\d';
SELECT cmp_ok((SELECT count(*) FROM found WHERE source = 'raw'), '>', 300::bigint, 'hundreds of alarms');
SELECT is((SELECT count(*) FROM found AS x WHERE x.source = 'raw' AND NOT EXISTS (
    SELECT FROM found AS y WHERE y.source = '1m' AND y.name = x.name AND y.raised_at <= x.raised_at AND coalesce(y.cleared_at, 'infinity') >= x.raised_at)), 0::bigint, 'none is missed');
SELECT is((SELECT count(*) FROM (SELECT name, sum(coalesce(cleared_at, pg_temp.at(10800)) - raised_at) FILTER (WHERE source = 'raw') AS raw, sum(coalesce(cleared_at, pg_temp.at(10800)) - raised_at) FILTER (WHERE source = '1m') AS minutes FROM found GROUP BY name) AS x
           WHERE raw > minutes + INTERVAL '1 minute'), 0::bigint, 'and they stand as long, but for the last minute');
SELECT * FROM finish();
ROLLBACK;
