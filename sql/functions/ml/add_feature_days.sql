CREATE OR REPLACE FUNCTION ml.add_feature_days(after timestamptz, until timestamptz, model_id bigint DEFAULT NULL) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    -- planned for its arguments: one model is found by its key, a span by its time of arrival; millions of values are counted, not sorted
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET plan_cache_mode = force_custom_plan SET enable_sort = off
AS $$
#variable_conflict use_column
DECLARE
    v_count bigint;
BEGIN
    WITH prediction AS MATERIALIZED (
        SELECT m.id AS model_id, p.time::date AS day, p.features
        FROM ml.serve_ml_predictions AS p
        JOIN ml.serve_ml_models AS m ON m.equipment_id = p.equipment_id AND m.power = p.power AND m.model_version = p.model_version
        -- what a client asked a version by name says nothing about the machine
        WHERE p.received_at > add_feature_days.after AND p.received_at <= add_feature_days.until AND p.stage <> 'requested'
          AND p.features IS NOT NULL AND (add_feature_days.model_id IS NULL OR m.id = add_feature_days.model_id)
          AND EXISTS (SELECT FROM ml.feature_reference AS r WHERE r.model_id = m.id)
    ), reference AS MATERIALIZED (
        SELECT r.model_id, r.feature, r.minimum, r.maximum, r.quantiles[2:10] AS edges FROM ml.feature_reference AS r
    ), counted AS (
        SELECT p.model_id, p.day, count(*) AS predictions FROM prediction AS p GROUP BY p.model_id, p.day
    ), summed AS (
        SELECT v.model_id, v.day, v.feature, count(*) AS samples, count(*) FILTER (WHERE v.value < v.minimum) AS below,
               count(*) FILTER (WHERE v.value > v.maximum) AS above, sum(v.value) AS sum, sum(v.value * v.value) AS sum_sq,
               min(v.value) AS lowest, max(v.value) AS highest,
               count(*) FILTER (WHERE v.bin = 0) AS bin_1, count(*) FILTER (WHERE v.bin = 1) AS bin_2,
               count(*) FILTER (WHERE v.bin = 2) AS bin_3, count(*) FILTER (WHERE v.bin = 3) AS bin_4,
               count(*) FILTER (WHERE v.bin = 4) AS bin_5, count(*) FILTER (WHERE v.bin = 5) AS bin_6,
               count(*) FILTER (WHERE v.bin = 6) AS bin_7, count(*) FILTER (WHERE v.bin = 7) AS bin_8,
               count(*) FILTER (WHERE v.bin = 8) AS bin_9, count(*) FILTER (WHERE v.bin = 9) AS bin_10
        FROM (
            SELECT x.model_id, x.day, r.feature, r.minimum, r.maximum, x.value, width_bucket(x.value, r.edges) AS bin
            FROM (
                SELECT p.model_id, p.day, f.key AS feature, ml.newest_number(f.value) AS value
                FROM prediction AS p
                CROSS JOIN LATERAL jsonb_each(p.features) AS f
                -- a fence: each prediction is taken apart once, not once per feature of the reference
                OFFSET 0
            ) AS x
            JOIN reference AS r ON r.model_id = x.model_id AND r.feature = x.feature
            -- what is there can be computed with (ml.finite), its square too
            WHERE x.value IS NOT NULL
        ) AS v
        GROUP BY v.model_id, v.day, v.feature
    ), stored AS (
        INSERT INTO ml.feature_day AS d (
            model_id, day, feature, predictions, samples, below, above, sum, sum_sq, minimum, maximum,
            bin_1, bin_2, bin_3, bin_4, bin_5, bin_6, bin_7, bin_8, bin_9, bin_10)
        SELECT c.model_id, c.day, r.feature, c.predictions, coalesce(s.samples, 0), coalesce(s.below, 0), coalesce(s.above, 0),
               coalesce(s.sum, 0), coalesce(s.sum_sq, 0), s.lowest, s.highest,
               coalesce(s.bin_1, 0), coalesce(s.bin_2, 0), coalesce(s.bin_3, 0), coalesce(s.bin_4, 0), coalesce(s.bin_5, 0),
               coalesce(s.bin_6, 0), coalesce(s.bin_7, 0), coalesce(s.bin_8, 0), coalesce(s.bin_9, 0), coalesce(s.bin_10, 0)
        FROM counted AS c
        JOIN reference AS r ON r.model_id = c.model_id
        LEFT JOIN summed AS s ON s.model_id = c.model_id AND s.day = c.day AND s.feature = r.feature
        ON CONFLICT (model_id, day, feature) DO UPDATE SET
            predictions = d.predictions + excluded.predictions, samples = d.samples + excluded.samples,
            below = d.below + excluded.below, above = d.above + excluded.above,
            sum = d.sum + excluded.sum, sum_sq = d.sum_sq + excluded.sum_sq,
            minimum = least(d.minimum, excluded.minimum), maximum = greatest(d.maximum, excluded.maximum),
            bin_1 = d.bin_1 + excluded.bin_1, bin_2 = d.bin_2 + excluded.bin_2, bin_3 = d.bin_3 + excluded.bin_3,
            bin_4 = d.bin_4 + excluded.bin_4, bin_5 = d.bin_5 + excluded.bin_5, bin_6 = d.bin_6 + excluded.bin_6,
            bin_7 = d.bin_7 + excluded.bin_7, bin_8 = d.bin_8 + excluded.bin_8, bin_9 = d.bin_9 + excluded.bin_9,
            bin_10 = d.bin_10 + excluded.bin_10
    )
    SELECT coalesce(sum(c.predictions), 0) INTO v_count FROM counted AS c;
    RETURN v_count;
END
$$;
COMMENT ON FUNCTION ml.add_feature_days(timestamptz, timestamptz, bigint) IS
    'Adds the features of the predictions received after … until (inclusive), of one model or of all that have a reference, to ml.feature_day; returns how many predictions. Each span is to be added once: ml.summarise and ml.recount_features see to that.';
REVOKE ALL ON FUNCTION ml.add_feature_days(timestamptz, timestamptz, bigint) FROM PUBLIC;
