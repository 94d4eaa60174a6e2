CREATE OR REPLACE FUNCTION report.number(value float8) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN value IN ('NaN', 'Infinity', '-Infinity') THEN '–'
        WHEN value = 0 THEN '0'
        WHEN abs(value) >= 1e9 OR abs(value) < 1e-3 THEN trim(to_char(value, '9.99EEEE'))
        WHEN abs(value) >= 1000 THEN round(value::numeric)::text
        WHEN abs(value) >= 100 THEN round(value::numeric, 1)::text
        WHEN abs(value) >= 1 THEN round(value::numeric, 2)::text
        ELSE round(value::numeric, 4)::text END
$$;
COMMENT ON FUNCTION report.number(float8) IS 'A measured or computed number as a report prints it: about four digits that count.';
REVOKE ALL ON FUNCTION report.number(float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report.number(float8) TO viewer;
