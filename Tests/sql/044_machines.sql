-- States, starts, energy, alarms, predictions and gaps of machines, against an oracle that walks from minute to minute over the
-- readings. Both editions. Refreshes commit, so this file does not run inside one transaction.
SET search_path = compat, public;
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT no_plan();

SELECT remove_continuous_aggregate_policy('rollup.reading_1m'), remove_continuous_aggregate_policy('rollup.reading_1h');
TRUNCATE telemetry.reading;
INSERT INTO plant.equipment (id, name, status) VALUES ('m-band', 'By band', 'active'), ('m-amp', 'By current', 'active'), ('m-code', 'By status number', 'active'),
    ('m-mute', 'Silent', 'active'), ('m-old', 'Retired', 'retired');
INSERT INTO plant.sensor (equipment_id, name, type, unit) VALUES ('m-band', 'load', 'load', '%'), ('m-band', 'power', 'power', 'W'), ('m-band', 'heat', 'temperature', 'Cel'),
    ('m-amp', 'current_x', 'current', 'A'), ('m-amp', 'current_y', 'current', 'mA'), ('m-code', 'code', 'status', NULL), ('m-mute', 'x', 'current', 'A'), ('m-old', 'x', 'current', 'A');
INSERT INTO alarm.operating_state (equipment_id, state, sensor, low, high) VALUES ('m-band', 'Idle', 'load', 5, 20), ('m-band', 'full', 'load', 20, 90),
    ('m-code', 'stopped', 'code', 0, 0.5), ('m-code', 'standby', 'code', 0.5, 1.5), ('m-code', 'production', 'code', 1.5, 2.5);
SELECT ops.set_setting('plant.line_voltage', '400');

-- A minute's state is that of the newest value in it or in one of the four minutes before it; what that value means is asked here in words of this test.
CREATE FUNCTION pg_temp.means(equipment text, value float8) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN value IS NOT NULL THEN CASE equipment
        WHEN 'm-band' THEN CASE WHEN value < 5 THEN 'stopped' WHEN value < 20 THEN 'idle' WHEN value < 90 THEN 'running' END
        WHEN 'm-code' THEN CASE WHEN value < 0.5 THEN 'stopped' WHEN value < 1.5 THEN 'idle' WHEN value < 2.5 THEN 'running' END
        ELSE CASE WHEN value < 0.1 THEN 'stopped' WHEN value < 1 THEN 'idle' ELSE 'running' END END END
$$;
CREATE TEMP TABLE told (equipment text, minute timestamptz, state text, PRIMARY KEY (equipment, minute));
CREATE FUNCTION pg_temp.walk(from_time timestamptz, to_time timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    e record;
    m timestamptz;
    k timestamptz;
    v float8;
BEGIN
    DELETE FROM told;
    FOR e IN SELECT id FROM plant.equipment WHERE id LIKE 'm-%' LOOP
        m := from_time;
        WHILE m < to_time LOOP
            v := NULL;
            FOR back IN 0 .. 4 LOOP
                k := m - back * INTERVAL '1 minute';
                SELECT avg(x.value) INTO v FROM (
                    SELECT DISTINCT ON (s.id) CASE s.unit WHEN 'mA' THEN r.value / 1000 ELSE r.value END AS value
                    FROM plant.sensor AS s JOIN telemetry.reading AS r ON r.sensor_id = s.id AND r.time >= k AND r.time < k + INTERVAL '1 minute'
                    WHERE s.equipment_id = e.id AND s.name IN ('load', 'code', 'current_x', 'current_y', 'x')
                    ORDER BY s.id, r.time DESC) AS x;
                EXIT WHEN v IS NOT NULL;
            END LOOP;
            INSERT INTO told VALUES (e.id, m, coalesce(pg_temp.means(e.id, v), 'unknown'));
            m := m + INTERVAL '1 minute';
        END LOOP;
    END LOOP;
END
$$;
CREATE FUNCTION pg_temp.state_differs(view text, bucket text, from_time timestamptz, to_time timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint;
BEGIN
    PERFORM pg_temp.walk(from_time - INTERVAL '1 minute', to_time);
    EXECUTE format($q$
        SELECT count(*) FROM (
            SELECT %1$s AS time, equipment, count(*) FILTER (WHERE state = 'running') * INTERVAL '1 minute' AS running,
                count(*) FILTER (WHERE state = 'idle') * INTERVAL '1 minute' AS idle, count(*) FILTER (WHERE state = 'stopped') * INTERVAL '1 minute' AS stopped,
                count(*) FILTER (WHERE state = 'unknown') * INTERVAL '1 minute' AS unknown, count(*) FILTER (WHERE state = 'running' AND before IN ('idle', 'stopped'))::int AS starts
            FROM (SELECT *, lag(state) OVER (PARTITION BY equipment ORDER BY minute) AS before FROM told) AS t WHERE minute >= %2$L
            GROUP BY 1, 2) AS o
        LEFT JOIN %3$s AS v USING (time, equipment)
        WHERE (equipment <> 'm-old' OR v.time IS NOT NULL)
            AND ((o.running, o.idle, o.stopped, o.unknown, o.starts) IS DISTINCT FROM (v.running, v.idle, v.stopped, v.unknown, v.starts)
            OR v.utilisation IS DISTINCT FROM extract(epoch FROM o.running) / nullif(extract(epoch FROM o.running + o.idle + o.stopped), 0)::float8
            OR v.availability IS DISTINCT FROM extract(epoch FROM o.running + o.idle) / nullif(extract(epoch FROM o.running + o.idle + o.stopped), 0)::float8)
        $q$, bucket, from_time, view) INTO v_count;
    RETURN v_count;
END
$$;
CREATE FUNCTION pg_temp.volume_differs(from_time timestamptz, to_time timestamptz) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM (
        SELECT e.id AS equipment, h AS time, (SELECT count(*) FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id
                WHERE s.equipment_id = e.id AND r.time >= h AND r.time < h + INTERVAL '1 hour') AS points,
            g.gaps, g.longest
        FROM plant.equipment AS e
        CROSS JOIN generate_series(from_time, to_time - INTERVAL '1 hour', '1 hour') AS h
        CROSS JOIN LATERAL (
            -- minutes without a point, numbered so that neighbours share a number
            SELECT count(*) FILTER (WHERE n > 5) AS gaps, coalesce(max(n), 0) * INTERVAL '1 minute' AS longest
            FROM (SELECT count(*) AS n FROM (
                SELECT m - row_number() OVER (ORDER BY m) AS island FROM generate_series(0, 59) AS m
                WHERE NOT EXISTS (SELECT FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id WHERE s.equipment_id = e.id
                    AND r.time >= h + m * INTERVAL '1 minute' AND r.time < h + (m + 1) * INTERVAL '1 minute')) AS i GROUP BY island) AS n
        ) AS g
        WHERE e.id LIKE 'm-%' AND e.id <> 'm-old'
    ) AS o
    LEFT JOIN report.machine_activity_1h AS v USING (time, equipment)
    WHERE (o.points, o.gaps, o.longest) IS DISTINCT FROM (v.points, v.gaps::bigint, v.longest_gap)
$$;
CREATE PROCEDURE pg_temp.refresh_all() LANGUAGE plpgsql AS $$ BEGIN WHILE rollup.refresh() > 0 LOOP NULL; END LOOP; END $$;
CREATE FUNCTION pg_temp.insert_random(n int, from_time timestamptz, span interval) RETURNS void LANGUAGE sql AS $$
    INSERT INTO telemetry.reading (sensor_id, time, value)
    SELECT s.id, x.time, CASE s.name WHEN 'load' THEN random() * 110 WHEN 'code' THEN floor(random() * 4) WHEN 'power' THEN random() * 5000
        WHEN 'heat' THEN 20 + random() ELSE exp(random() * 8 - 5) * CASE s.unit WHEN 'mA' THEN 1000 ELSE 1 END END
    FROM plant.sensor AS s CROSS JOIN generate_series(1, n) AS i
    -- bunched, so that there are gaps
    CROSS JOIN LATERAL (SELECT from_time + span * (floor(random() * 20 + s.id * 0 + i * 0) / 20 + random() / 40) AS time) AS x
    WHERE s.equipment_id IN ('m-band', 'm-amp', 'm-code')
    ON CONFLICT DO NOTHING
$$;

SELECT setseed(0.3);
SELECT date_trunc('day', now()) - INTERVAL '3 days' AS start, date_trunc('day', now()) - INTERVAL '3 days' + INTERVAL '8 hours' AS stop \gset
-- there is a row for each quarter since anybody looked; these three days were before that
SELECT rollup.refresh() \g /dev/null
UPDATE rollup.day_state SET machines_to = :'start'::timestamptz - INTERVAL '1 day';
SELECT pg_temp.insert_random(150, :'start', '8 hours');
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CALL pg_temp.refresh_all();
SELECT isnt((SELECT sum(starts) FROM report.machine_state_1h), 0::bigint, 'machines start');
SELECT is(pg_temp.state_differs('report.machine_state_1h', 'date_trunc(''hour'', minute)', :'start', :'stop'), 0::bigint, 'states by hour');
SELECT is(pg_temp.volume_differs(:'start', :'stop'), 0::bigint, 'points and gaps by hour');
SELECT is((SELECT array_agg(DISTINCT running + idle + stopped + unknown) FROM report.machine_state_1h WHERE time < date_trunc('hour', now()) - INTERVAL '1 hour' AND time >= :'start'),
    '{01:00:00}', 'an hour has an hour');
SELECT ok((SELECT bool_and(abs(v.energy - o.energy) < 1e-9) FROM (
    SELECT 'm-band' AS equipment, hour AS time, sum(mean) / 60000 AS energy FROM (
        SELECT date_trunc('hour', r.time) AS hour, avg(r.value) AS mean FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id AND s.type = 'power'
        GROUP BY 1, date_trunc('minute', r.time)) AS x GROUP BY 2) AS o JOIN report.machine_state_1h AS v USING (equipment, time)), 'energy of a power sensor, in kWh');
SELECT ok((SELECT bool_and(abs(v.energy - o.energy) < 1e-9) FROM (
    SELECT 'm-amp' AS equipment, hour AS time, sum(mean) / 60 * sqrt(3) * 0.4 * 0.85 AS energy FROM (
        SELECT date_trunc('hour', minute) AS hour, minute, avg(mean) AS mean FROM (
            SELECT date_trunc('minute', r.time) AS minute, s.id, avg(CASE s.unit WHEN 'mA' THEN r.value / 1000 ELSE r.value END) AS mean
            FROM telemetry.reading AS r JOIN plant.sensor AS s ON s.id = r.sensor_id AND s.type = 'current' GROUP BY 1, 2) AS p GROUP BY 2) AS x GROUP BY 2) AS o
    JOIN report.machine_state_1h AS v USING (equipment, time)), 'energy out of the current');
SELECT is((SELECT count(*) FROM report.machine_state_1h WHERE equipment = 'm-mute' AND energy IS NULL AND unknown > '0' AND utilisation IS NULL),
    (SELECT count(*) FROM report.machine_state_1h WHERE equipment = 'm-mute'), 'of a machine that says nothing nothing is known');

-- late rows, changes and deletions
SELECT pg_temp.insert_random(20, :'start', '5 hours');
UPDATE telemetry.reading SET value = value * 0.5 WHERE random() < 0.1;
DELETE FROM telemetry.reading WHERE time BETWEEN :'start'::timestamptz + INTERVAL '90 minutes' AND :'start'::timestamptz + INTERVAL '3 hours 7 minutes';
CALL refresh_continuous_aggregate('rollup.reading_1m', NULL, NULL);
CALL refresh_continuous_aggregate('rollup.reading_1h', NULL, NULL);
CALL pg_temp.refresh_all();
SELECT is(pg_temp.state_differs('report.machine_state_1h', 'date_trunc(''hour'', minute)', :'start', :'stop'), 0::bigint, 'states after late rows, changes and deletions');
SELECT is(pg_temp.volume_differs(:'start', :'stop'), 0::bigint, 'points and gaps too');

-- by day, in zones whose midnight is on the hour, on the half and on the quarter
SELECT format('SELECT ops.set_setting(''plant.time_zone'', to_jsonb(%1$L::text)); CALL pg_temp.refresh_all();
    SELECT is(pg_temp.state_differs(''report.machine_state_1d'', ''date_trunc(''''day'''', minute, ''%1$L'')'', telemetry.bucket_start(''day'', %2$L, %1$L),
        telemetry.bucket_start(''day'', %2$L, %1$L, 1)), 0::bigint, ''states by day of '' || %1$L)', z, :'stop')
FROM unnest('{UTC,Asia/Seoul,Asia/Kolkata,Asia/Kathmandu}'::text[]) AS z \gexec

-- live: up to this minute, without any refresh of hours
INSERT INTO telemetry.reading (sensor_id, time, value) SELECT s.id, date_trunc('minute', now()) - INTERVAL '2 minutes', 50 FROM plant.sensor AS s WHERE s.name = 'load';
SELECT rollup.refresh() \g /dev/null
SELECT ok((SELECT running > '0' FROM report.machine_state_1h WHERE equipment = 'm-band' ORDER BY time DESC LIMIT 1)
    OR extract(minute FROM now()) < 2, 'what ran a minute ago runs now');
-- bands that were wrong are put right for the time that was
UPDATE alarm.operating_state SET low = 0 WHERE equipment_id = 'm-band' AND state = 'Idle';
CALL pg_temp.refresh_all();
SELECT is((SELECT sum(stopped) FROM report.machine_state_1h WHERE equipment = 'm-band'), INTERVAL '0', 'new bands judge the past, too');

-- alarms and predictions
INSERT INTO alarm.alarm (code, equipment_id, condition, level, severity, worst_severity, raised_at, announced_at, cleared_at, active, retracted_at)
SELECT 'x' || i, 'm-amp', 'level', 'high', 'high', CASE WHEN i < 3 THEN 'critical' ELSE 'high' END, :'start'::timestamptz + i * INTERVAL '10 minutes', now(), now(), false,
    CASE WHEN i = 4 THEN now() END FROM generate_series(1, 7) AS i;
INSERT INTO ml.serve_ml_predictions (time, equipment_id, power, model_version, stage, source, modalities, is_anomaly, confidence, scores, thresholds, ratio)
SELECT :'start'::timestamptz + i * INTERVAL '7 minutes', 'm-amp', 'p', 'v', CASE WHEN i = 3 THEN 'challenger' ELSE 'champion' END, 'http', '{current}', i > 6, 0.5, '{}', '{}',
    jsonb_build_object('a', i * 0.1, 'b', 0.25) FROM generate_series(1, 12) AS i;
SELECT results_eq(format($$SELECT alarms, alarms_critical, predictions, anomalies, round(largest_ratio::numeric, 6), rul_hours FROM report.machine_activity_1h
    WHERE equipment = 'm-amp' AND time >= %L ORDER BY time LIMIT 2$$, :'start'),
    $$VALUES (4::bigint, 2::bigint, 7::bigint, 2::bigint, 0.8, NULL::float8), (2, 0, 4, 4, 1.2, NULL)$$, 'alarms and predictions by hour');
SELECT is((SELECT gaps FROM report.machine_activity_1h WHERE equipment = 'm-mute' AND time = :'start'), 1, 'a silent hour is a gap');
SELECT * FROM finish();
