CREATE OR REPLACE FUNCTION report.stddev(p_count bigint, p_sum float8, p_sum_sq float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- what is left of a difference of great numbers may be below zero
RETURN CASE WHEN p_count > 1 THEN sqrt(greatest(p_sum_sq - p_sum * (p_sum / p_count::float8), 0) / (p_count - 1)::float8) END;
COMMENT ON FUNCTION report.stddev(bigint, float8, float8) IS
    'Sample standard deviation out of count, sum and sum of squares; NULL for a single value. Spreads below a hundred-millionth of the values are lost in rounding.';
REVOKE ALL ON FUNCTION report.stddev(bigint, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.stddev(bigint, float8, float8) TO viewer;
