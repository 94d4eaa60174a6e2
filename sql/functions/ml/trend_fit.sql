CREATE OR REPLACE FUNCTION ml.trend_fit(clock float8[], value float8[], "at" float8) RETURNS ml.trend_fit
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
    SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_fewest CONSTANT integer := 12;
    -- values that differ by less than what float8 can tell apart do not differ
    c_same CONSTANT float8 := 1e-12;
    c_least CONSTANT float8 := 1e-30;
    -- nor does what is farther away than this many deviations count for more
    c_far CONSTANT float8 := 1e9;
    -- π/2: variance of a median over that of a mean
    c_median CONSTANT float8 := 1.5708;
    -- to a deviation: of the median absolute one, and of squares that are cut off at 2.5 deviations
    c_mad CONSTANT float8 := 1.4826;
    c_cut CONSTANT float8 := 2.5;
    c_kept CONSTANT float8 := 0.97756;
    c_lag CONSTANT integer := 4;
    n CONSTANT integer := cardinality(value);
    v_half CONSTANT integer := (n + 1) / 2;
    f ml.trend_fit;
    v_middle float8;
    v_scale float8;
    z float8[];
    d float8;
    v_near float8;
    v_far float8;
    x_near float8;
    x_far float8;
    v_last integer;
BEGIN
    IF n < c_fewest OR cardinality(clock) <> n THEN
        RETURN NULL;
    END IF;
    f.blocks := n;
    f.span := clock[n] - clock[1];
    -- in units of its own: what it is measured in changes nothing, and squares stay within float8
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY v) INTO v_middle FROM unnest(value) AS v;
    SELECT coalesce(nullif(percentile_disc(0.5) WITHIN GROUP (ORDER BY abs(v - v_middle)), 0), max(abs(v - v_middle)))
    INTO v_scale
    FROM unnest(value) AS v;
    IF v_scale <= c_same * abs(v_middle) OR v_scale = 0 THEN
        f.level := v_middle;
        RETURN f;
    END IF;
    z := ARRAY(SELECT CASE WHEN abs(u.v - v_middle) < c_same * v_scale THEN 0
                           ELSE least(greatest((u.v - v_middle) / v_scale, -c_far), c_far) END
               FROM unnest(value) WITH ORDINALITY AS u (v, i) ORDER BY u.i);
    f.drift := (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (z[j] - z[i]) / (clock[j] - clock[i]))
        FROM generate_series(1, n - v_half) AS i CROSS JOIN LATERAL generate_series(i + v_half, n) AS j);

    -- the variance of steps grows with their length by the diffusion, and has the noise twice
    WITH step AS MATERIALIZED (
        SELECT k, abs(z[i + k] - z[i] - f.drift * (clock[i + k] - clock[i])) AS r
        FROM (VALUES (1), (c_lag)) AS l (k) CROSS JOIN LATERAL generate_series(1, n - k) AS i
    ), usual AS (
        SELECT s.k, c_cut * c_mad * percentile_cont(0.5) WITHIN GROUP (ORDER BY s.r) AS most FROM step AS s GROUP BY s.k
    ), variance AS (
        SELECT s.k, avg(CASE WHEN s.r < c_same THEN 0 WHEN s.r < u.most OR u.most = 0 THEN s.r * s.r
                             WHEN u.most < c_same THEN 0 ELSE u.most * u.most END) / c_kept AS v
        FROM step AS s JOIN usual AS u ON u.k = s.k
        GROUP BY s.k
    )
    SELECT max(v.v) FILTER (WHERE v.k = 1), max(v.v) FILTER (WHERE v.k = c_lag) INTO v_near, v_far FROM variance AS v;
    -- a step between means of Brownian motion lacks a third of a block, and one about the fitted line its share of it
    d := f.span / (n - 1);
    x_near := d * (1 - 1.0 / (n - 1) - 1.0 / 3);
    x_far := d * (c_lag * (1 - c_lag::float8 / (n - 1)) - 1.0 / 3);
    f.diffusion := (v_far - v_near) / (x_far - x_near);
    f.noise := (v_near - f.diffusion * x_near) / 2;
    IF f.diffusion < 0 THEN
        f.diffusion := 0;
        f.noise := (c_lag * v_near + v_far) / (c_lag + 1) / 2;
    ELSIF f.noise < 0 THEN
        f.noise := 0;
        f.diffusion := (c_lag * v_near / x_near + v_far / x_far) / (c_lag + 1);
    END IF;

    -- so many of the last values that noise and what happened since then cost the same
    v_last := greatest(1, CASE WHEN f.diffusion * d <= f.noise * c_same THEN n / 4
        ELSE least(round(sqrt(least(3 * c_median * f.noise / (f.diffusion * d), 1e6))), n / 4) END)::integer;
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY u.v + f.drift * (at - u.t)) INTO f.level
    FROM unnest(z[n - v_last + 1 : n], clock[n - v_last + 1 : n]) AS u (v, t);
    f.level_se := sqrt(c_median * f.noise / v_last + f.diffusion * d * v_last / 3);
    -- mean distance from the line
    SELECT avg(abs(u.v - f.drift * u.t - m.middle)) INTO f.misfit
    FROM unnest(z, clock) AS u (v, t)
    CROSS JOIN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY w.v - f.drift * w.t) AS middle
                FROM unnest(z, clock) AS w (v, t)) AS m;

    -- back into its unit
    f.level := v_middle + v_scale * f.level;
    f.drift := CASE WHEN abs(f.drift) < c_least THEN 0 ELSE f.drift * v_scale END;
    f.misfit := greatest(f.misfit, c_same) * v_scale;
    f.level_se := CASE WHEN f.level_se < c_least THEN 0 ELSE f.level_se * v_scale END;
    f.diffusion := CASE WHEN f.diffusion < c_least THEN 0 ELSE f.diffusion * v_scale * v_scale END;
    f.noise := CASE WHEN f.noise < c_least THEN 0 ELSE f.noise * v_scale * v_scale END;
    RETURN f;
END
$$;
COMMENT ON FUNCTION ml.trend_fit(float8[], float8[], float8) IS
    'A Wiener process with drift and noise, fitted robustly to a series in ascending order of its clock (hours), as of '
    'a time of it (at). Drift: median of the slopes between all values that are at least half the series apart '
    '(Theil and Sen); diffusion and noise: from steps of one and of four, those beyond 2.5 deviations cut off; level: '
    'median of the last values. NULL for fewer than 12 values; without drift where all are the same.';
REVOKE ALL ON FUNCTION ml.trend_fit(float8[], float8[], float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.trend_fit(float8[], float8[], float8) TO viewer;
