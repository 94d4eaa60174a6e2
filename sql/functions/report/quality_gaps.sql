CREATE OR REPLACE FUNCTION report.quality_gaps(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (equipment text, sensor text, points bigint, covered_share report.share, gaps bigint,
        longest_gap interval, gap_from timestamptz,
        last_time timestamptz)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH minute AS (
        SELECT s.id, m.count, m.first_time, m.last_time
        FROM plant.sensor AS s
        JOIN rollup.reading_1m AS m ON m.sensor_id = s.id AND m.bucket >= date_trunc('minute', $1) AND m.bucket < $2
        WHERE ($3 IS NULL OR s.equipment_id = $3) AND m.last_time >= $1 AND m.first_time < $2
    ), pause AS (
        SELECT m.id, m.count, m.first_time, m.last_time, m.first_time - lag(m.last_time) OVER w AS pause,
               lag(m.last_time) OVER w AS since
        FROM minute AS m
        WINDOW w AS (PARTITION BY m.id ORDER BY m.first_time)
    ), heard AS (
        SELECT p.id, sum(p.count)::bigint AS points, min(p.first_time) AS first_time, max(p.last_time) AS last_time,
               greatest(ops.setting_interval('plant.gap_after'),
                        3 * percentile_cont(0.5) WITHIN GROUP (ORDER BY p.pause)) AS tolerated
        FROM pause AS p GROUP BY p.id
    ), known AS (
        -- one that was heard before cannot be new: its silence began before, or when this time began
        SELECT s.id, s.equipment_id, s.name, h.points, h.first_time, least(h.last_time, $2) AS last_time,
               coalesce(h.tolerated, ops.setting_interval('plant.gap_after')) AS tolerated, b.is_old,
                   least($2, now()) AS until
        FROM plant.sensor AS s
        LEFT JOIN heard AS h ON h.id = s.id
        CROSS JOIN LATERAL (SELECT EXISTS (
            SELECT FROM telemetry.reading AS r WHERE r.sensor_id = s.id AND r.time < $1) AS is_old) AS b
        WHERE ($3 IS NULL OR s.equipment_id = $3) AND s.status NOT IN ('inactive', 'retired')
            AND (h.id IS NOT NULL OR b.is_old)
    ), gap AS (
        SELECT p.id, p.since AS began, p.pause AS length
        FROM pause AS p JOIN known AS k ON k.id = p.id WHERE p.pause > k.tolerated
        UNION ALL
        SELECT k.id, $1, coalesce(k.first_time, k.until) - $1 FROM known AS k
        WHERE k.is_old AND coalesce(k.first_time, k.until) - $1 > k.tolerated
        UNION ALL
        SELECT k.id, k.last_time, k.until - k.last_time FROM known AS k WHERE k.until - k.last_time > k.tolerated
    )
    SELECT k.equipment_id, k.name, coalesce(k.points, 0),
           1 - (extract(epoch FROM g.silent)
                / nullif(extract(epoch FROM k.until - CASE WHEN k.is_old THEN $1 ELSE k.first_time END), 0))::float8,
           g.gaps, g.longest, g.began, k.last_time
    FROM known AS k
    JOIN (
        SELECT x.id, count(*) AS gaps, max(x.length) AS longest, sum(x.length) AS silent,
               (array_agg(x.began ORDER BY x.length DESC, x.began))[1] AS began
        FROM gap AS x GROUP BY x.id
    ) AS g ON g.id = k.id
    ORDER BY g.silent DESC, k.equipment_id, k.name
$$;
COMMENT ON FUNCTION report.quality_gaps(timestamptz, timestamptz, text, text) IS
    'Section: sensors that were silent from … to for longer than the setting plant.gap_after and than three times their usual pause: how many gaps, the longest and when it began, the share of the time without. Worst first. Time before the first value that a sensor ever gave is none.';
REVOKE ALL ON FUNCTION report.quality_gaps(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.quality_gaps(timestamptz, timestamptz, text, text) TO viewer;
