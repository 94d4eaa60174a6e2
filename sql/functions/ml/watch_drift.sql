CREATE OR REPLACE FUNCTION ml.watch_drift() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_prefix CONSTANT text := 'drift:';
    v_model record;
    v_standing integer := 0;
BEGIN
    IF ops.setting_float('ml.drift_psi_major') IS NULL THEN
        RETURN 0;
    END IF;
    -- a loop over the models that drift or did: each has an alarm of its own
    FOR v_model IN
        WITH drifting AS (
            SELECT c_prefix || concat_ws('/', d.equipment_id, d.power, d.model_version) AS code,
                   concat_ws('/', d.equipment_id, d.power, d.model_version) AS model, count(*) AS features, max(d.psi) AS psi,
                   jsonb_agg(jsonb_build_object('feature', d.feature, 'psi', round(d.psi::numeric, 3), 'mean_shift', round(d.mean_shift::numeric, 2),
                       'outside_share', round(d.outside_share::numeric, 3)) ORDER BY d.psi DESC) AS worst,
                   (array_agg(d.feature ORDER BY d.psi DESC))[1] AS feature
            FROM ml.feature_drift AS d
            JOIN ml.serving AS s ON s.equipment_id = d.equipment_id AND s.power = d.power AND s.serving_version = d.model_version
            WHERE d.level = 'major'
            GROUP BY d.equipment_id, d.power, d.model_version
        )
        SELECT coalesce(d.code, a.code) AS code, d.model, d.features, d.psi, d.feature,
               (SELECT jsonb_agg(w.value ORDER BY w.ordinality) FROM jsonb_array_elements(d.worst) WITH ORDINALITY AS w WHERE w.ordinality <= 5) AS worst
        FROM drifting AS d
        FULL JOIN (SELECT x.code FROM alarm.alarm AS x WHERE x.cleared_at IS NULL AND x.condition = 'system' AND starts_with(x.code, c_prefix)) AS a
            ON a.code = d.code
        ORDER BY 1
    LOOP
        IF v_model.model IS NULL THEN
            PERFORM alarm.clear_system(v_model.code);
        ELSE
            PERFORM alarm.raise_system(v_model.code, ops.setting_text('ml.drift_severity'),
                format('the input of %s is no longer what it was trained on: %s of its features drifted, most of all %s (PSI %s)', v_model.model,
                       v_model.features, v_model.feature, round(v_model.psi::numeric, 2)),
                jsonb_build_object('model', v_model.model, 'features', v_model.features, 'worst', v_model.worst));
            v_standing := v_standing + 1;
        END IF;
    END LOOP;
    RETURN v_standing;
END
$$;
COMMENT ON FUNCTION ml.watch_drift() IS
    'Job: raises the system alarm drift:<equipment>/<power>/<version> for each serving model with a feature whose drift is major (ml.feature_drift), and clears it when none is. Returns how many drift.';
REVOKE ALL ON FUNCTION ml.watch_drift() FROM PUBLIC;
