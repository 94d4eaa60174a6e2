CREATE OR REPLACE FUNCTION ml.health_value(
    statistic text, centre float8, spread float8, count bigint, min float8, max float8, mean float8, sum_sq float8
) RETURNS float8
    -- a parsed body, which the planner puts in place of the call
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN centre IS NOT NULL THEN least(abs(mean - centre) / spread, 1e100)
    ELSE CASE statistic WHEN 'mean' THEN mean WHEN 'max' THEN max WHEN 'min' THEN min
        WHEN 'rms' THEN sqrt(sum_sq / count)
        WHEN 'stddev' THEN CASE WHEN count > 1 THEN
            sqrt(greatest(sum_sq / count - mean * mean, 0) * (count::float8 / (count - 1))) END END END;
COMMENT ON FUNCTION ml.health_value(text, float8, float8, bigint, float8, float8, float8, float8) IS
    'An indicator of health of an hour of rollup.reading_1h: its distance from a centre in spreads, where there is '
    'one, else a statistic. NULL: p95, which is not made of these, and the deviation of a single value.';
REVOKE ALL ON FUNCTION ml.health_value(text, float8, float8, bigint, float8, float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.health_value(text, float8, float8, bigint, float8, float8, float8, float8) TO viewer;
