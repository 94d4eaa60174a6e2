CREATE OR REPLACE FUNCTION api.get_rul_health(device_id text) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_life record;
BEGIN
    PERFORM api.check_equipment(device_id, 'device_id');
    SELECT c.* INTO v_life FROM report.current_life AS c WHERE c.equipment_id = get_rul_health.device_id;
    RETURN api.rul_health_json(device_id, v_life.time, v_life.rul_hours, v_life.rul_low_hours, v_life.rul_high_hours,
                               v_life.confidence,
        v_life.method, v_life.model_version, v_life.health_status, v_life.basis);
END
$$;
COMMENT ON FUNCTION api.get_rul_health(text) IS
    'What is left of a machine by the estimate that governs it (report.current_life): hours, 80 % interval, status; '
    'last_maintenance_recommendation: when to act by plant.advice, before there is any the lower end of the interval, or '
    'the estimate where the method states none. All null: nobody has estimated. MW404: no such equipment.';
REVOKE ALL ON FUNCTION api.get_rul_health(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.get_rul_health(text) TO viewer;
