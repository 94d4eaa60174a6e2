CREATE OR REPLACE FUNCTION plant.convert(value float8, given text, wanted text) RETURNS float8
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT plant.converted($1, c.before, c.multiplier, c.divisor, c.after) FROM plant.conversion($2, $3) AS c
$$;
COMMENT ON FUNCTION plant.convert(float8, text, text) IS
    'A number in another unit: SELECT plant.convert(68, ''°F'', ''Cel'') is 20. NULL where one does not become the other.';
REVOKE ALL ON FUNCTION plant.convert(float8, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plant.convert(float8, text, text) TO viewer;
