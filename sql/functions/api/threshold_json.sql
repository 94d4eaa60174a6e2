CREATE OR REPLACE FUNCTION api.threshold_json(v ml.threshold_version) RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object(
        'id', v.id, 'device_id', v.equipment_id, 'power', v.power, 'bundle_kind', v.bundle_kind, 'version', v.version,
        'factor', v.factor, 'previous_factor', v.previous_factor, 'set_at', api.iso(v.set_at), 'set_by', v.set_by,
        'reason', v.reason, 'undoes', v.undoes, 'backtest', v.backtest)
$$;
COMMENT ON FUNCTION api.threshold_json(ml.threshold_version) IS 'A change of a threshold as clients see it.';
REVOKE ALL ON FUNCTION api.threshold_json(ml.threshold_version) FROM PUBLIC;
