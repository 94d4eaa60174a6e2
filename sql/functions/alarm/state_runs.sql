CREATE OR REPLACE FUNCTION alarm.state_runs(
    equipment_id text, "from" timestamptz, "to" timestamptz, "window" interval DEFAULT '1 day'
)
    RETURNS TABLE (state text, since timestamptz, until timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH told AS (
        SELECT r.time,
               least(lead(r.time, 1, 'infinity') OVER (ORDER BY r.time),
                     r.time + coalesce($4, INTERVAL '1 day')) AS until, o.state
        FROM plant.sensor AS s
        JOIN telemetry.reading AS r ON r.sensor_id = s.id
        LEFT JOIN alarm.operating_state AS o ON o.equipment_id = s.equipment_id AND r.value >= o.low
            AND r.value < o.high
        WHERE s.equipment_id = $1
          AND s.name = (SELECT x.sensor FROM alarm.operating_state AS x WHERE x.equipment_id = $1 LIMIT 1)
          AND r.time > $2 - coalesce($4, INTERVAL '1 day') AND r.time <= $3 AND r.quality < 2
    ), numbered AS (
        -- the same state without a break between is one run
        SELECT b.*, count(*) FILTER (WHERE b.begins) OVER (ORDER BY b.time) AS run
        FROM (SELECT t.*,
                     (t.state IS NOT DISTINCT FROM lag(t.state) OVER w
                      AND t.time <= lag(t.until) OVER w) IS NOT TRUE AS begins
              FROM told AS t WINDOW w AS (ORDER BY t.time)) AS b
    )
    SELECT min(n.state), min(n.time), max(n.until) FROM numbered AS n WHERE n.state IS NOT NULL GROUP BY n.run
$$;
COMMENT ON FUNCTION alarm.state_runs(text, timestamptz, timestamptz, interval) IS
    'When a machine was in which operating state (alarm.operating_state): from since to until (exclusive), as its '
    'state sensor said last, for at most window after each of its values. Covers from … to; runs may reach beyond.';
REVOKE ALL ON FUNCTION alarm.state_runs(text, timestamptz, timestamptz, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.state_runs(text, timestamptz, timestamptz, interval) TO viewer;
