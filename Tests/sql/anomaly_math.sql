-- Quantiles, inverses, shrinkage, T² and Q: against closed forms and naive oracles.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SELECT setseed(0.4);

-- F with 2 and m degrees of freedom, chi-square with 2 and 1 degrees: closed forms
SELECT ok(abs(alarm.f_quantile(p, 2, m) / (m / 2 * ((1 - p) ^ (-2 / m) - 1)) - 1) < 1e-9, format('F(2, %s) at %s', m, p))
FROM unnest('{0.5,0.95,0.999}'::float8[]) AS p, unnest('{1,7,300,43000}'::float8[]) AS m;
SELECT ok(abs(alarm.chi_square_quantile(p, 2) / (-2 * ln(1 - p)) - 1) < 1e-9, format('chi-square(2) at %s', p))
FROM unnest('{0.01,0.5,0.999,0.999999}'::float8[]) AS p;
SELECT ok(abs(erf(sqrt(alarm.chi_square_quantile(p, 1) / 2)) - p) < 1e-12, format('chi-square(1) at %s', p))
FROM unnest('{0.01,0.5,0.95,0.999}'::float8[]) AS p;
-- many degrees in the denominator: chi-square; mirrored: the reciprocal
SELECT ok(abs(5 * alarm.f_quantile(0.99, 5, 1e6) / alarm.chi_square_quantile(0.99, 5) - 1) < 1e-4, 'F tends to chi-square');
SELECT ok(abs(alarm.f_quantile(0.9, 3, 8) * alarm.f_quantile(0.1, 8, 3) - 1) < 1e-9, 'F mirrored');
SELECT ok(abs(alarm.log_gamma(x) - y) < 1e-12, format('log gamma of %s', x))
FROM (VALUES (1, 0), (2, 0), (0.5, ln(sqrt(pi()))), (11, ln(3628800::float8))) AS v (x, y);

-- a random symmetric positive definite matrix times its inverse
CREATE FUNCTION pg_temp.spd(p integer) RETURNS float8[] LANGUAGE sql AS $$
    WITH f AS MATERIALIZED (SELECT i, k, random() - 0.5 AS x FROM generate_series(1, p) AS i, generate_series(1, p + 3) AS k)
    SELECT array_agg(s.c ORDER BY s.i, s.j) FROM (
        SELECT a.i, b.i AS j, sum(a.x * b.x) AS c FROM f AS a JOIN f AS b USING (k) GROUP BY a.i, b.i) AS s $$;
CREATE FUNCTION pg_temp.times(a float8[], b float8[], p integer) RETURNS float8[] LANGUAGE sql AS $$
    SELECT array_agg(s.c ORDER BY s.i, s.j) FROM (
        SELECT i, j, sum(a[(i - 1) * p + k] * b[(k - 1) * p + j]) AS c
        FROM generate_series(1, p) AS i, generate_series(1, p) AS j, generate_series(1, p) AS k GROUP BY i, j) AS s $$;
CREATE TEMP TABLE matrix AS SELECT p, pg_temp.spd(p) AS m FROM generate_series(1, 12) AS p;
SELECT ok((SELECT max(abs(u.x - CASE WHEN (u.n - 1) / p = (u.n - 1) % p THEN 1 ELSE 0 END)) < 1e-8
           FROM unnest(pg_temp.times(m, alarm.matrix_inverse(m), p)) WITH ORDINALITY AS u (x, n)), format('inverse of %s rows', p)) FROM matrix;
SELECT throws_ok($$SELECT alarm.matrix_inverse('{1,2,2,1}')$$, '22023', 'the matrix is not positive definite', 'an indefinite one');
SELECT throws_ok($$SELECT alarm.matrix_inverse('{1,2,3}')$$, '22023', 'the matrix is not square', 'none at all');
SELECT is(alarm.matrix_inverse('{4,0,0,0.5}'), '{0.25,0,0,2}', 'a diagonal one, exactly');

-- T² of two signals with correlation r, and what regression leaves: by hand
SELECT ok(abs(d.t2 - (a * a - 2 * r * a * b + b * b) / (1 - r * r)) < 1e-9
      AND abs(d.residual[1] - (a - r * b) / sqrt(1 - r * r)) < 1e-9 AND abs(d.residual[2] - (b - r * a) / sqrt(1 - r * r)) < 1e-9
      AND abs(d.q - (d.residual[1] ^ 2 + d.residual[2] ^ 2)) < 1e-9, format('two signals: %s %s at %s', a, b, r))
FROM (VALUES (1.5, -0.5, 0.9), (3.0, 3.0, 0.99), (0.0, 2.0, 0.0), (-1.0, 0.3, -0.7)) AS v (a, b, r),
     LATERAL alarm.multivariate_distance(ARRAY[a, b], alarm.matrix_inverse(ARRAY[1, r, r, 1])) AS d;
-- against a join over unnested arrays
SELECT ok(abs(d.t2 - o.t2) < 1e-8 * greatest(1, o.t2), format('T² of %s signals against a join', p))
FROM matrix AS x, LATERAL (SELECT array_agg(random() * 4 - 2) AS z, alarm.matrix_inverse(x.m) AS w FROM generate_series(1, x.p) WHERE x.p > 0) AS s,
     LATERAL alarm.multivariate_distance(s.z, s.w) AS d,
     LATERAL (SELECT sum(s.z[i] * s.w[(i - 1) * x.p + j] * s.z[j]) AS t2 FROM generate_series(1, x.p) AS i, generate_series(1, x.p) AS j) AS o;

-- shrinkage: the formula, its bounds
SELECT ok(abs(s.shrinkage - (1 - 0.25) ^ 2 / 50 / 0.25) < 1e-12 AND abs(s.shrunken[2] - (1 - s.shrinkage) * 0.5) < 1e-12 AND s.shrunken[1] = 1,
    'a pair that correlates by half, 51 samples') FROM alarm.shrunken_correlation('{1,0.5,0.5,1}', 51) AS s;
SELECT is(s.shrinkage, 1::float8, 'nothing to trust: the identity') FROM alarm.shrunken_correlation('{1,0.01,0.01,1}', 3) AS s;
SELECT is(s.shrunken, '{1,0.999,0.999,1}', 'an exact copy still has an inverse') FROM alarm.shrunken_correlation('{1,1,1,1}', 100000) AS s;
SELECT is(s.shrinkage, 1::float8, 'one signal') FROM alarm.shrunken_correlation('{1}', 100) AS s;

-- thresholds: of uncorrelated signals Q is T² with a known covariance
SELECT ok(abs(l.q / alarm.chi_square_quantile(0.999, 3) - 1) < 1e-9 AND l.t2 > l.q, 'no correlation: Q is chi-square')
FROM alarm.multivariate_limits('{1,0,0,0,1,0,0,0,1}', 100, 0.001) AS l;
-- of a pair that follows each other the two residuals are one
SELECT ok(abs(l.q / (2 * alarm.chi_square_quantile(0.999, 1)) - 1) < 0.02, 'two residuals that are one')
FROM alarm.multivariate_limits(alarm.matrix_inverse('{1,0.999,0.999,1}'), 100000, 0.001) AS l;
-- the share of simulated normal vectors above the thresholds is alpha
CREATE TEMP TABLE normal AS
SELECT k, sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS a, sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS b,
       sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS c FROM generate_series(1, 20000) AS k;
SELECT ok(avg((d.t2 > l.t2)::integer) BETWEEN 0.007 AND 0.013, format('T² above its threshold: %s', avg((d.t2 > l.t2)::integer))),
       ok(avg((d.q > l.q)::integer) BETWEEN 0.006 AND 0.014, format('Q above its threshold: %s', avg((d.q > l.q)::integer)))
FROM (SELECT alarm.matrix_inverse('{1,0.8,0,0.8,1,0,0,0,1}') AS w) AS m, LATERAL alarm.multivariate_limits(m.w, 20000, 0.01) AS l,
     normal AS n, LATERAL alarm.multivariate_distance(ARRAY[n.a, 0.8 * n.a + 0.6 * n.b, n.c], m.w) AS d;
SELECT * FROM finish();
ROLLBACK;
