CREATE OR REPLACE FUNCTION api.rul_lite_json(state ml.rul_lite_state) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'equipment_id', state.equipment_id, 'power', state.power, 'alarm', state.is_on::integer, 'ratio', state.ratio,
        'rul_pct', 100 * least(state.units / ops.setting_float('ml.rul_lite_life'), 1),
        'step_decay', state.step_decay, 'step_recover', state.step_recover, 'updated_at', api.iso(state.time))
$$;
COMMENT ON FUNCTION api.rul_lite_json(ml.rul_lite_state) IS
    'A state of RUL-lite as the API shows it (component RulLite).';
REVOKE ALL ON FUNCTION api.rul_lite_json(ml.rul_lite_state) FROM PUBLIC;
