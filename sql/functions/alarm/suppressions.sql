CREATE OR REPLACE FUNCTION alarm.suppressions(rule_id bigint, equipment_id text, at timestamptz) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(x.reason ORDER BY x.reason), '{}')
    FROM (
        SELECT 'maintenance:' || m.id AS reason
        FROM plant.maintenance AS m
        WHERE m.equipment_id = suppressions.equipment_id AND m.suppress_alarms
          AND m.status IN ('planned', 'in_progress')
          AND m.starts_at <= suppressions.at AND (m.ends_at IS NULL OR m.ends_at > suppressions.at)
        UNION ALL
        SELECT 'parent:' || a.id
        FROM alarm.rule AS r
        JOIN alarm.alarm AS a ON a.rule_id = r.parent_rule AND a.equipment_id = suppressions.equipment_id
            AND a.cleared_at IS NULL
        WHERE r.id = suppressions.rule_id
        UNION ALL
        SELECT 'flood'
        WHERE ops.setting_text('alarm.flood_action') = 'suppress'
          AND EXISTS (SELECT FROM alarm.alarm AS a WHERE a.code = alarm.system_code('flood', suppressions.equipment_id)
                      AND a.equipment_id IS NULL
                      AND a.signal_id IS NULL AND a.cleared_at IS NULL)
    ) AS x
$$;
COMMENT ON FUNCTION alarm.suppressions(bigint, text, timestamptz) IS
    'Why an alarm of this rule on this equipment is to be suppressed at a moment: open maintenance windows, active '
    'alarms of the parent rule, a flood of the equipment''s alarms. Empty: it is not.';
REVOKE ALL ON FUNCTION alarm.suppressions(bigint, text, timestamptz) FROM PUBLIC;
