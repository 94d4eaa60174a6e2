CREATE OR REPLACE FUNCTION ml.power_kw(power text) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT replace(left(substring(power FROM '\d+(?:[.,_]\d+)?'), 18), ',', '.')::float8
    WHERE power !~ '\d_\d'
    UNION ALL
    SELECT replace(left(substring(power FROM '\d+_\d+'), 18), '_', '.')::float8
    WHERE power ~ '\d_\d'
$$;
COMMENT ON FUNCTION ml.power_kw(text) IS 'Kilowatts in a power class''s name: 2.2kW, 2_2kW, 15 kW, 11; NULL where it holds no number.';
REVOKE ALL ON FUNCTION ml.power_kw(text) FROM PUBLIC;
