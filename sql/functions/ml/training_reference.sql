CREATE OR REPLACE FUNCTION ml.training_reference(statistics jsonb)
    RETURNS TABLE (feature text, mean float8, spread float8, minimum float8, maximum float8, quantiles float8[])
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 100
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT f.key, ml.finite(f.value -> 'mean'), ml.finite(f.value -> 'std'), ml.finite(f.value -> 'min'), ml.finite(f.value -> 'max'), q.quantiles
    FROM jsonb_each(CASE jsonb_typeof(statistics) WHEN 'object' THEN statistics ELSE '{}' END) AS f
    CROSS JOIN LATERAL (
        SELECT array_agg(ml.finite(e.value) ORDER BY e.ordinality) AS quantiles, array_agg(ml.finite(e.value) ORDER BY ml.finite(e.value)) AS sorted
        FROM jsonb_array_elements(CASE jsonb_typeof(f.value -> 'quantiles') WHEN 'array' THEN f.value -> 'quantiles' ELSE '[]' END)
            WITH ORDINALITY AS e
    ) AS q
    WHERE length(f.key) BETWEEN 1 AND 128 AND cardinality(q.quantiles) = 11 AND array_position(q.quantiles, NULL) IS NULL
      AND q.quantiles = q.sorted AND ml.finite(f.value -> 'std') >= 0
      AND num_nulls(ml.finite(f.value -> 'mean'), ml.finite(f.value -> 'min'), ml.finite(f.value -> 'max')) = 0
$$;
COMMENT ON FUNCTION ml.training_reference(jsonb) IS
    'What metadata.json says of the training data: {feature: {mean, std, min, max, quantiles: [minimum, nine deciles, maximum]}}. Features whose statistics are incomplete, not finite or not sorted are left out.';
REVOKE ALL ON FUNCTION ml.training_reference(jsonb) FROM PUBLIC;
