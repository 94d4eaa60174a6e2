CREATE OR REPLACE FUNCTION ml.learn_missing_references() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_samples integer := ops.setting_int('ml.reference_samples');
    v_model record;
    v_count integer := 0;
BEGIN
    IF v_samples IS NULL THEN
        RETURN 0;
    END IF;
    -- a loop over the few models that have just gathered enough
    FOR v_model IN
        SELECT s.equipment_id, s.power, s.serving_version, a.set_at
        FROM ml.serving AS s
        JOIN ml.serve_ml_models AS m ON m.equipment_id = s.equipment_id AND m.power = s.power AND m.model_version = s.serving_version
        LEFT JOIN ml.model_alias AS a ON a.equipment_id = s.equipment_id AND a.power = s.power AND a.alias = 'champion'
            AND a.model_version = s.serving_version
        WHERE NOT EXISTS (SELECT FROM ml.feature_reference AS r WHERE r.model_id = m.id)
          AND v_samples <= (
            SELECT count(*) FROM (
                SELECT FROM ml.serve_ml_predictions AS p
                WHERE p.equipment_id = s.equipment_id AND p.power = s.power AND p.model_version = s.serving_version
                  AND p.stage = 'champion' AND p.features IS NOT NULL AND (NOT p.is_anomaly OR m.unscaled <> '{}')
                  AND p.time >= coalesce(a.set_at, '-infinity')
                LIMIT v_samples) AS enough)
    LOOP
        PERFORM ml.learn_reference(v_model.equipment_id, v_model.power, v_model.serving_version, v_model.set_at, NULL, v_samples, 'system');
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION ml.learn_missing_references() IS
    'Takes the first normal predictions since a model became champion as its reference, once there are as many as the setting ml.reference_samples says (null: never), for serving models that have none. Returns how many. Called by ml.summarise.';
REVOKE ALL ON FUNCTION ml.learn_missing_references() FROM PUBLIC;
