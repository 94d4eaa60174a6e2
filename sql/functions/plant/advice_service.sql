CREATE OR REPLACE FUNCTION plant.advice_service(mu float8, s1 float8, s2 float8, y float8) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN plant.advice_alive(mu, s1, s2, y) * exp(y) + plant.advice_mass(mu, s1, s2, y);
COMMENT ON FUNCTION plant.advice_service(float8, float8, float8, float8) IS
    'Antiderivative, at exp(y) - 1 hours, of the probability to last so long (plant.advice_alive), in closed form: the '
    'difference of two is the hours of service that are to be expected in between. Bound, so that plant.advice_optima '
    'inlines it.';
REVOKE ALL ON FUNCTION plant.advice_service(float8, float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.advice_service(float8, float8, float8, float8) TO viewer;
