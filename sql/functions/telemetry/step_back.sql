CREATE OR REPLACE FUNCTION telemetry.step_back(
    late integer[], sensor_id integer[], "time" timestamptz[], received_at timestamptz
) RETURNS integer[]
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- points of a clock that only runs late come about as late each time
    c_jitter CONSTANT interval := '2 seconds';
    -- and for so long, and so often, while nothing newer comes
    c_patience CONSTANT interval := '5 seconds';
    c_arrivals CONSTANT integer := 4;
    v_tolerance interval := ops.setting_interval('telemetry.clock_step');
    v_stepped integer[];
BEGIN
    IF step_back.late IS NULL THEN
        RETURN NULL;
    END IF;
    WITH told AS MATERIALIZED (
        SELECT l.sensor_id, l.time AS before, l.received_at AS before_at, u.first, u.last, u.times
        FROM (
            SELECT p.sensor_id, min(p.time) AS first, max(p.time) AS last, array_agg(p.time) AS times
            FROM unnest(step_back.sensor_id, step_back.time) AS p (sensor_id, time)
            JOIN unnest(step_back.late) AS i (sensor_id) ON i.sensor_id = p.sensor_id
            GROUP BY p.sensor_id
        ) AS u
        JOIN telemetry.latest AS l ON l.sensor_id = u.sensor_id
        WHERE isfinite(l.time) AND u.last < l.time - v_tolerance
    ), run AS (
        INSERT INTO telemetry.late_run AS r
            (sensor_id, behind, lag, since, first_time, last_time, arrivals, points)
        SELECT t.sensor_id, t.before, step_back.received_at - t.last, step_back.received_at, t.first, t.last, 1,
               cardinality(t.times)
        FROM told AS t
        ORDER BY t.sensor_id
        ON CONFLICT (sensor_id) DO UPDATE SET
            behind = excluded.behind, last_time = excluded.last_time,
            (lag, since, first_time, arrivals, points) = (
                SELECT CASE WHEN k.goes_on THEN r.lag ELSE excluded.lag END,
                       CASE WHEN k.goes_on THEN r.since ELSE excluded.since END,
                       CASE WHEN k.goes_on THEN r.first_time ELSE excluded.first_time END,
                       CASE WHEN k.goes_on THEN r.arrivals ELSE 0 END + 1,
                       CASE WHEN k.goes_on THEN r.points ELSE 0 END + excluded.points
                FROM (SELECT r.behind = excluded.behind AND excluded.last_time > r.last_time
                             AND excluded.lag BETWEEN r.lag - c_jitter AND r.lag + c_jitter AS goes_on) AS k)
        RETURNING r.sensor_id, r.since, r.arrivals, r.first_time, r.points
    ), stepped AS MATERIALIZED (
        SELECT t.*, s.equipment_id
        FROM told AS t
        JOIN plant.sensor AS s ON s.id = t.sensor_id
        JOIN run AS r ON r.sensor_id = t.sensor_id
        WHERE
            -- what it told last lies in our future, so its clock was fast; what it tells now lies about now
            (t.before > step_back.received_at + v_tolerance AND t.before - t.before_at > v_tolerance
             AND t.last BETWEEN step_back.received_at - v_tolerance AND step_back.received_at + v_tolerance)
            -- or it goes on at the pace of time, only earlier, among points that it had told already: what was only
            -- held up fills a gap
            OR (r.arrivals >= c_arrivals AND r.since + c_patience <= step_back.received_at
                AND (SELECT count(*) FROM telemetry.reading AS x
                     WHERE x.sensor_id = t.sensor_id AND x.time BETWEEN r.first_time AND t.last AND x.quality < 2)
                    >= 1.7 * r.points)
    ), disowned AS (
        -- its points that lie ahead judge nothing any more, neither now nor in a backtest
        UPDATE telemetry.reading AS r
        SET quality = 2
        FROM stepped AS s
        WHERE r.sensor_id = s.sensor_id AND r.time > s.first AND r.time <= s.before AND r.time <> ALL (s.times)
          AND r.quality < 2
        RETURNING r.sensor_id
    ), back AS (
        UPDATE telemetry.latest AS l SET time = '-infinity', burst = NULL
        FROM stepped AS s
        WHERE l.sensor_id = s.sensor_id
    ), noted AS (
        INSERT INTO telemetry.clock_event (equipment_id, received_at, clock_offset, disowned)
        SELECT s.equipment_id, step_back.received_at, max(s.last) - step_back.received_at,
               sum((SELECT count(*) FROM disowned AS d WHERE d.sensor_id = s.sensor_id))
        FROM stepped AS s
        GROUP BY s.equipment_id
    )
    SELECT array_agg(s.sensor_id) INTO v_stepped FROM stepped AS s;
    RETURN v_stepped;
END
$$;
COMMENT ON FUNCTION telemetry.step_back(integer[], integer[], timestamptz[], timestamptz) IS
    'Which of the sensors that told something late did so because their clock was put back: they had told the future '
    'and now tell the present, or they go on at the pace of time with times that are about as late at each of some '
    'arrivals. Takes their latest values back and marks the points that lie ahead of the new clock as bad. late: '
    'sensors; then the new points, just stored, and when they arrived. Part of ingest.store, which holds the latest '
    'values.';
REVOKE ALL ON FUNCTION telemetry.step_back(integer[], integer[], timestamptz[], timestamptz) FROM PUBLIC;
