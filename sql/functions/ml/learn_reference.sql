CREATE OR REPLACE FUNCTION ml.learn_reference(
    equipment_id text, power text, model_version text, "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL,
    samples integer DEFAULT NULL, actor text DEFAULT NULL
) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- with fewer, deciles say more about chance than about the machine
    c_fewest CONSTANT integer := 50;
    c_most CONSTANT integer := 100000;
    v_model ml.serve_ml_models;
    v_samples integer := coalesce(learn_reference.samples, ops.setting_int('ml.reference_samples'));
    v_used integer;
    v_features integer;
BEGIN
    SELECT m.* INTO v_model FROM ml.serve_ml_models AS m
    WHERE m.equipment_id = learn_reference.equipment_id AND m.power = learn_reference.power
      AND m.model_version = learn_reference.model_version
    FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM alarm.refuse('MW404', 'model_version', format('there is no bundle %s/%s/%s', learn_reference.equipment_id,
            learn_reference.power, learn_reference.model_version));
    ELSIF v_samples NOT BETWEEN c_fewest AND c_most THEN
        PERFORM alarm.refuse('MW422', 'samples', format('samples must be %s to %s', c_fewest, c_most));
    ELSIF learn_reference.from >= learn_reference.to THEN
        PERFORM alarm.refuse('MW422', 'to', 'to must be after from');
    END IF;

    WITH prediction AS MATERIALIZED (
        SELECT p.time, p.features
        FROM ml.serve_ml_predictions AS p
        WHERE p.equipment_id = v_model.equipment_id AND p.power = v_model.power AND p.model_version = v_model.model_version
          AND p.stage <> 'requested' AND p.features IS NOT NULL
          -- what the model found odd is not normal; without a scaler its opinion means nothing
          AND (NOT p.is_anomaly OR v_model.unscaled <> '{}')
          AND p.time >= coalesce(learn_reference.from, '-infinity') AND p.time < coalesce(learn_reference.to, 'infinity')
        ORDER BY p.time
        LIMIT v_samples
    ), learned AS MATERIALIZED (
        SELECT f.key AS feature, avg(x.value) AS mean, stddev_pop(x.value) AS spread, min(x.value) AS minimum, max(x.value) AS maximum,
               percentile_cont(ARRAY[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]) WITHIN GROUP (ORDER BY x.value) AS quantiles,
               count(*) AS samples, array_agg(x.value) AS value
        FROM prediction AS p
        CROSS JOIN LATERAL jsonb_each(p.features) AS f
        CROSS JOIN LATERAL (SELECT ml.newest_number(f.value) AS value) AS x
        WHERE x.value IS NOT NULL AND length(f.key) BETWEEN 1 AND 128
          AND (v_model.features = '{}' OR f.key = ANY (v_model.features))
        GROUP BY f.key
    ), gone AS (
        DELETE FROM ml.feature_reference AS r
        WHERE r.model_id = v_model.id AND (SELECT count(*) FROM prediction) >= c_fewest
          AND r.feature NOT IN (SELECT l.feature FROM learned AS l)
    ), stored AS (
        INSERT INTO ml.feature_reference AS r (model_id, feature, source, mean, spread, minimum, maximum, quantiles, expected, samples,
                                               learned_from, learned_to, set_by)
        SELECT v_model.id, l.feature, 'learned', l.mean, l.spread, l.minimum, l.maximum, l.quantiles,
               -- counted, not assumed: a feature with few distinct values has no tenths
               (SELECT array_agg(coalesce(c.share, 0) ORDER BY b.bin)
                FROM generate_series(0, 9) AS b (bin)
                LEFT JOIN (SELECT width_bucket(v, l.quantiles[2:10]) AS bin, count(*) / l.samples::float8 AS share FROM unnest(l.value) AS v GROUP BY 1) AS c
                    ON c.bin = b.bin),
               l.samples, t.first, t.last, auth.acting(learn_reference.actor)
        FROM learned AS l, (SELECT min(p.time) AS first, max(p.time) AS last, count(*) AS used FROM prediction AS p) AS t
        WHERE t.used >= c_fewest
        ON CONFLICT (model_id, feature) DO UPDATE SET
            source = excluded.source, mean = excluded.mean, spread = excluded.spread, minimum = excluded.minimum, maximum = excluded.maximum,
            quantiles = excluded.quantiles, expected = excluded.expected, samples = excluded.samples, learned_from = excluded.learned_from,
            learned_to = excluded.learned_to, set_at = clock_timestamp(), set_by = excluded.set_by
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM prediction), (SELECT count(*) FROM stored) INTO v_used, v_features;
    IF v_used < c_fewest THEN
        PERFORM alarm.refuse('MW409', 'samples', format('only %s stored predictions of %s/%s/%s can be learned from; it takes %s', v_used,
            v_model.equipment_id, v_model.power, v_model.model_version, c_fewest),
            'Predictions that found an anomaly, that were asked for by version, or whose features are gone do not count.');
    END IF;
    PERFORM ml.recount_features(v_model.id);
    RETURN v_features;
END
$$;
COMMENT ON FUNCTION ml.learn_reference(text, text, text, timestamptz, timestamptz, integer, text) IS
    'Takes the first samples (default: the setting ml.reference_samples) normal predictions of a model from … to as what is normal for its features, for bundles that bring no training statistics; returns how many features. Drift is counted anew from the stored predictions. MW404 unknown model, MW409 too few predictions, MW422.';
REVOKE ALL ON FUNCTION ml.learn_reference(text, text, text, timestamptz, timestamptz, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.learn_reference(text, text, text, timestamptz, timestamptz, integer, text) TO engineer;
