CREATE OR REPLACE FUNCTION ml.drift("from" date, "to" date, equipment_id text DEFAULT NULL, power text DEFAULT NULL, model_version text DEFAULT NULL)
    RETURNS TABLE (equipment_id text, power text, model_version text, feature text, level text, psi float8, mean_shift float8, outside_share float8,
                   missing_share float8, mean float8, reference_mean float8, reference_spread float8, minimum float8, maximum float8,
                   reference_minimum float8, reference_maximum float8, samples bigint, predictions bigint, reference_source text, model_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.equipment_id, m.power, m.model_version, r.feature,
           CASE WHEN d.samples < ops.setting_int('ml.drift_minimum_samples') THEN 'unknown'
                WHEN d.psi > ops.setting_float('ml.drift_psi_major') THEN 'major'
                WHEN d.psi > ops.setting_float('ml.drift_psi_moderate') THEN 'moderate'
                ELSE 'none' END,
           d.psi, (d.mean - ops.carried(r.mean)) / nullif(ops.carried(r.spread), 0), d.outside_share, d.missing_share, d.mean, r.mean, r.spread, d.minimum, d.maximum,
           r.minimum, r.maximum, d.samples, d.predictions, r.source, m.id
    FROM ml.serve_ml_models AS m
    JOIN ml.feature_reference AS r ON r.model_id = m.id
    CROSS JOIN LATERAL (
        SELECT sum(x.samples) AS samples, sum(x.predictions) AS predictions, sum(x.sum) / nullif(sum(x.samples), 0) AS mean,
               (sum(x.below) + sum(x.above))::float8 / nullif(sum(x.samples), 0) AS outside_share,
               1 - sum(x.samples)::float8 / nullif(sum(x.predictions), 0) AS missing_share, min(x.minimum) AS minimum, max(x.maximum) AS maximum,
               ml.psi(r.expected, ARRAY[sum(x.bin_1), sum(x.bin_2), sum(x.bin_3), sum(x.bin_4), sum(x.bin_5), sum(x.bin_6),
                                        sum(x.bin_7), sum(x.bin_8), sum(x.bin_9), sum(x.bin_10)]) AS psi
        FROM ml.feature_day AS x
        WHERE x.model_id = m.id AND x.feature = r.feature AND x.day >= drift.from AND x.day < drift.to
    ) AS d
    WHERE d.predictions > 0
      AND (drift.equipment_id IS NULL OR m.equipment_id = drift.equipment_id)
      AND (drift.power IS NULL OR m.power = drift.power)
      AND (drift.model_version IS NULL OR m.model_version = drift.model_version)
$$;
COMMENT ON FUNCTION ml.drift(date, date, text, text, text) IS
    'How a model''s features were distributed on the UTC days from … to (exclusive), against its reference: psi with level (settings ml.drift_psi_moderate and ml.drift_psi_major; unknown below ml.drift_minimum_samples), mean_shift in spreads of the reference, share of the values outside its range, share of the predictions without the feature.';
REVOKE ALL ON FUNCTION ml.drift(date, date, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.drift(date, date, text, text, text) TO viewer;
