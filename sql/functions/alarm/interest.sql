CREATE OR REPLACE FUNCTION alarm.interest(alarm_id bigint, event text, severity text)
    RETURNS TABLE (channel_id integer, asked boolean, would_raise boolean, hears_cleared boolean)
    LANGUAGE sql STABLE ROWS 3
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.id,
           coalesce(bool_or(m.fits AND (r.events IS NULL OR interest.event = ANY (r.events))), false),
           coalesce(bool_or(m.fits AND (r.events IS NULL OR 'raised' = ANY (r.events))), false),
           -- whatever severity it clears with, and also where no route is left that could forbid it
           coalesce(bool_or(r.events IS NULL OR 'cleared' = ANY (r.events)
                            OR (interest.event = 'retracted' AND 'retracted' = ANY (r.events))), true)
    FROM relay.channel AS c
    CROSS JOIN alarm.alarm AS a
    LEFT JOIN plant.equipment AS e ON e.id = a.equipment_id
    LEFT JOIN relay.route AS r ON r.channel_id = c.id AND r.enabled
        AND (r.kinds IS NULL OR CASE WHEN a.condition = 'system' THEN 'system' ELSE 'alarm' END = ANY (r.kinds))
    CROSS JOIN LATERAL (
        SELECT (r.severities IS NULL OR interest.severity = ANY (r.severities))
           AND (r.equipment_ids IS NULL OR a.equipment_id = ANY (r.equipment_ids))
           AND (r.equipment_types IS NULL OR e.type = ANY (r.equipment_types))
           AND (r.locations IS NULL OR e.location = ANY (r.locations))
           AND r.id IS NOT NULL AS fits
    ) AS m
    WHERE a.id = interest.alarm_id AND c.enabled AND c.available
    GROUP BY c.id
$$;
COMMENT ON FUNCTION alarm.interest(bigint, text, text) IS
    'What an alarm is to each channel that can be reached: whether their routes ask for the event at that severity, '
    'whether they would have heard of its raise, and whether they may hear that it cleared.';
REVOKE ALL ON FUNCTION alarm.interest(bigint, text, text) FROM PUBLIC;
