CREATE OR REPLACE FUNCTION plant.advice_mass(mu float8, s1 float8, s2 float8, y float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN y <= mu THEN
        exp(mu + s1 ^ 2 / 2) * 0.5 * erfc(least(greatest((s1 - (y - mu) / s1) / sqrt(float8 '2'), -8), 8))
    ELSE exp(mu + s1 ^ 2 / 2) * 0.5 * erfc(s1 / sqrt(float8 '2'))
        + exp(mu + s2 ^ 2 / 2) * 0.5 * (erfc(least(greatest((s2 - (y - mu) / s2) / sqrt(float8 '2'), -8), 8))
                                        - erfc(s2 / sqrt(float8 '2'))) END;
COMMENT ON FUNCTION plant.advice_mass(float8, float8, float8, float8) IS
    'Integral of exp(t) times the density of plant.advice_alive, up to y: by it the expected hours of service have a '
    'closed form. Bound, so that plant.advice_optima inlines it.';
REVOKE ALL ON FUNCTION plant.advice_mass(float8, float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.advice_mass(float8, float8, float8, float8) TO viewer;
