CREATE OR REPLACE FUNCTION plant.advice_alive(mu float8, s1 float8, s2 float8, y float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- beyond 11 spreads nothing is left that float8 would tell apart
RETURN 0.5 * erfc(least(greatest((y - mu) / (CASE WHEN y <= mu THEN s1 ELSE s2 END * sqrt(float8 '2')), -8), 8));
COMMENT ON FUNCTION plant.advice_alive(float8, float8, float8, float8) IS
    'Probability that a machine lasts longer than exp(y) - 1 hours: ln(1 h + life) is normal with median mu and spread '
    's1 below it, s2 above. Bound, so that plant.advice_optima inlines it.';
REVOKE ALL ON FUNCTION plant.advice_alive(float8, float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.advice_alive(float8, float8, float8, float8) TO viewer;
