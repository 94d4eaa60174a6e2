CREATE OR REPLACE FUNCTION api.learn_anomaly_anew(device_id text, reason text DEFAULT NULL) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    r alarm.multivariate_reset;
    v_new jsonb;
BEGIN
    PERFORM api.check_equipment(device_id, 'device_id');
    r := alarm.learn_anew(device_id, reason);
    v_new := jsonb_build_object('device_id', r.equipment_id, 'since', api.iso(r.since), 'reason', r.reason,
                                'set_by', r.set_by);
    PERFORM auth.audit('equipment.learn_anew', 'equipment', r.equipment_id, NULL, v_new);
    RETURN v_new;
END
$$;
COMMENT ON FUNCTION api.learn_anomaly_anew(text, text) IS
    'Says that a machine is not what it was (another product, another set-up): what is normal for its signals together '
    'is learned anew from now on, and until then not judged.';
REVOKE ALL ON FUNCTION api.learn_anomaly_anew(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.learn_anomaly_anew(text, text) TO engineer;
