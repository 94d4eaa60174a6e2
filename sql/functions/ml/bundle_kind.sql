CREATE OR REPLACE FUNCTION ml.bundle_kind(scores jsonb, thresholds jsonb, ratio jsonb, value float8) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN scores ? 't2' THEN 'multivariate'
    WHEN scores ? 'deviation' THEN 'baseline'
    WHEN ratio <> '{}' THEN 'autoencoder'
    WHEN value IS NOT NULL AND coalesce(scores, '{}') = '{}' THEN 'regressor'
    WHEN coalesce(scores, '{}') <> '{}' AND coalesce(jsonb_strip_nulls(thresholds), '{}') = '{}' THEN 'ungated'
    ELSE 'autoencoder' END;
COMMENT ON FUNCTION ml.bundle_kind(jsonb, jsonb, jsonb, float8) IS
    'Which kind of bundle made a prediction (its members of ml.serve_ml_predictions): autoencoder (it finds '
    'anomalies, whether or not a regressor speaks with it), regressor (a number and no score) or ungated (scores '
    'without any threshold). The last two never find an anomaly, so they say nothing about one that stands. Without a '
    'bundle: multivariate (T² and Q) and baseline (a deviation from what was learned), of anomalies/detect.';
REVOKE ALL ON FUNCTION ml.bundle_kind(jsonb, jsonb, jsonb, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.bundle_kind(jsonb, jsonb, jsonb, float8) TO viewer;
