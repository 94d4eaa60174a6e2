CREATE OR REPLACE FUNCTION alarm.watch_floods("now" timestamptz) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_window interval := ops.setting_interval('alarm.flood_window');
    v_count integer := ops.setting_int('alarm.flood_count');
    v_flood record;
    v_floods integer := 0;
BEGIN
    FOR v_flood IN
        SELECT coalesce(r.equipment_id, o.equipment_id) AS equipment_id, coalesce(r.alarms, 0) AS alarms, o.equipment_id IS NOT NULL AS open
        FROM (
            SELECT a.equipment_id, count(*) AS alarms
            FROM alarm.alarm AS a
            WHERE a.raised_at > watch_floods.now - v_window AND a.raised_at <= watch_floods.now AND a.equipment_id IS NOT NULL
            GROUP BY a.equipment_id
        ) AS r
        FULL JOIN (
            SELECT substr(a.code, 7) AS equipment_id FROM alarm.alarm AS a WHERE a.code LIKE 'flood:%' AND a.cleared_at IS NULL
        ) AS o ON o.equipment_id = r.equipment_id
        WHERE r.alarms >= v_count OR o.equipment_id IS NOT NULL
        ORDER BY 1
    LOOP
        IF v_flood.alarms >= v_count THEN
            v_floods := v_floods + 1;
            IF NOT v_flood.open THEN
                PERFORM alarm.raise_system('flood:' || v_flood.equipment_id, 'high',
                    format('%s: %s alarms in %s', v_flood.equipment_id, v_flood.alarms, v_window),
                    jsonb_build_object('equipment_id', v_flood.equipment_id, 'alarms', v_flood.alarms));
            END IF;
        ELSIF v_flood.alarms * 2 <= v_count THEN
            -- over only when it has halved: a flood that swings around the limit is one flood
            PERFORM alarm.clear_system('flood:' || v_flood.equipment_id);
        END IF;
    END LOOP;
    RETURN v_floods;
END
$$;
COMMENT ON FUNCTION alarm.watch_floods(timestamptz) IS
    'Raises and clears one system alarm per equipment whose alarms come faster than alarm.flood_count in alarm.flood_window; returns the floods under way. The setting alarm.flood_action says whether the flood''s alarms are suppressed.';
REVOKE ALL ON FUNCTION alarm.watch_floods(timestamptz) FROM PUBLIC;
