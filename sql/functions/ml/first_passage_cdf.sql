-- Everything is divided by the distance first, so units do not matter and nothing leaves float8. The reflected term is
-- written with erfcx(x) = exp(x²) · erfc(x): its exponent is that of the density, and never large.
CREATE OR REPLACE FUNCTION ml.first_passage_cdf(
    hours float8, distance float8, drift float8, drift_se float8, sigma float8, distance_se float8 DEFAULT 0
) RETURNS float8
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- beyond these rates, for each hour and distance, nothing is drift or diffusion: 1e9 hours, or a microsecond
    c_least CONSTANT float8 := 1e-12;
    c_most CONSTANT float8 := 1e9;
    t CONSTANT float8 := least(greatest(hours, 0), 1e15);
    m float8;
    s float8;
    q float8;
    e float8;
    v float8;
    w float8;
    x float8;
    p float8;
BEGIN
    IF distance <= 0 THEN
        RETURN 1;
    ELSIF t < c_least THEN
        RETURN 0;
    END IF;
    m := least(greatest(drift / distance, -c_most), c_most);
    s := least(drift_se / distance, c_most);
    q := least(sigma / distance, c_most);
    e := least(distance_se / distance, c_most);
    -- no square of these leaves float8
    IF abs(m) < c_least THEN m := 0; END IF;
    IF s < c_least THEN s := 0; END IF;
    IF q < c_least THEN q := 0; END IF;
    IF e < c_least THEN e := 0; END IF;
    q := q * q;
    v := s * s * t * t + q * t;
    w := v + e * e;
    IF w = 0 THEN
        RETURN (m * t >= 1)::integer;
    END IF;
    p := erfc(least(greatest((1 - m * t) / sqrt(2 * w), -25), 25)) / 2;
    IF q > 0 THEN
        x := (2 * s * s * t + q * (m * t + 1)) / (q * sqrt(2 * v));
        p := p + exp(-least((1 - m * t) * (1 - m * t) / (2 * v), 500)) / 2
                 * CASE WHEN x > 6 THEN (1 - 0.5 / (x * x) + 0.75 / (x * x * x * x)) / (x * 1.7724538509055159)
                        ELSE exp(least(x * x, 600)) * erfc(greatest(x, -24)) END;
    END IF;
    RETURN least(p, 1);
END
$$;
COMMENT ON FUNCTION ml.first_passage_cdf(float8, float8, float8, float8, float8, float8) IS
    'Probability that a Wiener process passes a distance within so many hours: drift for each hour, known but for a '
    'normal error (drift_se), diffusion sigma for each root of an hour. With drift_se 0 the inverse Gaussian; else its '
    'mixture in closed form (Peng and Tseng 2009). distance_se, the error of the distance, is added to the variance; '
    'that is right while it is small beside the distance.';
REVOKE ALL ON FUNCTION ml.first_passage_cdf(float8, float8, float8, float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.first_passage_cdf(float8, float8, float8, float8, float8, float8) TO viewer;
