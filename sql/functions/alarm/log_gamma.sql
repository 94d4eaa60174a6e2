CREATE OR REPLACE FUNCTION alarm.log_gamma(x float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- from here on five terms of Stirling's series are as good as float8
    c_far CONSTANT float8 := 12;
    v_x float8 := x;
    v_shift float8 := 0;
BEGIN
    -- a recurrence, a step at a time: Γ(x + 1) = x Γ(x)
    WHILE v_x < c_far LOOP
        v_shift := v_shift + ln(v_x);
        v_x := v_x + 1;
    END LOOP;
    RETURN (v_x - 0.5) * ln(v_x) - v_x + 0.5 * ln(2 * pi()) - v_shift
        + (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - 1 / (1188.0 * v_x ^ 2)) / v_x ^ 2) / v_x ^ 2) / v_x ^ 2)
          / v_x;
END
$$;
COMMENT ON FUNCTION alarm.log_gamma(float8) IS 'ln Γ(x) for x > 0, by Stirling''s series. PostgreSQL 18 has lgamma.';
REVOKE ALL ON FUNCTION alarm.log_gamma(float8) FROM PUBLIC;
