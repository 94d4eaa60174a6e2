-- 480 machines that wear by a Wiener process or exponentially, with and without noise and outliers, until they reach their limit, which is known:
-- how far the remaining life is off, and how often the 80 % interval holds it. The series stand in the place of ml.trend_series; all else is real.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
SET jit = off;
SELECT setseed(0.23) \g /dev/null
CREATE FUNCTION pg_temp.gauss() RETURNS float8 LANGUAGE sql VOLATILE AS $$ SELECT sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) $$;
-- A path in steps of 15 hours to the limit 10, from 1: how long it takes, and what was seen until it was stopped. Noise is that of a median of 15 hours.
CREATE FUNCTION pg_temp.wear(p_kind text, p_noise float8, OUT clock float8[], OUT value float8[], OUT left_hours float8) LANGUAGE plpgsql AS $$
DECLARE
    c_step CONSTANT float8 := 15;
    v_life float8;
    v_path float8[];
    v_x float8;
    v_now int;
BEGIN
    LOOP
        v_life := 10 ^ (2.6 + 0.8 * random());
        v_x := CASE p_kind WHEN 'linear' THEN 1 ELSE 0 END;
        v_path := '{}';
        -- the path is followed to its end, however long it takes
        WHILE v_x < CASE p_kind WHEN 'linear' THEN 10 ELSE ln(10) END LOOP
            v_path := v_path || v_x;
            v_x := v_x + CASE p_kind WHEN 'linear' THEN 9 ELSE ln(10) END * (c_step / v_life + 0.1 * sqrt(c_step / v_life) * pg_temp.gauss());
        END LOOP;
        v_now := (cardinality(v_path) * (0.4 + 0.5 * random()))::int;
        CONTINUE WHEN v_now < 14;
        clock := ARRAY(SELECT i * c_step FROM generate_series(greatest(v_now - 47, 1), v_now) AS i);
        value := ARRAY(SELECT CASE WHEN p_kind = 'linear' THEN v_path[i] + p_noise * pg_temp.gauss() ELSE exp(v_path[i] + p_noise / 3 * pg_temp.gauss()) END
                       FROM generate_series(greatest(v_now - 47, 1), v_now) AS i);
        left_hours := (cardinality(v_path) - v_now + 0.5) * c_step;
        RETURN;
    END LOOP;
END $$;
CREATE TABLE public.worn AS
SELECT format('%s-%s-%s', k.kind, k.noise, i) AS id, k.*, w.* FROM (VALUES ('linear', 0), ('linear', 0.2), ('exponential', 0), ('exponential', 0.2)) AS k (kind, noise),
    generate_series(1, 120) AS i, LATERAL pg_temp.wear(k.kind, k.noise + 0 * i) AS w;
-- the same where a tenth of the hours are nonsense, as the medians of blocks of 15 hours have it
CREATE TABLE public.spoilt AS
SELECT w.id, ARRAY(SELECT (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY CASE WHEN random() < 0.1 THEN 40 * random() ELSE u.v + 0 * g + 0.02 * pg_temp.gauss() END) FROM generate_series(1, 15) AS g)
                   FROM unnest(w.value) WITH ORDINALITY AS u (v, i) ORDER BY u.i) AS value
FROM public.worn AS w;
INSERT INTO plant.equipment (id, name, type) SELECT id, 'w', 'kind ' || row_number() OVER () FROM public.worn;
CREATE TABLE public.shown AS SELECT id, clock, value, 10::float8 AS limit_value FROM public.worn;
CREATE OR REPLACE FUNCTION ml.trend_series("now" timestamptz, equipment_ids text[] DEFAULT NULL)
    RETURNS TABLE (indicator text, equipment_id text, part text, fleet text, limit_value float8, direction text, since timestamptz, because text, hours integer,
                   last_hour timestamptz, service float8, duty float8, clock float8[], value float8[])
    LANGUAGE sql STABLE AS $$
    SELECT 'wear', s.id, 'x', s.id, s.limit_value, CASE WHEN s.limit_value < 0 THEN 'down' ELSE 'up' END, NULL::timestamptz, NULL, 15 * cardinality(s.clock), now, s.clock[cardinality(s.clock)] + 7.5, 1::float8,
           s.clock, s.value FROM public.shown AS s $$;
CREATE TABLE public.told AS SELECT t.* FROM ml.trend_estimate(now()) AS t;
SELECT is((SELECT count(*) FROM public.told), 480::bigint, 'one answer a machine');
CREATE VIEW public.score AS
SELECT w.kind, w.noise, count(*) AS machines, count(t.rul_hours) FILTER (WHERE t.verdict = 'estimate') AS estimates,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(t.rul_hours / w.left_hours - 1)) FILTER (WHERE t.verdict = 'estimate') AS error,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY t.rul_hours / w.left_hours - 1) FILTER (WHERE t.verdict = 'estimate') AS bias,
       avg((w.left_hours BETWEEN t.lower_hours AND t.upper_hours)::int) FILTER (WHERE t.verdict = 'estimate') AS coverage,
       avg((t.form = w.kind)::int) FILTER (WHERE t.verdict = 'estimate') AS form
FROM public.worn AS w JOIN public.told AS t ON t.equipment_id = w.id GROUP BY GROUPING SETS ((w.kind, w.noise), ());
SELECT diag(format('%s noise %s: %s of %s estimated, median error %s %%, bias %s %%, coverage %s %%, form right %s %%', coalesce(kind, 'all'), noise, estimates, machines, round(100 * error::numeric),
    round(100 * bias::numeric), round(100 * coverage), round(100 * form))) FROM public.score;
SELECT ok(estimates > 0.9 * machines, 'nearly all are estimated') FROM public.score WHERE kind IS NULL;
SELECT ok(coverage BETWEEN 0.70 AND 0.90, format('the 80 %% interval holds %s %% of the lives', round(100 * coverage))) FROM public.score WHERE kind IS NULL;
SELECT ok(coverage BETWEEN 0.62 AND 0.95, format('%s %s: %s %%', kind, noise, round(100 * coverage))) FROM public.score WHERE kind IS NOT NULL;
SELECT ok(error < 0.30, format('the median error is %s %%', round(100 * error::numeric))) FROM public.score WHERE kind IS NULL;
SELECT ok(form > 0.75, format('the form is that of the wear in %s %%', round(100 * form))) FROM public.score WHERE kind IS NULL;
SELECT is_empty($$SELECT FROM public.told WHERE verdict = 'estimate' AND NOT (lower_hours <= rul_hours AND rul_hours <= upper_hours AND lower_hours >= 0)$$, 'intervals are intervals');

-- in another unit, and upside down, the lives are the same
CREATE TEMP TABLE first_told AS SELECT * FROM public.told;
UPDATE public.shown SET value = ARRAY(SELECT v * 25.4 FROM unnest(value) WITH ORDINALITY AS u (v, i) ORDER BY i), limit_value = 254;
SELECT is_empty($$SELECT a.equipment_id, a.rul_hours, b.rul_hours FROM first_told AS a JOIN ml.trend_estimate(now()) AS b USING (equipment_id)
    WHERE a.verdict <> b.verdict OR abs(a.rul_hours - b.rul_hours) > 1e-4 * (1 + a.rul_hours) OR abs(a.upper_hours - b.upper_hours) > 1e-4 * (1 + a.upper_hours)$$, 'a unit changes no life');
UPDATE public.shown AS s SET value = ARRAY(SELECT -v FROM unnest(w.value) WITH ORDINALITY AS u (v, i) ORDER BY i), limit_value = -10 FROM public.worn AS w WHERE w.id = s.id;
SELECT is_empty($$SELECT a.equipment_id, a.rul_hours, b.rul_hours FROM first_told AS a JOIN ml.trend_estimate(now()) AS b USING (equipment_id)
    WHERE a.form = 'linear' AND a.verdict = 'estimate' AND abs(a.rul_hours - b.rul_hours) > 1e-4 * (1 + a.rul_hours)$$, 'what falls to its limit is what rises to it');

-- a tenth of nonsense
UPDATE public.shown AS s SET value = w.value, limit_value = 10 FROM public.spoilt AS w WHERE w.id = s.id;
TRUNCATE public.told;
INSERT INTO public.told SELECT * FROM ml.trend_estimate(now());
SELECT diag(format('a tenth of nonsense, %s noise %s: %s of %s estimated, median error %s %%, coverage %s %%', coalesce(kind, 'all'), noise, estimates, machines, round(100 * error::numeric), round(100 * coverage))) FROM public.score;
SELECT ok(coverage BETWEEN 0.70 AND 0.92, format('outliers: the interval holds %s %%', round(100 * coverage))) FROM public.score WHERE kind IS NULL;
SELECT ok(error < 0.35, format('outliers: the median error is %s %%', round(100 * error::numeric))) FROM public.score WHERE kind IS NULL;

-- a fleet: drifts of a type are drawn together, the more the less each machine knows; a young one has the fleet's
CREATE OR REPLACE FUNCTION ml.trend_series("now" timestamptz, equipment_ids text[] DEFAULT NULL)
    RETURNS TABLE (indicator text, equipment_id text, part text, fleet text, limit_value float8, direction text, since timestamptz, because text, hours integer,
                   last_hour timestamptz, service float8, duty float8, clock float8[], value float8[])
    LANGUAGE sql STABLE AS $$
    SELECT 'wear', s.id, 'x', 'fan', s.limit_value, 'up', NULL::timestamptz, NULL, (15 * cardinality(s.clock))::integer, now, s.clock[cardinality(s.clock)] + 7.5, 1::float8, s.clock, s.value FROM public.shown AS s
    UNION ALL SELECT 'wear', 'young', 'x', 'fan', 10, 'up', NULL, NULL, 10, now, 10, 1, ARRAY(SELECT i - 0.5 FROM generate_series(1, 10) AS i), ARRAY(SELECT 2 + 0.01 * (i % 3) FROM generate_series(1, 10) AS i)
    UNION ALL SELECT 'wear', 'other', 'x', 'pump', 10, 'up', NULL, NULL, 10, now, 10, 1, ARRAY(SELECT i - 0.5 FROM generate_series(1, 10) AS i), ARRAY(SELECT 2 + 0.01 * (i % 3) FROM generate_series(1, 10) AS i) $$;
TRUNCATE public.shown;
-- true drifts 0.01 to within a tenth, much noise
INSERT INTO public.shown SELECT 'f-' || m, ARRAY(SELECT i * 15.0 FROM generate_series(1, 16) AS i), ARRAY(SELECT 1 + d.drift * i * 15 + 0.6 * pg_temp.gauss() FROM generate_series(1, 16) AS i), 10
FROM generate_series(1, 40) AS m, LATERAL (SELECT 0.01 * (1 + 0.1 * pg_temp.gauss()) + 0 * m AS drift) AS d;
CREATE TEMP TABLE fleet AS SELECT * FROM ml.trend_estimate(now());
SELECT ok(stddev(t.drift) < 0.6 * stddev((f.fit).drift) AND abs(avg(t.drift) - 0.01) < 0.002, format('drifts differ by %s and not %s', round(stddev(t.drift)::numeric, 5), round(stddev((f.fit).drift)::numeric, 5)))
FROM fleet AS t JOIN (SELECT s.id, ml.trend_fit(s.clock, s.value, 247.5) AS fit FROM public.shown AS s OFFSET 0) AS f ON f.id = t.equipment_id WHERE t.form = 'linear';
SELECT ok(min(prior_weight) > 0.3 AND max(prior_weight) < 1, 'by their weight') FROM fleet WHERE equipment_id LIKE 'f-%' AND verdict = 'estimate';
SELECT ok(t.verdict = 'estimate' AND t.prior_weight = 1 AND t.rul_hours BETWEEN 600 AND 1000 AND t.lower_hours < 800 AND t.upper_hours > 800, format('the young one: %s (%s to %s) h of 800', round(t.rul_hours), round(t.lower_hours), round(t.upper_hours)))
FROM fleet AS t WHERE equipment_id = 'young';
SELECT is(verdict, 'too_few_hours', 'one without a fleet has none') FROM fleet WHERE equipment_id = 'other';
SELECT * FROM finish();
ROLLBACK;
