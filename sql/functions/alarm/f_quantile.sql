CREATE OR REPLACE FUNCTION alarm.f_quantile(probability float8, d1 float8, d2 float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_low float8 := 0;
    v_high float8 := 1;
    v_middle float8;
BEGIN
    -- bisection: each step halves what is left; these are the bits of a float8
    FOR i IN 1 .. 60 LOOP
        v_middle := (v_low + v_high) / 2;
        IF alarm.incomplete_beta(d1 / 2, d2 / 2, v_middle) < probability THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle;
        END IF;
    END LOOP;
    RETURN d2 * v_high / (d1 * (1 - v_high));
END
$$;
COMMENT ON FUNCTION alarm.f_quantile(float8, float8, float8) IS
    'Quantile of the F distribution with d1 and d2 degrees of freedom, for a probability above 0 and below 1.';
REVOKE ALL ON FUNCTION alarm.f_quantile(float8, float8, float8) FROM PUBLIC;
