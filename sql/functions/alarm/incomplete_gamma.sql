CREATE OR REPLACE FUNCTION alarm.incomplete_gamma(a float8, x float8) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_most CONSTANT integer := 10000;
    c_tiny CONSTANT float8 := 1e-300;
    v_scale float8;
    v_sum float8;
    v_term float8;
    v_b float8;
    v_c float8;
    v_d float8;
BEGIN
    IF x <= 0 THEN
        RETURN 0;
    END IF;
    v_scale := exp(greatest(-700, a * ln(x) - x - alarm.log_gamma(a)));
    -- a series below the mean, a continued fraction (Lentz) above it: each term needs the one before
    IF x < a + 1 THEN
        v_term := 1 / a;
        v_sum := v_term;
        FOR i IN 1 .. c_most LOOP
            v_term := v_term * x / (a + i);
            v_sum := v_sum + v_term;
            EXIT WHEN v_term < v_sum * 1e-16;
        END LOOP;
        RETURN least(1, v_scale * v_sum);
    END IF;
    v_b := x + 1 - a;
    v_c := 1 / c_tiny;
    v_d := 1 / v_b;
    v_sum := v_d;
    FOR i IN 1 .. c_most LOOP
        v_b := v_b + 2;
        v_term := -i * (i - a);
        v_d := v_term * v_d + v_b;
        v_c := v_b + v_term / v_c;
        v_d := 1 / CASE WHEN abs(v_d) < c_tiny THEN c_tiny ELSE v_d END;
        v_c := CASE WHEN abs(v_c) < c_tiny THEN c_tiny ELSE v_c END;
        v_sum := v_sum * v_d * v_c;
        EXIT WHEN abs(v_d * v_c - 1) < 1e-15;
    END LOOP;
    RETURN greatest(0, 1 - v_scale * v_sum);
END
$$;
COMMENT ON FUNCTION alarm.incomplete_gamma(float8, float8) IS
    'Regularised lower incomplete gamma function P(a, x), a > 0, by series and continued fraction.';
REVOKE ALL ON FUNCTION alarm.incomplete_gamma(float8, float8) FROM PUBLIC;
