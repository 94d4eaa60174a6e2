CREATE OR REPLACE FUNCTION telemetry.watch_clocks("now" timestamptz DEFAULT clock_timestamp()) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- within it counts the point that lost least time on its way
    c_window CONSTANT interval := '1 minute';
BEGIN
    WITH event AS (
        DELETE FROM telemetry.clock_event AS e RETURNING e.*
    ), noticed AS (
        SELECT e.equipment_id, max(e.clock_offset) AS clock_offset, max(e.received_at) AS received_at,
               sum(e.historical) AS historical, sum(e.unjudged) AS unjudged, sum(e.disowned) AS disowned,
               max(e.received_at) FILTER (WHERE e.disowned > 0) AS stepped_at
        FROM event AS e GROUP BY e.equipment_id
    ), heard AS (
        SELECT s.equipment_id, max(l.time - l.received_at) AS clock_offset, max(l.received_at) AS received_at
        FROM telemetry.latest AS l
        JOIN plant.sensor AS s ON s.id = l.sensor_id
        LEFT JOIN telemetry.clock AS c ON c.equipment_id = s.equipment_id
        WHERE isfinite(l.time) AND (c.measured_at IS NULL OR l.received_at > c.measured_at)
        GROUP BY s.equipment_id
    ), seen AS (
        SELECT e.id AS equipment_id, greatest(h.clock_offset, n.clock_offset) AS clock_offset,
               greatest(h.received_at, CASE WHEN n.clock_offset IS NOT NULL THEN n.received_at END) AS received_at,
               coalesce(n.historical, 0) AS historical, coalesce(n.unjudged, 0) AS unjudged,
               coalesce(n.disowned, 0) AS disowned, n.stepped_at
        FROM heard AS h
        FULL JOIN noticed AS n ON n.equipment_id = h.equipment_id
        JOIN plant.equipment AS e ON e.id = coalesce(h.equipment_id, n.equipment_id)
    )
    INSERT INTO telemetry.clock AS c
        (equipment_id, clock_offset, measured_at, best, window_began, historical, unjudged, stepped_at, disowned)
    SELECT s.equipment_id, s.clock_offset, s.received_at, s.clock_offset, watch_clocks.now, s.historical, s.unjudged,
           s.stepped_at, s.disowned
    FROM seen AS s
    ORDER BY s.equipment_id
    ON CONFLICT (equipment_id) DO UPDATE SET
        -- what is less behind than thought is believed at once, what is further behind when a minute has not shown
        -- better
        (clock_offset, best, window_began) = (
            SELECT CASE WHEN excluded.stepped_at IS NOT NULL THEN coalesce(excluded.clock_offset, c.clock_offset)
                        WHEN w.is_over THEN coalesce(greatest(c.best, excluded.clock_offset), c.clock_offset)
                        ELSE greatest(c.clock_offset, excluded.clock_offset) END,
                   CASE WHEN NOT w.is_over THEN greatest(c.best, excluded.clock_offset) END,
                   CASE WHEN w.is_over THEN watch_clocks.now ELSE c.window_began END
            FROM (SELECT excluded.stepped_at IS NOT NULL
                  OR c.window_began + c_window <= watch_clocks.now AS is_over) AS w),
        measured_at = greatest(c.measured_at, excluded.measured_at),
        historical = c.historical + excluded.historical, unjudged = c.unjudged + excluded.unjudged,
        stepped_at = coalesce(excluded.stepped_at, c.stepped_at), disowned = c.disowned + excluded.disowned;

    -- beyond the limit; right again when well within it, so that one at the limit does not flap
    UPDATE telemetry.clock AS c
    SET wrong_since = CASE WHEN w.is_wrong THEN watch_clocks.now END
    FROM (
        SELECT x.equipment_id,
               coalesce(greatest(x.clock_offset, -x.clock_offset) >= make_interval(secs =>
                   l.high - CASE WHEN x.wrong_since IS NULL THEN 0 ELSE l.deadband END), false) AS is_wrong
        FROM telemetry.clock AS x
        LEFT JOIN alarm.system_condition AS l ON l.name = 'clock' AND l.enabled
        WHERE x.clock_offset IS NOT NULL
    ) AS w
    WHERE c.equipment_id = w.equipment_id AND w.is_wrong <> (c.wrong_since IS NOT NULL);

    RETURN alarm.judge_system('{clock}', watch_clocks.now);
END
$$;
COMMENT ON FUNCTION telemetry.watch_clocks(timestamptz) IS
    'Estimates how far each machine''s clock is off (telemetry.clock), counts what ingest noticed of clocks, and has '
    'the system condition clock judged. A job; returns how many machines'' clocks are wrong by its limit.';
REVOKE ALL ON FUNCTION telemetry.watch_clocks(timestamptz) FROM PUBLIC;
