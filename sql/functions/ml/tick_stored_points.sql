CREATE OR REPLACE FUNCTION ml.tick_stored_points() RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    -- the planner takes what came since the last run for a handful of rows
    SET enable_nestloop = off SET jit = off
AS $$
DECLARE
    -- so much time of measurement in one step
    c_slice CONSTANT interval := INTERVAL '1 minute';
    -- a machine begins with what came this long ago at the most
    c_first CONSTANT interval := INTERVAL '1 minute';
    -- what is left after that has time until the next run
    c_budget CONSTANT interval := INTERVAL '5 seconds';
    v_began CONSTANT timestamptz := clock_timestamp();
    v_hold CONSTANT interval := ops.setting_interval('ml.rul_lite_hold');
    v_life CONSTANT float8 := ops.setting_float('ml.rul_lite_life');
    v_until CONSTANT timestamptz := v_began - ops.setting_interval('ml.rul_lite_settle');
    v_due record;
    v_all integer[];
    v_sensors integer[];
    v_from timestamptz;
    v_to timestamptz;
    v_ticks bigint := 0;
    v_step bigint;
    v_told ml.rul_lite_state[];
BEGIN
    IF NOT ops.setting_bool('ml.rul_lite_stored') THEN
        -- switched on again, it begins with what comes then
        DELETE FROM ml.rul_lite_feed;
        RETURN 0;
    ELSIF NOT EXISTS (SELECT FROM ml.rul_lite_threshold) THEN
        RETURN 0;
    END IF;

    -- 1. Machines that have thresholds and told something new; what happened before the thresholds were set is not
    -- judged.
    INSERT INTO ml.rul_lite_feed (equipment_id, done_to)
    SELECT e.equipment_id, greatest(max(t.set_at), v_until - c_first)
    FROM (SELECT DISTINCT s.equipment_id FROM plant.sensor AS s
          WHERE telemetry.field_type(s.type, s.name) IN ('x', 'y', 'z', 'vibe')) AS e
    JOIN (SELECT t.equipment_id, max(t.set_at) AS set_at FROM ml.rul_lite_threshold AS t GROUP BY t.equipment_id) AS t
        ON t.equipment_id = e.equipment_id OR t.equipment_id = '*'
    LEFT JOIN ml.rul_lite_feed AS f ON f.equipment_id = e.equipment_id
    WHERE f.equipment_id IS NULL
    GROUP BY e.equipment_id
    ON CONFLICT DO NOTHING;
    SELECT array_agg(d.equipment_id) AS equipment_id, array_agg(d.power) AS power, array_agg(d.done_to) AS done_to,
           array_agg(d.current_threshold) AS current, array_agg(d.vibration_threshold) AS vibration
    INTO v_due
    FROM (
        SELECT f.equipment_id, w.power, f.done_to, t.current_threshold, t.vibration_threshold
        FROM ml.rul_lite_feed AS f
        CROSS JOIN LATERAL ml.rul_lite_last_power(f.equipment_id) AS w
        CROSS JOIN LATERAL ml.rul_lite_limits(f.equipment_id, w.power) AS t
        JOIN (SELECT n.equipment_id, max(n.time) FILTER (WHERE n.name <> 'vibe') AS current,
                     max(n.time) FILTER (WHERE n.name = 'vibe') AS vibe
              FROM (SELECT s.equipment_id, telemetry.field_type(s.type, s.name) AS name, l.time FROM plant.sensor AS s
                    JOIN telemetry.latest AS l ON l.sensor_id = s.id WHERE s.status <> 'retired') AS n
              WHERE n.name IN ('x', 'y', 'z', 'vibe')
              GROUP BY n.equipment_id) AS h ON h.equipment_id = f.equipment_id
            -- of what makes its moments (below)
            AND f.done_to < CASE WHEN t.current_threshold IS NOT NULL AND h.current IS NOT NULL THEN h.current
                                 ELSE h.vibe END
        WHERE f.done_to < v_until
        ORDER BY f.equipment_id
    ) AS d;
    IF v_due.equipment_id IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO ml.rul_lite_state (equipment_id, power, time, units, ceiling)
    SELECT d.equipment_id, d.power, d.done_to, v_life, v_life
    FROM unnest(v_due.equipment_id, v_due.power, v_due.done_to) AS d (equipment_id, power, done_to)
    ON CONFLICT DO NOTHING;
    -- those that tick over HTTP wait until this run is over
    PERFORM FROM ml.rul_lite_state AS s
    JOIN unnest(v_due.equipment_id, v_due.power) AS d (equipment_id, power) USING (equipment_id, power)
    ORDER BY s.equipment_id, s.power FOR UPDATE OF s;
    SELECT array_agg(p.id) INTO v_all
    FROM plant.sensor AS p
    WHERE p.equipment_id = ANY (v_due.equipment_id) AND p.status <> 'retired'
      AND telemetry.field_type(p.type, p.name) IN ('x', 'y', 'z', 'vibe');
    v_from := (SELECT min(d) FROM unnest(v_due.done_to) AS d);

    -- 2. A loop over slices of time, mostly one: readings are read once a slice and not once a machine, and a long
    -- pause is worked off in bounded steps.
    WHILE v_from < v_until AND clock_timestamp() < v_began + c_budget LOOP
        v_to := least(v_from + c_slice, v_until);
        SELECT array_agg(p.id) INTO v_sensors
        FROM ml.rul_lite_feed AS f JOIN plant.sensor AS p ON p.equipment_id = f.equipment_id
        WHERE p.id = ANY (v_all) AND f.done_to < v_to;
        -- A moment is a time at which currents were measured, where currents are judged and there are any; else one at
        -- which the vibration was. What else there is counts for a while.
        WITH machine AS (
            SELECT f.equipment_id, d.power, f.done_to, d.current, d.vibration
            FROM unnest(v_due.equipment_id, v_due.power, v_due.current, v_due.vibration)
                AS d (equipment_id, power, current, vibration)
            JOIN ml.rul_lite_feed AS f ON f.equipment_id = d.equipment_id AND f.done_to < v_to
        ), axis AS MATERIALIZED (
            SELECT m.*, s.id, s.name,
                   bool_or(s.name <> 'vibe' AND m.current IS NOT NULL) OVER (PARTITION BY m.equipment_id) AS by_current
            FROM machine AS m
            JOIN (SELECT p.id, p.equipment_id, telemetry.field_type(p.type, p.name) AS name FROM plant.sensor AS p
                  WHERE p.status <> 'retired') AS s
                ON s.equipment_id = m.equipment_id AND s.name IN ('x', 'y', 'z', 'vibe')
        ), point AS MATERIALIZED (
            SELECT a.equipment_id, a.power, a.done_to, a.current, a.vibration, a.by_current, a.name, r.time, r.value,
                   r.quality < 2 AND NOT r.is_historical AS is_good
            FROM telemetry.reading AS r
            JOIN axis AS a ON a.id = r.sensor_id
            WHERE r.sensor_id = ANY (v_sensors) AND r.time > v_from - v_hold AND r.time <= v_to
              AND r.time > a.done_to - v_hold
        ), moment AS (
            SELECT p.equipment_id, p.power, p.done_to, p.current, p.vibration, p.by_current, p.time,
                   max(p.value) FILTER (WHERE p.name = 'x') AS x, max(p.value) FILTER (WHERE p.name = 'y') AS y,
                   max(p.value) FILTER (WHERE p.name = 'z') AS z, max(p.value) FILTER (WHERE p.name = 'vibe') AS vibe
            FROM point AS p
            WHERE p.is_good
            GROUP BY p.equipment_id, p.power, p.done_to, p.current, p.vibration, p.by_current, p.time
        ), counted AS (
            SELECT m.*, count(m.x) OVER w AS nx, count(m.y) OVER w AS ny, count(m.z) OVER w AS nz,
                   count(m.vibe) OVER w AS nv
            FROM moment AS m
            WINDOW w AS (PARTITION BY m.equipment_id ORDER BY m.time)
        ), held AS (
            SELECT c.equipment_id, c.power, c.current, c.vibration, c.time,
                   c.time > c.done_to
                       AND CASE WHEN c.by_current THEN num_nonnulls(c.x, c.y, c.z) > 0 ELSE c.vibe IS NOT NULL END
                       AS is_tick,
                   CASE WHEN c.time - first_value(c.time) OVER x < v_hold THEN first_value(c.x) OVER x END AS x,
                   CASE WHEN c.time - first_value(c.time) OVER y < v_hold THEN first_value(c.y) OVER y END AS y,
                   CASE WHEN c.time - first_value(c.time) OVER z < v_hold THEN first_value(c.z) OVER z END AS z,
                   CASE WHEN c.time - first_value(c.time) OVER v < v_hold THEN first_value(c.vibe) OVER v END AS vibe
            FROM counted AS c
            WINDOW x AS (PARTITION BY c.equipment_id, c.nx ORDER BY c.time),
                y AS (PARTITION BY c.equipment_id, c.ny ORDER BY c.time),
                   z AS (PARTITION BY c.equipment_id, c.nz ORDER BY c.time),
                   v AS (PARTITION BY c.equipment_id, c.nv ORDER BY c.time)
        ), tick AS (
            SELECT h.equipment_id, h.power, array_agg(h.time ORDER BY h.time) AS times,
                   array_agg(ml.rul_lite_load(h.x, h.y, h.z, h.vibe, h.current, h.vibration) ORDER BY h.time) AS ratios,
                   (array_agg(h.x ORDER BY h.time DESC))[1] AS x, (array_agg(h.y ORDER BY h.time DESC))[1] AS y,
                   (array_agg(h.z ORDER BY h.time DESC))[1] AS z, (array_agg(h.vibe ORDER BY h.time DESC))[1] AS vibe
            FROM held AS h
            WHERE h.is_tick
            GROUP BY h.equipment_id, h.power
        ), run AS MATERIALIZED (
            SELECT t.equipment_id, t.power, t.times, r.state, r.told
            FROM tick AS t
            JOIN ml.rul_lite_state AS s ON s.equipment_id = t.equipment_id AND s.power = t.power
            CROSS JOIN LATERAL ml.rul_lite_run(
                -- the setting of a life may be another than when this one began
                ROW(s.equipment_id, s.power, s.time, least(s.units, v_life), least(s.ceiling, v_life), s.is_on, s.above,
                    s.below,
                    s.calm, s.ratio, s.step_decay, s.step_recover, s.recorded_at, t.x, t.y, t.z,
                    t.vibe)::ml.rul_lite_state,
                t.times, t.ratios) AS r
        ), moved AS (
            UPDATE ml.rul_lite_feed AS f SET
                done_to = greatest(f.done_to, d.time),
                ticks = f.ticks + coalesce(cardinality(r.times), 0),
                last_ticks = coalesce(cardinality(r.times), f.last_ticks)
            -- what is no tick was looked at all the same
            FROM (SELECT p.equipment_id, max(p.time) AS time FROM point AS p
                  WHERE p.name <> 'vibe' OR NOT p.by_current GROUP BY p.equipment_id) AS d
            LEFT JOIN run AS r ON r.equipment_id = d.equipment_id
            WHERE f.equipment_id = d.equipment_id AND d.time > f.done_to
        ), kept AS (
            UPDATE ml.rul_lite_state AS s SET
                time = (r.state).time, units = (r.state).units, ceiling = (r.state).ceiling, is_on = (r.state).is_on,
                above = (r.state).above, below = (r.state).below, calm = (r.state).calm, ratio = (r.state).ratio,
                step_decay = (r.state).step_decay, step_recover = (r.state).step_recover,
                recorded_at = (r.state).recorded_at, x = (r.state).x, y = (r.state).y, z = (r.state).z,
                vibe = (r.state).vibe
            FROM run AS r
            WHERE s.equipment_id = r.equipment_id AND s.power = r.power
        )
        SELECT coalesce(sum(cardinality(r.times)), 0),
               (SELECT array_agg(o ORDER BY o.recorded_at, o.equipment_id) FROM run AS n
                CROSS JOIN LATERAL unnest(n.told) AS o)
        INTO v_step, v_told
        FROM run AS r;
        PERFORM ml.tell_rul_lite(v_told);
        v_ticks := v_ticks + v_step;
        -- where nothing was measured, on to where something was
        v_from := CASE WHEN v_to = v_until THEN v_until
                       WHEN v_step > 0 THEN v_to
                       ELSE (SELECT coalesce(greatest(min(r.time) - INTERVAL '1 microsecond', v_to), v_until)
                             FROM telemetry.reading AS r
                             WHERE r.sensor_id = ANY (v_all) AND r.time > v_to AND r.time <= v_until) END;
    END LOOP;
    RETURN v_ticks;
END
$$;
COMMENT ON FUNCTION ml.tick_stored_points() IS
    'Job: each moment of currents and vibration that came since the last run, of machines that have thresholds '
    '(ml.rul_lite_threshold), is a tick of RUL-lite as POST rul/ingest makes it, in the order of their times, once '
    'at the most (ml.rul_lite_feed). What is older than the last tick, historical or of bad quality is none. Setting '
    'ml.rul_lite_stored: on or off. Returns how many ticks.';
REVOKE ALL ON FUNCTION ml.tick_stored_points() FROM PUBLIC;
