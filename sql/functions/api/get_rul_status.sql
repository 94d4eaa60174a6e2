CREATE OR REPLACE FUNCTION api.get_rul_status(equipment_id text, power text DEFAULT 'auto') RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_power text := ml.rul_lite_power(equipment_id, power);
    v_state ml.rul_lite_state;
BEGIN
    PERFORM api.check_equipment(equipment_id, 'equipment_id');
    SELECT s.* INTO v_state FROM ml.rul_lite_state AS s
    WHERE s.equipment_id = get_rul_status.equipment_id AND s.power = v_power;
    IF NOT FOUND THEN
        -- nothing was ever said of it
        RETURN jsonb_build_object('equipment_id', equipment_id, 'power', v_power, 'alarm', NULL, 'ratio', NULL,
                                  'rul_pct', NULL,
            'step_decay', NULL, 'step_recover', NULL, 'updated_at', NULL);
    END IF;
    RETURN api.rul_lite_json(v_state);
END
$$;
COMMENT ON FUNCTION api.get_rul_status(text, text) IS
    'RUL-lite''s state of a machine and power (auto: the last one it ticked with). All null: it never had a reading. '
    'MW404: no such equipment.';
REVOKE ALL ON FUNCTION api.get_rul_status(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_rul_status(text, text) TO viewer;
