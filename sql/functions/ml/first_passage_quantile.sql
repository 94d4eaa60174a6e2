CREATE OR REPLACE FUNCTION ml.first_passage_quantile(
    fraction float8, distance float8, drift float8, drift_se float8, sigma float8, distance_se float8 DEFAULT 0
) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_error CONSTANT float8 := 1e-8;
    c_never CONSTANT float8 := 1e6;
    -- all by the distance and in units of the time that it takes on the average
    v_usual float8;
    m CONSTANT float8 := 1;
    s float8;
    q float8;
    e float8;
    v_sought float8;
    a float8 := -0.5;
    b float8 := 0.5;
    x float8;
    fa float8;
    fb float8;
    fx float8;
    v_side integer := 0;
BEGIN
    IF distance <= 0 THEN
        RETURN 0;
    ELSIF drift <= 0 OR fraction <= 0 OR fraction >= 1 OR drift / distance < 1e-12 THEN
        RETURN NULL;
    END IF;
    v_usual := distance / drift;
    s := least(drift_se / drift, 1e9);
    q := least(sigma / distance, 1e9) * sqrt(v_usual);
    e := distance_se / distance;
    -- of those that pass it at all
    v_sought := fraction * ml.first_passage_cdf(c_never, 1, m, s, q, e);
    fa := ml.first_passage_cdf(exp(a), 1, m, s, q, e) - v_sought;
    fb := ml.first_passage_cdf(exp(b), 1, m, s, q, e) - v_sought;
    -- loops: each step needs the one before
    WHILE fa > 0 AND a > -20 LOOP
        b := a; fb := fa;
        a := 2 * a;
        fa := ml.first_passage_cdf(exp(a), 1, m, s, q, e) - v_sought;
    END LOOP;
    IF fa > 0 THEN
        RETURN 0;
    END IF;
    WHILE fb < 0 AND b < 14 LOOP
        a := b; fa := fb;
        b := 2 * b;
        fb := ml.first_passage_cdf(exp(b), 1, m, s, q, e) - v_sought;
    END LOOP;
    -- the rule of false position (Illinois), which never leaves the bracket; a halving now and then, for steps
    FOR i IN 1 .. 100 LOOP
        EXIT WHEN b - a < c_error;
        x := CASE WHEN i % 4 = 0 OR fb - fa < 1e-300 THEN (a + b) / 2 ELSE b - fb * (b - a) / (fb - fa) END;
        fx := ml.first_passage_cdf(exp(x), 1, m, s, q, e) - v_sought;
        IF abs(fx) < c_error * 1e-2 THEN
            a := x; b := x;
        ELSIF fx > 0 THEN
            b := x; fb := fx;
            IF v_side = 1 THEN fa := fa / 2; END IF;
            v_side := 1;
        ELSE
            a := x; fa := fx;
            IF v_side = -1 THEN fb := fb / 2; END IF;
            v_side := -1;
        END IF;
    END LOOP;
    RETURN v_usual * exp((a + b) / 2);
END
$$;
COMMENT ON FUNCTION ml.first_passage_quantile(float8, float8, float8, float8, float8, float8) IS
    'Hours within which a fraction (between 0 and 1) of such processes has passed the distance (ml.first_passage_cdf), '
    'of those that ever do (within a million times distance / drift). Found numerically: the probability at it is '
    'within 1e-8 of the fraction. 0: the distance is none, or its error larger than it. NULL: the drift leads away.';
REVOKE ALL ON FUNCTION ml.first_passage_quantile(float8, float8, float8, float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.first_passage_quantile(float8, float8, float8, float8, float8, float8) TO viewer;
