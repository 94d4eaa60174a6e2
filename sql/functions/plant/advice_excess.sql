CREATE OR REPLACE FUNCTION plant.advice_excess("case" plant.advice_case, hours float8, rate float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    mu float8 := ln(1 + greatest("case".rul, 0));
    s1 float8 := plant.advice_spread(mu - ln(1 + greatest("case".low, 0)));
    s2 float8 := plant.advice_spread(ln(1 + greatest("case".high, 0)) - mu);
    y0 float8 := ln(1 + greatest("case".elapsed, 0));
    y float8 := ln(exp(y0) + greatest(hours, 0));
    now float8 := plant.advice_alive(mu, s1, s2, y0);
    alive float8 := plant.advice_alive(mu, s1, s2, y) / now;
BEGIN
    RETURN "case".preventive * alive + "case".failure * (1 - alive)
           - rate * ("case".age + (plant.advice_service(mu, s1, s2, y) - plant.advice_service(mu, s1, s2, y0)) / now);
END
$$;
COMMENT ON FUNCTION plant.advice_excess(plant.advice_case, float8, float8) IS
    'Expected cost of a life that is ended so many hours from now, beyond rate for each hour of service: 0 at the '
    'optimum and its rate, more elsewhere. The difference of two is what moving a replacement costs.';
REVOKE ALL ON FUNCTION plant.advice_excess(plant.advice_case, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.advice_excess(plant.advice_case, float8, float8) TO viewer;
