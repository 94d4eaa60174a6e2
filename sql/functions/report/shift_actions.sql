CREATE OR REPLACE FUNCTION report.shift_actions(
    "from" timestamptz, "to" timestamptz, machine text DEFAULT NULL, zone text DEFAULT NULL)
    RETURNS TABLE (occurred_at timestamptz, actor text, event text, equipment text, rule text, comment text)
    LANGUAGE sql STABLE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.occurred_at, t.actor, t.kind, a.equipment_id, a.code, t.comment
    FROM alarm.transition AS t
    JOIN alarm.alarm AS a ON a.id = t.alarm_id
    WHERE t.occurred_at >= $1 AND t.occurred_at < $2 AND t.actor <> 'system'
      -- what samples do carries their writer's name as well
      AND t.kind IN (SELECT k.kind FROM alarm.transition_kind AS k WHERE k.by_people)
      AND ($3 IS NULL OR a.equipment_id = $3)
    ORDER BY t.occurred_at, t.id
$$;
COMMENT ON FUNCTION report.shift_actions(timestamptz, timestamptz, text, text) IS
    'Section: what people did to alarms from … to (exclusive): acknowledged, shelved, commented …, in order.';
REVOKE ALL ON FUNCTION report.shift_actions(timestamptz, timestamptz, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.shift_actions(timestamptz, timestamptz, text, text) TO viewer;
