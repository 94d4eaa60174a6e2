CREATE VIEW ml.rul_end AS
SELECT n.*
FROM (
    SELECT e.equipment_id, e.ended_at,
           greatest(lag(e.ended_at) OVER (PARTITION BY e.equipment_id ORDER BY e.ended_at), e.installed_at) AS began_at,
           e.reason, m.type AS equipment_type, e.component_id, e.life_id, e.failure_id
    FROM (
        SELECT DISTINCT ON (x.equipment_id, x.ended_at) x.*
        FROM (
            SELECT c.equipment_id, l.removed_at AS ended_at, l.end_reason AS reason, l.installed_at, l.component_id,
                   l.id AS life_id, NULL::bigint AS failure_id
            FROM plant.component_life AS l
            JOIN plant.component AS c ON c.id = l.component_id
            -- what failed earlier and came out later ended when it failed
            WHERE l.removed_at IS NOT NULL AND NOT (l.end_reason = 'failed' AND EXISTS (
                SELECT FROM plant.failure AS f
                WHERE f.equipment_id = c.equipment_id AND (f.component_id = l.component_id OR f.component_id IS NULL)
                  AND f.failed_at > l.installed_at AND f.failed_at < l.removed_at
                  AND f.down_from IS NOT NULL AND (f.down_to < l.removed_at) IS NOT TRUE))
            UNION ALL
            SELECT f.equipment_id, f.failed_at, 'failed', i.installed_at, f.component_id, i.id, f.id
            FROM plant.failure AS f
            LEFT JOIN LATERAL (
                SELECT l.id, l.installed_at FROM plant.component_life AS l
                WHERE l.component_id = f.component_id AND l.installed_at < f.failed_at
                  AND (l.removed_at IS NULL OR l.removed_at >= f.failed_at)
                ORDER BY l.installed_at DESC LIMIT 1
            ) AS i ON true
        ) AS x
        -- of what ended at one moment the failure counts
        ORDER BY x.equipment_id, x.ended_at, x.reason <> 'failed', x.life_id NULLS LAST, x.failure_id NULLS LAST
    ) AS e
    JOIN plant.equipment AS m ON m.id = e.equipment_id
) AS n
WHERE n.ended_at <= now() AND (n.ended_at < now() - ops.setting_interval('ml.outcome_retention')) IS NOT TRUE;
COMMENT ON VIEW ml.rul_end IS
    'Moments against which estimates of a machine''s remaining life are held: a part of it came out (plant.'
    'component_life), or it failed (plant.failure); what failed and came out later ended when it failed. An estimate '
    'is held against the first end after it, from began_at on: the end before, or when the part went in (NULL: '
    'neither is known). Of the setting ml.outcome_retention.';
COMMENT ON COLUMN ml.rul_end.reason IS 'failed, preventive or other; the last two are censored.';
