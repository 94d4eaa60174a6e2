-- A made-up week before the demo's first start, a value every two minutes, taken in as a file is: a day a block, each in a transaction of its own, so a
-- start that was interrupted goes on where it was. Then what a plant would know of it: faults, work orders, and the alarms that its rules
-- would have raised (alarm.backtest), so that no report is empty.
CREATE TEMP TABLE demo_fault AS
SELECT * FROM (VALUES
    -- local day before the start, hour, hours of growth and at full size; what a full fault does to vibration and temperature (°C)
    ('fan-04', 'belt', 6, 14, 4, 2, 2.4, 8, '벨트 교환 · Belt replaced'),
    ('press-01', 'bearing', 4, 8, 6, 2, 6.5, 25, '베어링 교환 · Bearing replaced'),
    ('conveyor-03', 'unbalance', 3, 10, 3, 1, 3.5, 4, '풀리 청소 · Pulley cleaned and balanced'),
    ('pump-02', 'misalignment', 2, 0, 8, 3, 2.6, 12, '축 정렬 · Shaft aligned'),
    ('compressor-05', 'bearing', 1, 7, 3, 0.5, 5.5, 25, '베어링 그리스 보충 · Bearing greased')
) AS f (machine, label, days, hour, growth, hold, vibration, temperature, repair);

DO $$
DECLARE
    c_days CONSTANT integer := 7;
    c_sha256 CONSTANT text := encode(sha256('scripts/demo/30_history.sql'), 'hex');
    v_import ingest.import;
    v_end timestamptz;
    v_from timestamptz;
    v_points bigint;
    v_refused bigint;
BEGIN
    v_import := ingest.begin_import(c_sha256, '{"made by": "scripts/demo"}', 'demo: a made-up week', 0, c_days);
    v_end := date_trunc('minute', v_import.started_at);
    PERFORM set_config('demo.end', v_end::text, false);
    PERFORM set_config('demo.is_new', (v_import.records_done < c_days)::text, false);
    COMMIT;
    -- a block after the other, as thin import does
    FOR v_day IN v_import.records_done + 1 .. c_days LOOP
        PERFORM ingest.begin_import(c_sha256, '{"made by": "scripts/demo"}', 'demo: a made-up week', 0, c_days);
        PERFORM setseed(v_day / 10.0);
        v_from := v_end - (c_days - v_day + 1) * INTERVAL '1 day';
        WITH machine AS MATERIALIZED (
            SELECT e.id, e.type, right(e.id, 2)::integer - 1 AS n, (e.specifications ->> 'rated_power_kw')::float8 AS kw,
                   (e.specifications ->> 'rated_current_a')::float8 AS rated
            FROM plant.equipment AS e
            WHERE 'demo' = ANY (e.tags) AND e.id ~ '^[a-z]+-0[1-8]$'
        ), minute AS (
            SELECT m.*, t.time, t.time AT TIME ZONE plant.time_zone() AS wall, extract(epoch FROM t.time)::float8 AS x
            FROM machine AS m
            CROSS JOIN generate_series(v_from, v_from + INTERVAL '1 day' - INTERVAL '1 second', INTERVAL '2 minutes') AS t (time)
        ), state AS MATERIALIZED (
            SELECT m.*, w.state, f.severity, coalesce(f.vibration, 0) AS more_vibration, coalesce(f.temperature, 0) AS more_heat,
                   CASE w.state WHEN 'running' THEN 0.7 + 0.14 * sin(2 * pi() * m.x / (540 + 37 * (m.n % 7)) + 2.4 * m.n) ELSE 0 END AS load
            FROM minute AS m
            CROSS JOIN LATERAL (
                -- two shifts, with a break at noon; water, air and exhaust run all night
                SELECT CASE WHEN m.type IN ('pump', 'fan', 'compressor') THEN 'running'
                            WHEN m.wall::time >= '06:00' AND m.wall::time < '22:00' THEN
                                CASE WHEN m.wall::time >= '12:00' AND m.wall::time < '12:40' THEN 'idle' ELSE 'running' END
                            ELSE 'stopped' END AS state) AS w
            LEFT JOIN LATERAL (
                SELECT f.vibration, f.temperature, least(1, extract(epoch FROM m.time - b.begins)::float8 / 3600 / f.growth) ^ 2 AS severity
                FROM demo_fault AS f
                CROSS JOIN LATERAL (SELECT (date_trunc('day', v_end AT TIME ZONE plant.time_zone()) - f.days * INTERVAL '1 day'
                                            + f.hour * INTERVAL '1 hour') AT TIME ZONE plant.time_zone() AS begins) AS b
                WHERE f.machine = m.id AND m.time >= b.begins AND m.time < b.begins + (f.growth + f.hold) * INTERVAL '1 hour'
            ) AS f ON w.state = 'running'
            -- a fan's gateway that was restarted
            WHERE NOT (m.id = 'fan-04' AND m.wall >= date_trunc('day', v_end AT TIME ZONE plant.time_zone()) - INTERVAL '4 days 21 hours'
                       AND m.wall < date_trunc('day', v_end AT TIME ZONE plant.time_zone()) - INTERVAL '4 days 20 hours 25 minutes')
        ), value AS (
            SELECT s.time, q.name, s.id AS equipment_id, q.value
            FROM state AS s
            CROSS JOIN LATERAL (
                SELECT c.name, CASE s.state WHEN 'stopped' THEN 0 ELSE s.rated * sqrt(0.16 + (s.load + 0.05 * coalesce(s.severity, 0)) ^ 2 * 0.84)
                                                * (1 + 0.012 * (random() - 0.5)) END AS value
                FROM unnest('{current_x,current_y,current_z}'::text[]) AS c (name)
                UNION ALL
                SELECT 'vibration', CASE s.state WHEN 'stopped' THEN 0.04 + 0.02 * random()
                    ELSE (0.45 + 0.08 * sqrt(s.kw)) * (0.85 + 0.3 * s.load) * (1 + s.more_vibration * coalesce(s.severity, 0)) * (0.95 + 0.1 * random()) END
                UNION ALL
                SELECT 'temperature', CASE s.state WHEN 'stopped' THEN 24 ELSE 32 + 26 * s.load END
                    + s.more_heat * coalesce(s.severity, 0) + 0.4 * (random() - 0.5)
                UNION ALL
                SELECT CASE s.type WHEN 'pump' THEN 'flow' WHEN 'conveyor' THEN 'speed' WHEN 'fan' THEN 'airflow' WHEN 'mixer' THEN 'torque' ELSE 'pressure' END,
                    CASE s.type WHEN 'pump' THEN 60 + 90 * s.load + 2 * random()
                                WHEN 'conveyor' THEN CASE s.state WHEN 'stopped' THEN 0 ELSE 0.82 - 0.04 * s.load + 0.01 * random() END
                                WHEN 'fan' THEN 900 + 700 * s.load + 20 * random()
                                WHEN 'mixer' THEN CASE s.state WHEN 'stopped' THEN 0 ELSE 8 + 22 * s.load + random() END
                                -- a transmitter that froze
                                ELSE CASE WHEN s.id = 'compressor-05' AND s.wall >= date_trunc('day', v_end AT TIME ZONE plant.time_zone()) - INTERVAL '2 days 23 hours'
                                               AND s.wall < date_trunc('day', v_end AT TIME ZONE plant.time_zone()) - INTERVAL '2 days 18 hours' THEN 6.9
                                          ELSE 5.8 + 1.6 * s.load + 0.06 * random() END END
            ) AS q (name, value)
        )
        INSERT INTO pg_temp.import_staging (n, line, sensor_id, "time", value, quality)
        SELECT row_number() OVER (), row_number() OVER (), p.id, v.time, round(v.value::numeric, 3), 0
        FROM value AS v
        JOIN plant.sensor AS p ON p.equipment_id = v.equipment_id AND p.name = v.name;
        GET DIAGNOSTICS v_points = ROW_COUNT;
        SELECT count(*) INTO v_refused FROM ingest.import_block(v_import.id, v_day - 1, v_day, v_points);
        IF v_refused > 0 THEN
            PERFORM ingest.import_rejects(v_import.id, v_refused, 0);
        END IF;
        COMMIT;
    END LOOP;
END
$$;

-- Once, and all of it.
BEGIN;
CREATE TEMP TABLE demo_time ON COMMIT DROP AS
SELECT f.*, t.begins, t.begins + (f.growth + f.hold) * INTERVAL '1 hour' AS ends
FROM demo_fault AS f
CROSS JOIN LATERAL (SELECT (date_trunc('day', current_setting('demo.end')::timestamptz AT TIME ZONE plant.time_zone()) - f.days * INTERVAL '1 day'
                            + f.hour * INTERVAL '1 hour') AT TIME ZONE plant.time_zone() AS begins) AS t
JOIN plant.equipment AS e ON e.id = f.machine
WHERE NOT EXISTS (SELECT FROM alarm.known_fault AS k WHERE k.source = 'demo: made-up history');
INSERT INTO plant.maintenance (equipment_id, kind, title, description, starts_at, ends_at, suppress_alarms, status, assignee, created_by)
SELECT t.machine, 'work_order', t.repair, 'Made up for the demo.', t.ends - INTERVAL '30 minutes', t.ends + INTERVAL '1 hour' + t.days * INTERVAL '10 minutes',
       false, 'done', 'Lee', 'demo'
FROM demo_time AS t;
WITH raised AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('alarm.alarm', 'id')) AS id, r.name AS code, r.id AS rule_id, r.version, r.condition, b.*
    FROM alarm.rule AS r
    CROSS JOIN LATERAL alarm.backtest(r.id, current_setting('demo.end')::timestamptz - INTERVAL '7 days', current_setting('demo.end')::timestamptz) AS b
    WHERE r.owner = 'demo' AND r.enabled AND b.cleared_at IS NOT NULL AND EXISTS (SELECT FROM demo_time)
), kept AS (
    INSERT INTO alarm.alarm (id, rule_id, rule_version, code, equipment_id, sensor_id, condition, level, severity, worst_severity, value, peak_value,
        raised_at, cleared_at, active, acknowledged, acknowledged_at, acknowledged_by, announced_at, chattering, data)
    SELECT r.id, r.rule_id, r.version, r.code, r.equipment_id, r.sensor_id, r.condition, r.level, r.severity, r.worst_severity, r.value, r.peak_value,
           r.raised_at, r.cleared_at, false, a.at IS NOT NULL, a.at, CASE WHEN a.at IS NOT NULL THEN 'Kim' END, r.raised_at, r.chattering,
           '{"demo": "made-up history"}'
    FROM raised AS r
    CROSS JOIN LATERAL (SELECT CASE WHEN r.cleared_at - r.raised_at > INTERVAL '10 minutes'
                                    THEN r.raised_at + INTERVAL '2 minutes' + r.id % 7 * INTERVAL '1 minute' END AS at) AS a
    RETURNING id, acknowledged_at
)
INSERT INTO alarm.transition (alarm_id, kind, occurred_at, recorded_at, actor, comment, severity, level, value)
SELECT x.* FROM (
    SELECT r.id, t ->> 'kind', (t ->> 'time')::timestamptz AS at, (t ->> 'time')::timestamptz, 'system', NULL, t ->> 'severity', coalesce(t ->> 'level', r.level), r.value
    FROM raised AS r CROSS JOIN LATERAL jsonb_array_elements(r.transitions) AS t
    WHERE t ->> 'kind' IN ('raised', 'severity_changed', 'cleared')
    UNION ALL
    SELECT r.id, 'acknowledged', k.acknowledged_at, k.acknowledged_at, 'Kim', 'demo: looked at it', r.severity, r.level, NULL
    FROM raised AS r JOIN kept AS k ON k.id = r.id WHERE k.acknowledged_at IS NOT NULL
) AS x
ORDER BY x.at;
INSERT INTO alarm.known_fault (equipment_id, starts_at, ends_at, label, source)
SELECT t.machine, t.begins, t.ends, t.label, 'demo: made-up history' FROM demo_time AS t;
COMMIT;

-- Minutes, hours, days and states of the week at once: the jobs would come to them within the hour.
SELECT current_setting('demo.is_new') AS demo_is_new \gset
\if :demo_is_new
    -- compat is where the Apache edition has it
    SET search_path = compat, public;
    SELECT current_setting('demo.end')::timestamptz - INTERVAL '8 days' AS demo_from, date_trunc('hour', now()) AS demo_to \gset
    CALL refresh_continuous_aggregate('rollup.reading_1m', :'demo_from', :'demo_to');
    CALL refresh_continuous_aggregate('rollup.reading_1h', :'demo_from', :'demo_to');
    DO $$
    BEGIN
        WHILE rollup.refresh() > 0 LOOP
            COMMIT;
        END LOOP;
    END
    $$;
    RESET search_path;
\endif
