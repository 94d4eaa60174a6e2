CREATE OR REPLACE FUNCTION alarm.may_suppress() RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM plant.maintenance AS m WHERE m.suppress_alarms
                   AND m.status IN ('planned', 'in_progress'))
        OR EXISTS (SELECT FROM alarm.rule AS r WHERE r.parent_rule IS NOT NULL)
        OR ops.setting_text('alarm.flood_action') = 'suppress';
END
$$;
COMMENT ON FUNCTION alarm.may_suppress() IS
    'Whether there is anything that could suppress an alarm (alarm.suppressions), asked once a batch and not for each '
    'alarm: mostly there is nothing.';
REVOKE ALL ON FUNCTION alarm.may_suppress() FROM PUBLIC;
