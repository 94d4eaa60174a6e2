CREATE OR REPLACE FUNCTION ml.health_series(
    equipment_id text, indicator text DEFAULT NULL, "from" timestamptz DEFAULT now() - INTERVAL '30 days',
    "to" timestamptz DEFAULT now()
)
    RETURNS TABLE (indicator text, part text, bucket timestamptz, value float8, off float8, counts boolean,
                   limit_value float8)
    LANGUAGE sql STABLE ROWS 1000
    SET search_path = pg_catalog, pg_temp
AS $$
    WITH source AS MATERIALIZED (
        SELECT s.*, l.since
        FROM ml.health_source AS s
        CROSS JOIN LATERAL ml.health_since(s.equipment_id, s.component_type, $4) AS l
        WHERE s.equipment_id = $1 AND ($2 IS NULL OR s.indicator = $2)
    ), off AS MATERIALIZED (
        SELECT o.bucket, o.off FROM ml.health_off($3, $4, ARRAY[$1]) AS o
    )
    SELECT x.indicator, x.part, x.bucket, x.value, coalesce(o.off, 0),
           coalesce(o.off, 0) <= ops.setting_float('ml.trend_off') AND (x.bucket < x.since) IS NOT TRUE
           AND x.value IS NOT NULL AND x.bucket < date_trunc('hour', now(), 'UTC'), x.limit_value
    FROM (
        SELECT s.indicator, s.part, s.since, s.limit_value, h.bucket, ml.health_value(
                   s.statistic, s.centre, s.spread, h.count, h.min, h.max, h.mean, h.sum_sq) AS value
        FROM source AS s
        JOIN rollup.reading_1h AS h ON h.sensor_id = s.sensor_id
        WHERE s.statistic <> 'p95' AND h.bucket >= $3 AND h.bucket < $4
        UNION ALL
        SELECT s.indicator, s.part, s.since, s.limit_value, k.bucket, (rollup.quantiles(k.sketch, '{0.95}'))[1]
        FROM source AS s
        JOIN rollup.sketch_1h AS k ON k.sensor_id = s.sensor_id
        WHERE s.statistic = 'p95' AND k.bucket >= $3 AND k.bucket < $4
        UNION ALL
        SELECT s.indicator, s.part, s.since, s.limit_value, r.bucket,
               CASE s.statistic WHEN 'max' THEN r.max ELSE r.sum / r.count END
        FROM source AS s
        JOIN ml.health_ratio_1h AS r
            ON r.equipment_id = s.equipment_id AND r.power = s.part AND r.model_version = s.model_version
        WHERE r.bucket >= $3 AND r.bucket < $4
    ) AS x
    LEFT JOIN off AS o ON o.bucket = x.bucket
    ORDER BY 1, 2, 3
$$;
COMMENT ON FUNCTION ml.health_series(text, text, timestamptz, timestamptz) IS
    'The hours of a machine''s health indicators (NULL: all), from … to: value, the share of the hour in which it '
    'was not in service, whether the hour counts for the trend (ml.trend_judge: in service, finished, since the last '
    'replacement or repair) and the limit.';
REVOKE ALL ON FUNCTION ml.health_series(text, text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.health_series(text, text, timestamptz, timestamptz) TO viewer;
