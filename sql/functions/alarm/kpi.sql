CREATE OR REPLACE FUNCTION alarm.kpi(per text, "from" timestamptz, "to" timestamptz)
    RETURNS TABLE (period timestamptz, equipment_id text, alarms bigint, average_per_10_minutes float8,
                   most_in_10_minutes bigint,
                   flood_share float8, chattering bigint, stale bigint, acknowledged_share float8,
                   median_time_to_acknowledge interval,
                   p95_time_to_acknowledge interval, escalated bigint, shelved bigint, low_share float8,
                   medium_share float8,
                   high_share float8, critical_share float8)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 31
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH zone AS (
        SELECT plant.time_zone() AS name,
               (SELECT array_agg(t::time ORDER BY t::time)
                FROM jsonb_array_elements_text((SELECT s.value FROM ops.setting AS s
                                                WHERE s.name = 'alarm.shift_starts')) AS t) AS starts
    ), raised AS (
        SELECT a.*, CASE $1
                   WHEN 'day' THEN date_trunc('day', a.raised_at, z.name)
                   WHEN 'shift' THEN (
                       SELECT max(d.day + s.start) AT TIME ZONE z.name
                       FROM unnest(z.starts) AS s (start),
                            (VALUES ((a.raised_at AT TIME ZONE z.name)::date),
                                    ((a.raised_at AT TIME ZONE z.name)::date - 1)) AS d (day)
                       WHERE d.day + s.start <= a.raised_at AT TIME ZONE z.name)
               END AS period,
               floor(extract(epoch FROM a.raised_at) / 600) AS ten
        FROM alarm.alarm AS a CROSS JOIN zone AS z
        WHERE a.raised_at >= $2 AND a.raised_at < $3 AND a.retracted_at IS NULL
    ), ten AS (
        SELECT r.period, CASE WHEN $1 = 'equipment' THEN r.equipment_id END AS equipment_id, r.ten, count(*) AS alarms
        FROM raised AS r GROUP BY 1, 2, 3
    ), load AS (
        SELECT t.period, t.equipment_id, max(t.alarms) AS most, count(*) FILTER (WHERE t.alarms > 10) AS floods
        FROM ten AS t GROUP BY 1, 2
    )
    SELECT r.period, r.equipment_id, r.alarms, r.alarms / (n.minutes / 10), l.most,
           least(l.floods / (n.minutes / 10), 1), r.chattering, r.stale,
           r.acknowledged, r.median, r.p95, r.escalated, r.shelved, r.low, r.medium, r.high, r.critical
    FROM (
        SELECT x.period, CASE WHEN $1 = 'equipment' THEN x.equipment_id END AS equipment_id, count(*) AS alarms,
               count(*) FILTER (WHERE x.chattering) AS chattering,
               count(*) FILTER (WHERE coalesce(x.cleared_at, now()) - x.raised_at
                                      > ops.setting_interval('alarm.stale_after')) AS stale,
               count(*) FILTER (WHERE x.acknowledged)::float8 / count(*) AS acknowledged,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY x.acknowledged_at - x.raised_at)
                   FILTER (WHERE x.acknowledged_at IS NOT NULL) AS median,
               percentile_cont(0.95) WITHIN GROUP (ORDER BY x.acknowledged_at - x.raised_at)
                   FILTER (WHERE x.acknowledged_at IS NOT NULL) AS p95,
               count(*) FILTER (WHERE x.escalated_at IS NOT NULL) AS escalated,
               count(*) FILTER (WHERE x.shelved IS NOT NULL
                                OR EXISTS (SELECT FROM alarm.transition AS t WHERE t.alarm_id = x.id
                                           AND t.kind = 'shelved')) AS shelved,
               count(*) FILTER (WHERE x.worst_severity = 'low')::float8 / count(*) AS low,
               count(*) FILTER (WHERE x.worst_severity = 'medium')::float8 / count(*) AS medium,
               count(*) FILTER (WHERE x.worst_severity = 'high')::float8 / count(*) AS high,
               count(*) FILTER (WHERE x.worst_severity = 'critical')::float8 / count(*) AS critical
        FROM raised AS x
        GROUP BY 1, 2
    ) AS r
    JOIN load AS l ON l.period IS NOT DISTINCT FROM r.period AND l.equipment_id IS NOT DISTINCT FROM r.equipment_id
    CROSS JOIN zone AS z
    CROSS JOIN LATERAL (
        -- how long the period lasted within from … to
        SELECT greatest(extract(epoch FROM least(CASE $1
                   WHEN 'day' THEN ((r.period AT TIME ZONE z.name) + INTERVAL '1 day') AT TIME ZONE z.name
                   WHEN 'shift' THEN (SELECT min(d.day + s.start) AT TIME ZONE z.name
                       FROM unnest(z.starts) AS s (start),
                            (VALUES ((r.period AT TIME ZONE z.name)::date),
                                    ((r.period AT TIME ZONE z.name)::date + 1)) AS d (day)
                       WHERE d.day + s.start > r.period AT TIME ZONE z.name)
                   ELSE $3 END, $3) - greatest(r.period, $2)) / 60, 10)::float8 AS minutes
    ) AS n
    ORDER BY r.period, r.alarms DESC, r.equipment_id
$$;
COMMENT ON FUNCTION alarm.kpi(text, timestamptz, timestamptz) IS
    'Key figures after ISA-18.2 and EEMUA 191 of the alarms raised from … to (exclusive), per day, shift or equipment: '
    'alarms, average and most per ten minutes, share of the ten-minute spans with more than ten (flood), chattering, '
    'stale, share acknowledged and how soon, escalated, shelved, shares of the worst severities. Periods without '
    'alarms are absent.';
REVOKE ALL ON FUNCTION alarm.kpi(text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alarm.kpi(text, timestamptz, timestamptz) TO viewer;
