CREATE OR REPLACE FUNCTION rollup.compute_machines(p_from timestamptz, p_to timestamptz, p_equipment_ids text[] DEFAULT NULL,
    p_now timestamptz DEFAULT now()) RETURNS SETOF rollup.machine_15m
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_origin CONSTANT timestamptz := '2000-01-01 00:00Z';
    c_minute CONSTANT interval := INTERVAL '1 minute';
    v_hold interval := date_bin(c_minute, c_origin + ops.setting_interval('plant.state_hold'), c_origin) - c_origin;
    v_running float8 := ops.setting_float('plant.running_current');
    v_idle float8 := ops.setting_float('plant.idle_current');
    -- kW for each ampere of line current
    v_kilowatts float8 := sqrt(3) * ops.setting_float('plant.line_voltage') * ops.setting_float('plant.power_factor') / 1000;
    v_sensors integer[] := ARRAY(SELECT s.id FROM plant.sensor AS s WHERE s.equipment_id = ANY (p_equipment_ids));
    v_until timestamptz := least(p_to, date_bin(c_minute, p_now, c_origin) + c_minute);
BEGIN
    -- planned each time: of a few machines it reads their sensors, of all of them the minutes
    RETURN QUERY EXECUTE format($sql$
        WITH sensor AS MATERIALIZED (
            SELECT s.id, s.equipment_id, s.type, o.sensor IS NOT NULL AS tells_state, d.equipment_id IS NOT NULL AS is_declared,
                a.multiplier / a.divisor AS amperes, w.multiplier / w.divisor AS kilowatts
            FROM plant.sensor AS s
            LEFT JOIN (SELECT DISTINCT o.equipment_id, o.sensor FROM alarm.operating_state AS o) AS o
                ON o.equipment_id = s.equipment_id AND o.sensor = s.name
            LEFT JOIN (SELECT DISTINCT o.equipment_id FROM alarm.operating_state AS o) AS d ON d.equipment_id = s.equipment_id
            LEFT JOIN LATERAL plant.conversion(coalesce(s.unit, 'A'), 'A') AS a ON s.type = 'current'
            LEFT JOIN LATERAL plant.conversion(s.unit, 'kW') AS w ON s.type = 'power'
            %1$s
        ),
        minute AS MATERIALIZED (
            SELECT s.equipment_id, s.tells_state, s.is_declared, s.amperes, s.kilowatts, m.bucket, m.count, m.last, m.mean
            FROM rollup.reading_1m AS m
            JOIN sensor AS s ON s.id = m.sensor_id
            WHERE m.bucket >= $1 - $3 - $8 AND m.bucket < $9 %2$s
        ),
        -- one value a minute that tells the state: of the sensor that is declared, else the mean of the phases
        told AS (
            SELECT m.equipment_id, m.bucket,
                CASE WHEN o.state IS NOT NULL THEN coalesce(k.kind, 'running') WHEN m.last < b.lowest THEN 'stopped' END AS kind
            FROM minute AS m
            JOIN (SELECT o.equipment_id, min(o.low) AS lowest FROM alarm.operating_state AS o GROUP BY 1) AS b USING (equipment_id)
            LEFT JOIN alarm.operating_state AS o ON o.equipment_id = m.equipment_id AND m.last >= o.low AND m.last < o.high
            LEFT JOIN rollup.state_kind AS k ON k.state = lower(o.state)
            WHERE m.tells_state
            UNION ALL
            SELECT m.equipment_id, m.bucket, CASE WHEN avg(m.last * m.amperes) >= $4 THEN 'running'
                WHEN avg(m.last * m.amperes) >= $5 THEN 'idle' ELSE 'stopped' END
            FROM minute AS m WHERE m.amperes IS NOT NULL AND NOT m.is_declared
            GROUP BY 1, 2
        ),
        held AS (
            SELECT t.equipment_id, g AS bucket, t.kind
            FROM (SELECT t.*, lead(t.bucket, 1, 'infinity') OVER (PARTITION BY t.equipment_id ORDER BY t.bucket) AS next FROM told AS t) AS t
            CROSS JOIN LATERAL generate_series(t.bucket, least(t.next, t.bucket + $3, $9) - $8, $8) AS g
            WHERE t.kind IS NOT NULL
        ),
        state AS (
            SELECT h.equipment_id, date_bin('15 minutes', h.bucket, $7) AS bucket,
                count(*) FILTER (WHERE h.kind = 'running') AS running, count(*) FILTER (WHERE h.kind = 'idle') AS idle,
                count(*) FILTER (WHERE h.kind = 'stopped') AS stopped, count(*) FILTER (WHERE h.kind = 'running' AND h.before <> 'running') AS starts
            FROM (
                SELECT h.*, CASE WHEN lag(h.bucket) OVER w = h.bucket - $8 THEN lag(h.kind) OVER w END AS before
                FROM held AS h WINDOW w AS (PARTITION BY h.equipment_id ORDER BY h.bucket)
            ) AS h
            WHERE h.bucket >= $1
            GROUP BY 1, 2
        ),
        volume AS (
            SELECT m.equipment_id, date_bin('15 minutes', m.bucket, $7) AS bucket, sum(m.count)::bigint AS points,
                bit_or(1 << (extract(epoch FROM m.bucket - date_bin('15 minutes', m.bucket, $7)) / 60)::int) AS heard,
                coalesce(sum(m.mean * m.kilowatts) / 60, sum(m.phase * m.amperes) / 60 * $6) AS energy
            FROM (
                SELECT m.*, m.mean / nullif(count(m.amperes) OVER (PARTITION BY m.equipment_id, m.bucket), 0) AS phase
                FROM (SELECT m.equipment_id, m.bucket, m.count, m.mean, m.kilowatts, m.amperes FROM minute AS m WHERE m.bucket >= $1) AS m
            ) AS m
            GROUP BY 1, 2
        )
        SELECT e.id, q, coalesce(s.running, 0)::smallint, coalesce(s.idle, 0)::smallint, coalesce(s.stopped, 0)::smallint,
            ((extract(epoch FROM least(q + INTERVAL '15 minutes', $9) - q) / 60)::int
                - coalesce(s.running + s.idle + s.stopped, 0))::smallint,
            coalesce(s.starts, 0)::smallint, v.energy, coalesce(v.points, 0), coalesce(v.heard, 0)
        FROM plant.equipment AS e
        CROSS JOIN generate_series(date_bin('15 minutes', $1, $7), $9 - $8, '15 minutes') AS q
        LEFT JOIN state AS s ON s.equipment_id = e.id AND s.bucket = q
        LEFT JOIN volume AS v ON v.equipment_id = e.id AND v.bucket = q
        WHERE %3$s $sql$,
        CASE WHEN p_equipment_ids IS NOT NULL THEN 'WHERE s.id = ANY ($2)' END,
        CASE WHEN p_equipment_ids IS NOT NULL THEN 'AND m.sensor_id = ANY ($2)' END,
        CASE WHEN p_equipment_ids IS NOT NULL THEN 'e.id = ANY ($10)' ELSE 'e.status NOT IN (''inactive'', ''retired'') OR v.points > 0' END)
    USING p_from, v_sensors, v_hold, v_running, v_idle, v_kilowatts, c_origin, c_minute, v_until, p_equipment_ids;
END
$$;
COMMENT ON FUNCTION rollup.compute_machines(timestamptz, timestamptz, text[], timestamptz) IS
    'What machines (NULL: all) did from … to (whole quarters of an hour), minute by minute, not beyond p_now. A minute''s state is that of the last value in it, or of the last one before, for at most the setting plant.state_hold.';
REVOKE ALL ON FUNCTION rollup.compute_machines(timestamptz, timestamptz, text[], timestamptz) FROM PUBLIC;
