CREATE OR REPLACE FUNCTION report.machine_time("from" timestamptz, "to" timestamptz, machine text DEFAULT NULL)
    RETURNS TABLE (equipment_id text, running interval, idle interval, stopped interval, unknown interval,
        starts bigint,
                   energy float8, availability report.share)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    -- what nobody knows is not 0
    SELECT x.equipment_id, CASE WHEN k.is_known THEN x.running END, CASE WHEN k.is_known THEN x.idle END,
           CASE WHEN k.is_known THEN x.stopped END, x.unknown, CASE WHEN k.is_known THEN x.starts END, x.energy,
           report.available(x.running, x.idle, x.stopped)
    FROM (
        SELECT m.equipment_id, INTERVAL '1 minute' * sum(m.running * p.part) AS running,
               INTERVAL '1 minute' * sum(m.idle * p.part) AS idle, INTERVAL '1 minute' * sum(m.stopped * p.part)
                   AS stopped,
               INTERVAL '1 minute' * sum(m.unknown * p.part) AS unknown,
               coalesce(sum(m.starts) FILTER (WHERE m.bucket >= $1), 0)::bigint AS starts,
                   sum(m.energy * p.part) AS energy
        FROM rollup.machine_15m AS m
        -- a quarter that lies partly outside counts with the part that lies inside
        CROSS JOIN LATERAL (
            SELECT extract(epoch FROM least(m.bucket + INTERVAL '15 minutes', $2)
                                      - greatest(m.bucket, $1))::float8 / 900 AS part
        ) AS p
        WHERE m.bucket > $1 - INTERVAL '15 minutes' AND m.bucket < $2 AND ($3 IS NULL OR m.equipment_id = $3)
        GROUP BY m.equipment_id
    ) AS x
    CROSS JOIN LATERAL (SELECT x.running + x.idle + x.stopped > INTERVAL '0' AS is_known) AS k
$$;
COMMENT ON FUNCTION report.machine_time(timestamptz, timestamptz, text) IS
    'How long each machine was in which state from … to (rollup.machine_15m, so shifts and days of every zone are exact): a quarter of an hour that lies partly outside counts in proportion. Of a machine whose state was never known there is the unknown time alone. availability: report.available; energy in kWh, NULL where no power is known.';
REVOKE ALL ON FUNCTION report.machine_time(timestamptz, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.machine_time(timestamptz, timestamptz, text) TO viewer;
