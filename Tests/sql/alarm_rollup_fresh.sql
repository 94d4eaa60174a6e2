-- A backtest over rollups says no fewer alarms than raw, whatever was imported, came late, changed or was deleted since the last
-- refresh: each raw alarm lies in one of the rollup. Refreshes commit, so this file does not run inside one transaction.
SET search_path = compat, public;
SET client_min_messages = warning;
SELECT no_plan();
SELECT remove_continuous_aggregate_policy('rollup.reading_1m'), remove_continuous_aggregate_policy('rollup.reading_1h') \g /dev/null
SELECT setseed(0.21);
INSERT INTO plant.equipment (id, name) VALUES ('fresh', 'f');
INSERT INTO plant.sensor (equipment_id, name, type) SELECT 'fresh', 's' || i, 'current' FROM generate_series(0, 11) AS i;
CREATE FUNCTION pg_temp.id(text) RETURNS integer LANGUAGE sql AS $$ SELECT id FROM plant.sensor WHERE equipment_id = 'fresh' AND name = $1 $$;
CREATE FUNCTION pg_temp.rule(text) RETURNS bigint LANGUAGE sql AS $$ SELECT id FROM alarm.rule WHERE name = $1 $$;
CREATE FUNCTION pg_temp.at(seconds float8) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2026-01-05 00:00Z' + make_interval(secs => seconds) $$;
CREATE PROCEDURE pg_temp.refresh() LANGUAGE plpgsql AS $$
BEGIN
    CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
    CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
END $$;

-- the case of the issue: history before what is finished
INSERT INTO telemetry.reading (time, value, sensor_id) SELECT pg_temp.at(86400 + i), 50, pg_temp.id('s0') FROM generate_series(0, 7200, 10) AS i;
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
INSERT INTO alarm.rule (name, condition, high, parameters, select_equipment, select_sensor) VALUES ('high', 'above', 70, '{}', '{fresh}', '{s0}'), ('silent', 'no_data', 4000, '{}', '{fresh}', '{s0}'),
    ('mean', 'windowed', 51, '{"aggregate": "mean", "window": "5 minutes"}', '{fresh}', '{s0}');
CREATE FUNCTION pg_temp.counts(rule text, first float8 DEFAULT 0, last float8 DEFAULT 86400) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(s.source || ' ' || (SELECT alarms FROM alarm.backtest_summary(pg_temp.rule($1), pg_temp.at(first), pg_temp.at(last), source => s.source)), ', ' ORDER BY s.place)
    FROM (VALUES (1, 'raw'), (2, '1m'), (3, '1h')) AS s (place, source) WHERE $1 <> 'mean' OR s.source <> '1h' $$;
INSERT INTO telemetry.reading (time, value, sensor_id, is_historical) SELECT pg_temp.at(i), CASE WHEN i % 14400 = 3600 THEN 90 ELSE 50 END, pg_temp.id('s0'), true FROM generate_series(0, 72000, 10) AS i;
SELECT is(pg_temp.counts('high'), 'raw 5, 1m 5, 1h 5', 'history that was just imported counts');
SELECT is(pg_temp.counts('mean'), 'raw 5, 1m 5', 'also where a mean is taken over minutes, and for raw, which takes it from the same minutes');
SELECT is(telemetry.rollup_pending('1m', pg_temp.at(0), pg_temp.at(200000)), tstzmultirange(tstzrange(pg_temp.at(0), pg_temp.at(72060))), 'what a refresh has still to do');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
SELECT is(telemetry.rollup_pending('1m', pg_temp.at(0), pg_temp.at(200000)), '{}', 'after it nothing');
SELECT cmp_ok(telemetry.rollup_pending('1h', pg_temp.at(0), pg_temp.at(86400)), '<>', '{}', 'the hours come later');
SELECT is(pg_temp.counts('high'), 'raw 5, 1m 5, 1h 5', 'a minute refreshed, the hour not');
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
SELECT is(pg_temp.counts('high') || '; ' || pg_temp.counts('mean'), 'raw 5, 1m 5, 1h 5; raw 5, 1m 5', 'and all refreshed');
DELETE FROM telemetry.reading WHERE sensor_id = pg_temp.id('s0') AND value = 90 AND time < pg_temp.at(20000);
SELECT is(pg_temp.counts('high'), 'raw 3, 1m 3, 1h 3', 'what was deleted does not');
DELETE FROM telemetry.reading WHERE sensor_id = pg_temp.id('s0') AND time >= pg_temp.at(30000) AND time < pg_temp.at(40000);
SELECT is(pg_temp.counts('silent'), 'raw 2, 1m 2, 1h 2', 'a deletion makes a silence');
UPDATE telemetry.reading SET value = 90 WHERE sensor_id = pg_temp.id('s0') AND time = pg_temp.at(10000);
SELECT is(pg_temp.counts('high'), 'raw 3, 1m 3, 1h 3', 'an update');
-- where the time begins
SELECT is(pg_temp.counts('high', 10005, 12000), 'raw 1, 1m 1, 1h 1', 'what stands when the time begins holds until the next value');
SELECT is(pg_temp.counts('high', 10000, 10001), 'raw 1, 1m 1, 1h 1', 'a value at its very beginning is in it');
SELECT is(pg_temp.counts('silent', 35000, 60000), 'raw 0, 1m 0, 1h 0', 'a silence that was told before it began is not told again');
SELECT is(pg_temp.counts('silent', 33000, 60000), 'raw 1, 1m 1, 1h 1', 'one that began before and was not told yet is, however far back');
-- what retention dropped is not pending: its buckets outlive it
SELECT is((SELECT alarms FROM alarm.backtest_summary(pg_temp.rule('high'), pg_temp.at(-86400 * 30), pg_temp.at(-86400 * 29), source => '1m')), 0::bigint, 'nothing there');

-- random histories: 12 sensors, a rule each, five kinds of change, three spans, two rollups
INSERT INTO alarm.rule (name, condition, low, high, high_high, deadband, on_delay, off_delay, chatter_count, select_equipment, select_sensor)
SELECT 'w' || i, c.name, CASE WHEN c.name IN ('below', 'inside', 'outside') THEN 30 END, CASE WHEN c.name <> 'below' THEN CASE c.name WHEN 'no_data' THEN 3600 + random() * 3600 ELSE 70 END END,
       CASE WHEN i % 2 = 0 AND c.name = 'above' THEN 90 END, CASE WHEN c.name = 'no_data' THEN 0 ELSE (random() * 5)::integer END,
       make_interval(secs => CASE WHEN c.name IN ('no_data', 'outside') THEN 0 ELSE (random() * 90)::integer END), make_interval(secs => (random() * 90)::integer),
       CASE WHEN i % 3 = 0 THEN 3 END, '{fresh}', ARRAY['s' || i]
FROM generate_series(1, 11) AS i, LATERAL (SELECT ('{above,below,inside,no_data,outside}'::text[])[1 + i % 5] AS name) AS c;
CREATE TEMP TABLE missed (round integer, rule text, source text, raised_at timestamptz);
CREATE TEMP TABLE seen (round integer, rule text, source text, raw bigint, rollup bigint);
CREATE PROCEDURE pg_temp.change(round integer) LANGUAGE plpgsql AS $$
DECLARE
    v_from float8 := floor(random() * 36000);
    v_long float8 := 60 + random() ^ 2 * 20000;
BEGIN
    IF round % 7 = 0 THEN
        TRUNCATE telemetry.reading;
    END IF;
    IF random() < 0.7 OR round % 7 = 0 THEN
        INSERT INTO telemetry.reading (time, value, sensor_id, is_historical)
        SELECT pg_temp.at(v_from + k), CASE WHEN random() < 0.04 THEN random() * 100 ELSE 50 + 45 * sin((v_from + k) / (200 + i * 130)) END, pg_temp.id('s' || i), true
        FROM generate_series(1, 11) AS i, generate_series(0, v_long::integer, 7 + 11 * (round % 3)) AS k WHERE random() < 0.8
        ON CONFLICT DO NOTHING;
    END IF;
    IF random() < 0.3 THEN
        DELETE FROM telemetry.reading WHERE time >= pg_temp.at(v_from + v_long / 3) AND time < pg_temp.at(v_from + v_long / 2) AND sensor_id % 2 = round % 2;
    END IF;
    IF random() < 0.3 THEN
        UPDATE telemetry.reading SET value = 100 - value WHERE time >= pg_temp.at(v_from) AND time < pg_temp.at(v_from + 600);
    END IF;
END $$;
CREATE PROCEDURE pg_temp.hold_against_each_other(round integer) LANGUAGE plpgsql AS $$
DECLARE
    v_from timestamptz := pg_temp.at(CASE WHEN random() < 0.5 THEN floor(random() * 10) * 3600 ELSE random() * 36000 END);
    v_to timestamptz := v_from + make_interval(secs => 60 + random() * 30000);
BEGIN
    CREATE TEMP TABLE found AS
    SELECT r.name, s.source, b.raised_at, b.cleared_at
    FROM alarm.rule AS r, unnest('{raw,1m,1h}'::text[]) AS s (source) CROSS JOIN LATERAL alarm.backtest(r.id, v_from, v_to, source => s.source) AS b
    WHERE r.name ~ '^w\d';
    INSERT INTO missed
    SELECT round, x.name, s.source, x.raised_at FROM found AS x, unnest('{1m,1h}'::text[]) AS s (source)
    WHERE x.source = 'raw' AND NOT EXISTS (SELECT FROM found AS y WHERE y.source = s.source AND y.name = x.name AND y.raised_at <= x.raised_at AND coalesce(y.cleared_at, 'infinity') >= x.raised_at);
    INSERT INTO seen SELECT round, x.name, s.source, count(*) FILTER (WHERE x.source = 'raw'), count(*) FILTER (WHERE x.source = s.source)
    FROM found AS x, unnest('{1m,1h}'::text[]) AS s (source) GROUP BY 2, 3;
    DROP TABLE found;
END $$;
-- column after column, each a statement of its own
SELECT format('CALL pg_temp.change(%s)', i), CASE WHEN random() < 0.3 THEN 'CALL refresh_continuous_aggregate(''rollup.reading_1m'', NULL, NULL)' END,
    CASE WHEN random() < 0.3 THEN 'CALL refresh_continuous_aggregate(''rollup.reading_1h'', NULL, NULL)' END,
    format('CALL pg_temp.hold_against_each_other(%s)', i), format('CALL pg_temp.hold_against_each_other(%s)', i)
FROM generate_series(1, 14) AS i \gexec
SELECT cmp_ok((SELECT sum(raw) FROM seen), '>', 300::numeric, 'hundreds of alarms');
SELECT is((SELECT count(*) FROM missed), 0::bigint, 'no rollup misses one: ' || coalesce((SELECT string_agg(format('round %s, %s, %s, %s', round, rule, source, raised_at), '; ') FROM (SELECT * FROM missed LIMIT 5) AS m), 'none'));
SELECT is((SELECT count(*) FROM seen WHERE raw > 0 AND rollup = 0), 0::bigint, 'none says there is nothing where raw says there is');
SELECT is((SELECT count(*) FROM seen AS s JOIN alarm.rule AS r ON r.name = s.rule WHERE r.condition = 'no_data' AND raw <> rollup), 0::bigint, 'silences are exact');
SELECT ok((SELECT bool_and(coalesce((SELECT string_agg(n, ' ') FROM jsonb_array_elements_text(alarm.backtest_report(s.id, pg_temp.at(0), pg_temp.at(60), source => s.source) -> 'notes') AS n), '') ~ 'merged')
    FROM (SELECT DISTINCT pg_temp.rule(rule) AS id, source FROM seen WHERE rollup < raw) AS s),
    'where there are fewer, because short ones run together, the answer says so');
SELECT * FROM finish();
