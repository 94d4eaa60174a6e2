CREATE OR REPLACE FUNCTION ml.trend_estimate("now" timestamptz, equipment_ids text[] DEFAULT NULL)
    RETURNS SETOF ml.trend_state
    LANGUAGE plpgsql STABLE ROWS 1000
    -- see ml.trend_series
    SET search_path = pg_catalog, pg_temp SET jit = off SET enable_nestloop = off
AS $$
#variable_conflict use_column
DECLARE
    -- what the slopes of ml.trend_fit (of pairs at least half the span apart) lose to the best estimate: variance of
    -- their median over that of (last - first) / span, for a Wiener process; over that of least squares, for noise
    -- about a line
    c_drift_diffusion CONSTANT float8 := 1.25;
    c_drift_noise CONSTANT float8 := 1.5;
    c_mad CONSTANT float8 := 1.4826;
    c_median CONSTANT float8 := 1.5708;
    -- how many degrees of freedom a fleet's variance counts for; machines of a type differ in it
    c_fleet_df CONSTANT float8 := 8;
    -- drifts of a fleet differ by a tenth at least, however alike they look
    c_fleet_spread CONSTANT float8 := 0.1;
    -- the other form fits nearly as well where it misses by less than this much more: the interval holds both
    c_as_well CONSTANT float8 := 1.3;
    -- 114 years: what is longer is no different
    c_longest CONSTANT float8 := 1e6;
    v_hours CONSTANT integer := ops.setting_int('ml.trend_hours');
    v_level_hours CONSTANT integer := ops.setting_int('ml.trend_level_hours');
    v_fleet CONSTANT integer := ops.setting_int('ml.trend_fleet');
    v_confidence CONSTANT float8 := ops.setting_float('ml.trend_confidence');
    v_fresh CONSTANT timestamptz := trend_estimate.now - ops.setting_interval('ml.trend_stale');
    v_horizon CONSTANT float8 := date_part('epoch', ops.setting_interval('ml.trend_horizon')) / 3600;
BEGIN
    RETURN QUERY
    WITH series AS MATERIALIZED (
        SELECT row_number() OVER ()::integer AS id, s.*,
               CASE s.direction WHEN 'up' THEN 1 ELSE -1 END AS sign,
               (SELECT bool_and(v > 0) FROM unnest(s.value) AS v) AND s.limit_value > 0 AS may_be_exponential,
               (SELECT avg(ln(v)) FROM unnest(s.value) AS v WHERE v > 0) AS mean_ln
        FROM ml.trend_series(trend_estimate.now, trend_estimate.equipment_ids) AS s
    ), fit AS MATERIALIZED (
        -- in each form, as something that rises to its limit
        SELECT s.id, s.fleet, f.form, s.hours >= v_hours AND (x.fit).drift IS NOT NULL AS is_own, x.fit,
               s.sign * CASE f.form WHEN 'linear' THEN s.limit_value ELSE ln(s.limit_value) END AS limit_value, z.value,
               -- in one unit, so that forms can be compared: Box and Cox
               ln((x.fit).misfit) + CASE f.form WHEN 'exponential' THEN s.mean_ln ELSE 0 END AS misfit,
               greatest((x.fit).blocks / 4.0 - 1, 3) AS df
        FROM series AS s
        CROSS JOIN (VALUES ('linear'), ('exponential')) AS f (form)
        CROSS JOIN LATERAL (
            SELECT CASE WHEN f.form = 'exponential' THEN ARRAY(SELECT s.sign * ln(u.v) FROM unnest(s.value)
                            WITH ORDINALITY AS u (v, i) ORDER BY u.i)
                        WHEN s.sign = 1 THEN s.value
                        ELSE ARRAY(SELECT -u.v FROM unnest(s.value) WITH ORDINALITY AS u (v, i) ORDER BY u.i) END
                   AS value OFFSET 0) AS z
        -- once, however many of its members are asked for
        CROSS JOIN LATERAL (SELECT ml.trend_fit(s.clock, z.value, s.service) AS fit OFFSET 0) AS x
        WHERE s.hours >= v_level_hours AND s.last_hour >= v_fresh
          AND (f.form = 'linear' OR s.may_be_exponential)
    ), own AS MATERIALIZED (
        SELECT f.*, (c_drift_diffusion * (f.fit).diffusion / (f.fit).span
                     + 12 * c_drift_noise * (f.fit).noise / ((f.fit).blocks * (f.fit).span * (f.fit).span))
                    * f.df / (f.df - 2) AS variance,
               row_number() OVER (PARTITION BY f.id ORDER BY f.misfit, f.form DESC) AS place,
               min(f.misfit) OVER (PARTITION BY f.id) AS least
        FROM fit AS f
        WHERE f.is_own
    ), middle AS (
        SELECT o.fleet, o.form, count(*) AS machines, count(*) FILTER (WHERE o.place = 1) AS chosen,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY (o.fit).drift) AS drift,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY o.variance) AS variance,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY (o.fit).diffusion) AS diffusion,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY (o.fit).noise) AS noise
        FROM own AS o
        GROUP BY o.fleet, o.form
        HAVING count(*) >= v_fleet
    ), prior AS MATERIALIZED (
        -- what drifts differ by beyond what each is uncertain by is how machines differ
        -- (and how well their middle is known)
        SELECT m.*, x.spread + c_median * (x.spread + m.variance) / m.machines AS spread,
               row_number() OVER (PARTITION BY m.fleet ORDER BY m.chosen DESC, m.form DESC) AS place
        FROM middle AS m
        CROSS JOIN LATERAL (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs((o.fit).drift - m.drift)) AS mad
            FROM own AS o WHERE o.fleet = m.fleet AND o.form = m.form) AS d
        CROSS JOIN LATERAL (
            SELECT greatest(d.mad * d.mad * c_mad * c_mad - m.variance,
                            m.drift * m.drift * c_fleet_spread * c_fleet_spread) AS spread) AS x
    ), candidate AS MATERIALIZED (
        SELECT o.id, o.form, o.place, o.misfit <= o.least + ln(c_as_well) AS is_near,
               (o.fit).level, (o.fit).level_se, o.limit_value,
               (o.fit).drift * (1 - w.prior) + coalesce(p.drift, 0) * w.prior AS drift,
               sqrt(v.variance * (1 - w.prior)) AS drift_se, sqrt(v.diffusion * v.df / (v.df - 2)) AS sigma,
               w.prior
        FROM own AS o
        LEFT JOIN prior AS p ON p.fleet = o.fleet AND p.form = o.form
        CROSS JOIN LATERAL (
            SELECT o.df + CASE WHEN p.form IS NULL THEN 0 ELSE c_fleet_df END AS df,
                   (o.df * (o.fit).diffusion + CASE WHEN p.form IS NULL THEN 0 ELSE c_fleet_df * p.diffusion END)
                   / (o.df + CASE WHEN p.form IS NULL THEN 0 ELSE c_fleet_df END) AS diffusion
        ) AS u
        CROSS JOIN LATERAL (
            SELECT u.df, u.diffusion, (c_drift_diffusion * u.diffusion / (o.fit).span + 12 * c_drift_noise
                    * (o.fit).noise / ((o.fit).blocks * (o.fit).span * (o.fit).span)) * u.df / (u.df - 2) AS variance
        ) AS v
        CROSS JOIN LATERAL (
            SELECT CASE WHEN p.form IS NULL OR v.variance = 0 THEN 0
                        ELSE v.variance / (v.variance + p.spread) END AS prior) AS w
        UNION ALL
        -- too young for a drift of its own: where it stands, and how machines of its type go on from there
        SELECT f.id, f.form, 1, true, y.level, sqrt(p.noise / y.values + p.diffusion), f.limit_value,
               p.drift, sqrt(p.spread), sqrt(p.diffusion), 1
        FROM fit AS f
        JOIN prior AS p ON p.fleet = f.fleet AND p.form = f.form AND p.place = 1
        CROSS JOIN LATERAL (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY u.v) AS level, count(*) AS values
            FROM (SELECT r.v FROM unnest(f.value) WITH ORDINALITY AS r (v, i) ORDER BY r.i DESC LIMIT 12) AS u
        ) AS y
        WHERE NOT f.is_own AND ((f.fit).blocks IS NULL
                                OR f.id IN (SELECT s.id FROM series AS s WHERE s.hours < v_hours))
    ), judged AS MATERIALIZED (
        SELECT c.*, c.limit_value - c.level AS distance,
               CASE WHEN c.drift_se > 0 THEN
                        erfc(least(greatest(-c.drift / c.drift_se / sqrt(float8 '2'), -25), 25)) / 2
                    ELSE (c.drift > 0)::integer END AS chance
        FROM candidate AS c
    ), told AS MATERIALIZED (
        SELECT j.*, q.median, q.low, q.high
        FROM judged AS j
        LEFT JOIN LATERAL (
            SELECT ml.first_passage_quantile(0.5, j.distance, j.drift, j.drift_se, j.sigma, j.level_se) AS median,
                   ml.first_passage_quantile(0.1, j.distance, j.drift, j.drift_se, j.sigma, j.level_se) AS low,
                   ml.first_passage_quantile(0.9, j.distance, j.drift, j.drift_se, j.sigma, j.level_se) AS high
            WHERE j.distance > 0 AND j.chance >= v_confidence AND (j.place = 1 OR j.is_near)
            OFFSET 0
        ) AS q ON true
    ), verdict AS (
        SELECT s.*, t.form, t.level, t.drift, t.drift_se, t.sigma, t.prior, t.chance, t.median, t.distance,
               t.id AS told, least(t.low, o.low) AS low, greatest(t.high, o.high) AS high,
               CASE WHEN s.last_hour < v_fresh THEN 'stale'
                    WHEN s.hours < v_level_hours THEN 'too_few_hours'
                    WHEN t.distance <= 0 THEN 'crossed'
                    WHEN t.id IS NULL AND s.hours >= v_hours AND cardinality(s.value) > 1
                        AND NOT EXISTS (SELECT FROM unnest(s.value) AS v WHERE v <> s.value[1]) THEN
                        CASE WHEN s.sign * s.value[1] >= s.sign * s.limit_value THEN 'crossed' ELSE 'constant' END
                    WHEN t.id IS NULL THEN 'too_few_hours'
                    WHEN t.median IS NULL THEN 'no_drift'
                    WHEN t.median > v_horizon THEN 'beyond_horizon'
                    ELSE 'estimate' END AS verdict
        FROM series AS s
        LEFT JOIN told AS t ON t.id = s.id AND t.place = 1
        LEFT JOIN told AS o ON o.id = s.id AND o.place = 2
    )
    SELECT v.equipment_id, v.indicator, v.part, trend_estimate.now, v.verdict, v.since, v.because, v.last_hour, v.hours,
           v.duty, ops.carried(CASE v.form WHEN 'exponential' THEN exp(least(greatest(v.sign * v.level, -500), 500))
                                           ELSE v.sign * v.level END),
           v.limit_value, v.form, ops.carried(v.drift), ops.carried(v.drift_se), ops.carried(v.sigma), v.prior,
           v.chance, x.rul, x.low, x.high
    FROM verdict AS v
    LEFT JOIN LATERAL (
        SELECT least(v.median, c_longest) AS rul, least(v.low, v.median, c_longest) AS low,
               least(greatest(v.high, v.median), c_longest) AS high
        WHERE v.verdict = 'estimate'
        UNION ALL
        SELECT 0, 0, 0 WHERE v.verdict = 'crossed'
    ) AS x ON true;
END
$$;
COMMENT ON FUNCTION ml.trend_estimate(timestamptz, text[]) IS
    'What is said of each health indicator of machines (NULL: all) as of a time; changes nothing. Linear or '
    'exponential, whichever misses the series by less (Box and Cox); first passage of the limit with the drift''s '
    'error in it (ml.first_passage_quantile): median, 10 % and 90 %; where the other form fits nearly as well the '
    'interval holds both. Drift and diffusion are drawn to those of the machines of its type by how uncertain they are '
    '(empirical Bayes); a young machine has theirs.';
REVOKE ALL ON FUNCTION ml.trend_estimate(timestamptz, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ml.trend_estimate(timestamptz, text[]) TO viewer;
