CREATE OR REPLACE FUNCTION alarm.incomplete_beta(a float8, b float8, x float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most CONSTANT integer := 10000;
    c_tiny CONSTANT float8 := 1e-300;
    v_c float8 := 1;
    v_d float8;
    v_term float8;
    v_sum float8;
    m float8;
BEGIN
    IF x <= 0 OR x >= 1 THEN
        RETURN CASE WHEN x <= 0 THEN 0 ELSE 1 END;
    ELSIF x > (a + 1) / (a + b + 2) THEN
        -- where the fraction is slow, its mirror image is fast
        RETURN 1 - alarm.incomplete_beta(b, a, 1 - x);
    END IF;
    v_d := 1 - (a + b) * x / (a + 1);
    v_d := 1 / CASE WHEN abs(v_d) < c_tiny THEN c_tiny ELSE v_d END;
    v_sum := v_d;
    -- a continued fraction (Lentz), of which each term needs the one before
    FOR i IN 1 .. c_most LOOP
        m := i;
        v_term := m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        v_d := 1 + v_term * v_d;
        v_c := 1 + v_term / v_c;
        v_d := 1 / CASE WHEN abs(v_d) < c_tiny THEN c_tiny ELSE v_d END;
        v_c := CASE WHEN abs(v_c) < c_tiny THEN c_tiny ELSE v_c END;
        v_sum := v_sum * v_d * v_c;
        v_term := -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        v_d := 1 + v_term * v_d;
        v_c := 1 + v_term / v_c;
        v_d := 1 / CASE WHEN abs(v_d) < c_tiny THEN c_tiny ELSE v_d END;
        v_c := CASE WHEN abs(v_c) < c_tiny THEN c_tiny ELSE v_c END;
        v_sum := v_sum * v_d * v_c;
        EXIT WHEN abs(v_d * v_c - 1) < 1e-15;
    END LOOP;
    RETURN exp(greatest(-700, alarm.log_gamma(a + b) - alarm.log_gamma(a) - alarm.log_gamma(b)
                              + a * ln(x) + b * ln(1 - x))) * v_sum / a;
END
$$;
COMMENT ON FUNCTION alarm.incomplete_beta(float8, float8, float8) IS
    'Regularised incomplete beta function I_x(a, b), a and b > 0, by its continued fraction.';
REVOKE ALL ON FUNCTION alarm.incomplete_beta(float8, float8, float8) FROM PUBLIC;
