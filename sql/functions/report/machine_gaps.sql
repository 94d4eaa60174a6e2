CREATE OR REPLACE FUNCTION report.machine_gaps("from" timestamptz, "to" timestamptz, machine text DEFAULT NULL)
    RETURNS TABLE (equipment_id text, gaps bigint, longest interval)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH quarter AS (
        -- minutes of the quarter in which it was heard, the last one first
        SELECT m.equipment_id, m.bucket, m.heard, m.heard::bit(15)::text AS minutes
        FROM rollup.machine_15m AS m
        WHERE m.bucket > $1 - INTERVAL '15 minutes' AND m.bucket < $2 AND ($3 IS NULL OR m.equipment_id = $3)
            AND m.heard <> 0
    ), edge AS (
        SELECT q.equipment_id, q.bucket, q.heard, q.minutes,
               q.bucket + (15 - length(rtrim(q.minutes, '0'))) * INTERVAL '1 minute' AS first,
               q.bucket + length(ltrim(q.minutes, '0')) * INTERVAL '1 minute' AS until
        FROM quarter AS q
    ), silence AS (
        SELECT e.equipment_id, e.until AS began,
               coalesce(lead(e.first) OVER (PARTITION BY e.equipment_id ORDER BY e.bucket), least($2, now())) AS ended
        FROM edge AS e
        UNION ALL
        -- within a quarter: what lies between two minutes that were heard
        SELECT e.equipment_id, e.bucket, e.bucket + length(z[1]) * INTERVAL '1 minute'
        FROM edge AS e
        CROSS JOIN LATERAL regexp_matches(trim(e.minutes, '0'), '0+', 'g') AS z
        WHERE e.heard <> 32767
        UNION ALL
        -- heard before: silent from the beginning on
        SELECT k.id, $1, coalesce((SELECT min(e.first) FROM edge AS e WHERE e.equipment_id = k.id), least($2, now()))
        FROM plant.equipment AS k
        WHERE ($3 IS NULL OR k.id = $3)
          AND EXISTS (SELECT FROM rollup.machine_15m AS m WHERE m.equipment_id = k.id AND m.bucket < $1
              AND m.heard <> 0)
    )
    SELECT s.equipment_id, count(*), max(s.ended - s.began)
    FROM silence AS s
    WHERE s.ended - s.began > ops.setting_interval('plant.gap_after')
    GROUP BY s.equipment_id
$$;
COMMENT ON FUNCTION report.machine_gaps(timestamptz, timestamptz, text) IS
    'Times from … to in which none of a machine''s sensors was heard for longer than the setting plant.gap_after, by the minute (rollup.machine_15m): how many, and the longest. Machines without one are absent. One that lasts over hours is one.';
REVOKE ALL ON FUNCTION report.machine_gaps(timestamptz, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.machine_gaps(timestamptz, timestamptz, text) TO viewer;
