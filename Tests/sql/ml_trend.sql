-- The arithmetic of trends against what is known of it: first passage against numeric integration, the fit against series whose drift, diffusion
-- and noise are known.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT setseed(0.42) \g /dev/null
CREATE FUNCTION pg_temp.gauss() RETURNS float8 LANGUAGE sql VOLATILE AS $$ SELECT sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) $$;

-- the inverse Gaussian and its mixture, as the area under their density (midpoints of 4,000 strips in the root of time)
CREATE FUNCTION pg_temp.area(t float8, d float8, m float8, s float8, q float8) RETURNS float8 LANGUAGE sql AS $$
    SELECT sum(CASE WHEN x.e < -700 THEN 0 ELSE d / sqrt(2 * pi() * x.t ^ 3 * x.v) * exp(x.e) * x.w END)
    FROM generate_series(0, 3999) AS i
    CROSS JOIN LATERAL (SELECT sqrt(t) / 4000 AS h) AS h
    CROSS JOIN LATERAL (SELECT ((i + 0.5) * h.h) ^ 2 AS t, 2 * (i + 0.5) * h.h * h.h AS w) AS y
    CROSS JOIN LATERAL (SELECT y.t, y.w, s * s * y.t + q * q AS v, greatest(0 - (d - m * y.t) ^ 2 / (2 * y.t * (s * s * y.t + q * q)), -1000) AS e) AS x $$;
CREATE TEMP TABLE passage AS SELECT * FROM (VALUES (10::float8, 0.1::float8, 0::float8, 0.3::float8), (10, 0.1, 0.02, 0.3), (10, 0.1, 0.05, 0.05),
    (1, 0.001, 0.0002, 0.01), (1e-6, 1e-9, 1e-10, 1e-8), (1e80, 1e77, 2e76, 3e78), (3, 0.5, 0.2, 2), (5, 0.02, 0, 0.4), (1, 0.004, 0.001, 0.0004)) AS p (d, m, s, q);
SELECT ok(abs(ml.first_passage_cdf(f * d / m, d, m, s, q) - pg_temp.area(f * d / m, d, m, s, q)) < 1e-5,
    format('the area under the density: %s %s %s %s to %s', d, m, s, q, f)) FROM passage, unnest('{0.5,1,1.7,4}'::float8[]) AS f;
SELECT ok(abs(ml.first_passage_cdf(ml.first_passage_quantile(f, d, m, s, q), d, m, s, q) - f * ml.first_passage_cdf(1e6 * d / m, d, m, s, q)) < 2e-8,
    format('the quantile is within what is promised: %s of %s %s %s %s', f, d, m, s, q)) FROM passage, unnest('{0.001,0.1,0.5,0.9,0.99}'::float8[]) AS f;
SELECT ok(abs(ml.first_passage_quantile(f, k * d, k * m, k * s, k * q, k * 0.01 * d) / ml.first_passage_quantile(f, d, m, s, q, 0.01 * d) - 1) < 1e-6, 'a unit changes nothing')
FROM passage, unnest('{0.1,0.5,0.9}'::float8[]) AS f, unnest('{0.001,25.4}'::float8[]) AS k WHERE d BETWEEN 1e-3 AND 1e3;
SELECT is_empty($$SELECT * FROM passage CROSS JOIN LATERAL (SELECT ml.first_passage_quantile(0.1, d, m, s, q) AS low, ml.first_passage_quantile(0.1, d, m, s + m / 3, q) AS low_wider,
    ml.first_passage_quantile(0.9, d, m, s, q) AS high, ml.first_passage_quantile(0.9, d, m, s + m / 3, q) AS high_wider) AS x
    WHERE NOT (low_wider < low AND high_wider > high)$$, 'a drift that is known less well makes the interval wider on both sides');
SELECT is(ml.first_passage_quantile(0.5, 10, 0.1, 0, 0)::numeric(12, 6), 100.000000, 'without any doubt the distance over the drift');
SELECT is(ml.first_passage_quantile(0.5, 0, 0.1, 0, 0), 0::float8, 'there already');
SELECT is(ml.first_passage_quantile(0.5, 1, d, 0, 0.1), NULL, 'never') FROM unnest('{0,-1}'::float8[]) AS d;
SELECT lives_ok(format('SELECT ml.first_passage_quantile(%s, %s, %s, %s, %s, %s), ml.first_passage_cdf(%s, %s, %s, %s, %s, %s)', f, d, m, s, q, e, t, d, m, s, q, e),
    format('nothing leaves float8: %s %s %s %s %s', d, m, s, q, e))
FROM (VALUES (0.5, '1e100', '1e-100', '1e100', '1e100', '1e100', '1e100'), (0.5, '1e-100', '1e100', '1e-100', '1e-100', '0', '1e-100'), (0.9, '1', '1e-9', '1e9', '1e9', '1e9', '1e300'),
    (0.1, '1e100', '1e100', '0', '1e-100', '0', '1'), (0.1, '1', '1', '1e-100', '1e-7', '1e-100', '1'), (0.5, '1', '-5', '0.1', '0.01', '0', '100'), (0.5, '''NaN''', '1', '1', '1', '1', '1'),
    (0.5, '1', '''Infinity''', '1', '1', '1', '1')) AS v (f, d, m, s, q, e, t);
-- the error of the distance: by the mixture over it
SELECT ok(abs(ml.first_passage_cdf(t, 10, 0.1, 0.02, 0.3, 0.5) - (SELECT sum(ml.first_passage_cdf(t, 10 + z * 0.05, 0.1, 0.02, 0.3) * exp(0 - (z * 0.1) ^ 2 / 2)) / sum(exp(0 - (z * 0.1) ^ 2 / 2))
    FROM generate_series(-40, 40) AS z)) < 0.01, 'the distance''s error, at ' || t) FROM unnest('{60,100,150}'::float8[]) AS t;

-- the fit: what is known comes back
CREATE TEMP TABLE path AS
SELECT k.kind, m, x.clock, x.value FROM (VALUES ('noise', 0.01, 0, 0.5), ('diffusion', 0.01, 0.05, 0), ('both', 0.01, 0.05, 0.5)) AS k (kind, drift, sigma, noise),
    generate_series(1, 100) AS m, LATERAL (
        SELECT array_agg(w.t ORDER BY w.t) AS clock, array_agg(w.v + k.noise * pg_temp.gauss() + 0 * m ORDER BY w.t) AS value FROM (
            SELECT i * 15.0::float8 AS t, sum(k.drift * 15 + k.sigma * sqrt(15) * pg_temp.gauss() + 0 * m) OVER (ORDER BY i) AS v FROM generate_series(1, 48) AS i) AS w) AS x;
CREATE TEMP TABLE fitted AS SELECT p.kind, p.m, (ml.trend_fit(p.clock, p.value, 725)).* FROM path AS p;
SELECT ok(avg(drift) BETWEEN 0.0093 AND 0.0107, format('%s: drift %s of 0.01', kind, round(avg(drift)::numeric, 5))) FROM fitted GROUP BY kind;
SELECT ok(CASE kind WHEN 'noise' THEN sqrt(d) < 0.02 ELSE sqrt(d) BETWEEN 0.04 AND 0.06 END, format('%s: diffusion %s', kind, round(sqrt(d)::numeric, 4)))
FROM (SELECT kind, percentile_cont(0.5) WITHIN GROUP (ORDER BY diffusion) AS d FROM fitted GROUP BY kind) AS f;
SELECT ok(CASE kind WHEN 'diffusion' THEN sqrt(n) < 0.15 ELSE sqrt(n) BETWEEN 0.4 AND 0.6 END, format('%s: noise %s', kind, round(sqrt(n)::numeric, 4)))
FROM (SELECT kind, percentile_cont(0.5) WITHIN GROUP (ORDER BY noise) AS n FROM fitted GROUP BY kind) AS f;
SELECT is(ml.trend_fit('{1,2,3}', '{1,2,3}', 4), NULL, 'too few values');
SELECT is((ml.trend_fit(array_agg(i::float8), array_agg(7::float8), 49)).drift, NULL, 'all the same: no drift') FROM generate_series(1, 48) AS i;
SELECT is((ml.trend_fit(array_agg(i::float8), array_agg(7::float8), 49)).level, 7::float8, 'but a level') FROM generate_series(1, 48) AS i;
SELECT is((ml.trend_fit(array_agg(i::float8 ORDER BY i), array_agg(2 * i::float8 ORDER BY i), 50)).drift::numeric(9, 6), 2.000000, 'a line is a line') FROM generate_series(1, 48) AS i;
SELECT is((ml.trend_fit(array_agg(i::float8 ORDER BY i), array_agg(CASE WHEN i % 10 = 3 THEN 1e100 ELSE 2 * i END::float8 ORDER BY i), 50)).drift::numeric(9, 3), 2.000, 'a tenth of nonsense moves it by nothing')
FROM generate_series(1, 48) AS i;
SELECT ok(bool_and(abs((x.fit).drift / k / f.drift - 1) < 1e-6 AND abs((x.fit).level / k / f.level - 1) < 1e-6), 'in another unit it is the same: ' || k)
FROM path AS p JOIN fitted AS f USING (kind, m), unnest('{0.001,25.4,1e90,1e-90}'::float8[]) AS k,
    LATERAL (SELECT ml.trend_fit(p.clock, ARRAY(SELECT v * k FROM unnest(p.value) AS v), 725) AS fit OFFSET 0) AS x WHERE p.m <= 20 GROUP BY k;
SELECT * FROM finish();
ROLLBACK;
