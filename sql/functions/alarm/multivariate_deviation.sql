CREATE OR REPLACE FUNCTION alarm.multivariate_deviation(value float8[], centre float8[], spread float8[])
    RETURNS float8[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    -- what is farther out than that is out; its square, and what is summed of it, stay within float8
    SELECT array_agg(greatest(-1e40, least(1e40, (u.x - u.centre) / u.spread)) ORDER BY u.n)
    FROM unnest($1, $2, $3) WITH ORDINALITY AS u (x, centre, spread, n)
$$;
COMMENT ON FUNCTION alarm.multivariate_deviation(float8[], float8[], float8[]) IS
    'How many spreads values lie from their centres, at most 1e40.';
REVOKE ALL ON FUNCTION alarm.multivariate_deviation(float8[], float8[], float8[]) FROM PUBLIC;
