CREATE OR REPLACE FUNCTION alarm.measure_drift(c alarm.system_condition, "now" timestamptz)
    RETURNS TABLE (object text, value float8, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 2
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.model, x.features::float8,
           jsonb_build_object('model', x.model, 'equipment_id', x.equipment_id, 'features', x.features, 'feature',
                              x.worst[1] ->> 'feature',
               'worst', to_jsonb(x.worst[1:5]),
               'text', format('the input of %s is no longer what it was trained on: %s of its features drifted, most '
                              'of all %s (PSI %s)',
                   x.model, x.features, x.worst[1] ->> 'feature', round(x.psi::numeric, 2)))
    FROM (
        SELECT concat_ws('/', d.equipment_id, d.power, d.model_version) AS model, d.equipment_id, count(*) AS features,
               max(d.psi) AS psi,
               array_agg(jsonb_build_object('feature', d.feature, 'psi', round(d.psi::numeric, 3), 'mean_shift',
                                            round(d.mean_shift::numeric, 2),
                   'outside_share', round(d.outside_share::numeric, 3)) ORDER BY d.psi DESC) AS worst
        FROM ml.feature_drift AS d
        JOIN ml.serving AS s ON s.equipment_id = d.equipment_id AND s.power = d.power
            AND s.serving_version = d.model_version
        WHERE d.level = 'major' AND ops.setting_float('ml.drift_psi_major') IS NOT NULL
        GROUP BY d.equipment_id, d.power, d.model_version
    ) AS x
$$;
COMMENT ON FUNCTION alarm.measure_drift(alarm.system_condition, timestamptz) IS
    'How many features of a serving model have drifted majorly (ml.feature_drift; setting ml.drift_psi_major).';
REVOKE ALL ON FUNCTION alarm.measure_drift(alarm.system_condition, timestamptz) FROM PUBLIC;
