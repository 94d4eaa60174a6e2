CREATE OR REPLACE FUNCTION alarm.chi_square_quantile(probability float8, degrees float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_low float8 := 0;
    v_high float8 := degrees + 1;
    v_middle float8;
BEGIN
    -- a bound above it, then bisection: each step rests on the one before
    WHILE alarm.incomplete_gamma(degrees / 2, v_high / 2) < probability LOOP
        v_high := v_high * 2;
    END LOOP;
    FOR i IN 1 .. 60 LOOP
        v_middle := (v_low + v_high) / 2;
        IF alarm.incomplete_gamma(degrees / 2, v_middle / 2) < probability THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle;
        END IF;
    END LOOP;
    RETURN v_high;
END
$$;
COMMENT ON FUNCTION alarm.chi_square_quantile(float8, float8) IS
    'Quantile of the chi-square distribution, whose degrees of freedom need not be whole, for a probability above 0 '
    'and up to 1 - 1e-12.';
REVOKE ALL ON FUNCTION alarm.chi_square_quantile(float8, float8) FROM PUBLIC;
