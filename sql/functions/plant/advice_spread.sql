CREATE OR REPLACE FUNCTION plant.advice_spread(distance float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- the standard normal's 90 % quantile: one in ten lies beyond each end of an 80 % interval
RETURN least(greatest(distance / 1.2815515655446004, 0.02), 3);
COMMENT ON FUNCTION plant.advice_spread(float8) IS
    'Spread of ln(1 h + life) on the side of the median on which the 80 % interval ends so far away. At least 0.02 '
    '(nobody knows to within 2 %) and at most 3 (the quantile is twenty times the median by then, which is no '
    'knowledge).';
REVOKE ALL ON FUNCTION plant.advice_spread(float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.advice_spread(float8) TO viewer;
