-- Honest intervals: the correction against an oracle that goes through the scores one by one, and its promise: whatever
-- the method, lives that come after are held by 80 % of the intervals that were told.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE FUNCTION pg_temp.normal() RETURNS float8 LANGUAGE sql VOLATILE AS $$ SELECT sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) $$;
SELECT date_trunc('hour', now()) - INTERVAL '3000 days' AS t0 \gset
SELECT setseed(0.41) \g /dev/null

-- the pure functions: the score is the least shift that holds
SELECT is_empty($$SELECT r.* FROM (SELECT 500 * random() AS rul, random() AS a, random() AS b, 1000 * random() ^ 3 AS actual, random() AS c FROM generate_series(1, 2000)) AS r
    CROSS JOIN LATERAL (SELECT CASE WHEN c < 0.8 THEN rul * a END AS low, CASE WHEN c < 0.8 THEN rul * (1 + b) END AS high) AS i
    CROSS JOIN LATERAL (SELECT ml.conformal_score(rul, low, high, actual) AS s) AS s
    WHERE actual NOT BETWEEN ml.conformal_low(rul, low, s + 1e-9) AND ml.conformal_high(rul, high, s + 1e-9)
       OR s > 1e-6 AND actual BETWEEN ml.conformal_low(rul, low, s - 1e-6) AND ml.conformal_high(rul, high, s - 1e-6)$$, 'the score is the least shift that holds');
SELECT is_empty($$SELECT v.* FROM (VALUES (0::float8), (1e-100), (1), (1e100), (-5)) AS v (rul), (VALUES (NULL::float8), (0), (1e100)) AS e (high), (VALUES (-50::float8), (0), (50)) AS s (shift)
    WHERE NOT (ml.conformal_low(rul, least(rul, high), shift) <= rul AND ml.conformal_high(rul, greatest(rul, high), shift) >= rul)$$, 'no number is too great, and the estimate stays inside');
SELECT is(row(ml.conformal_low(9, 4, NULL), ml.conformal_high(9, NULL, NULL))::text, '(4,)', 'no correction: as it was stated');

-- Four methods: one whose intervals are half as wide as they should be, one twice as wide, one of none, one biased by half.
-- The k-th machine's life ends on day k.
INSERT INTO plant.equipment (id, name, type) SELECT 'i-' || k, 'i-' || k, 'pump' FROM generate_series(1, 700) AS k;
INSERT INTO ml.rul_method (method, place, meaning) VALUES ('narrow', 91, 'x'), ('wide', 92, 'x'), ('bare', 93, 'x'), ('biased', 94, 'x');
CREATE TEMP TABLE life AS SELECT k, 'i-' || k AS equipment_id, :'t0'::timestamptz + k * INTERVAL '1 day' AS ended_at, 200 + 600 * random() AS hours FROM generate_series(1, 700) AS k;
-- those of one life are alike: half of the error is the life's own
CREATE TEMP TABLE estimate AS
SELECT l.*, m.method, m.width, h.actual, h.actual * exp(m.bias + 0.3 * (own.z * sqrt(0.5) + pg_temp.normal() * sqrt(0.5))) AS rul
FROM life AS l
CROSS JOIN LATERAL (SELECT pg_temp.normal() + l.k * 0 AS z) AS own
CROSS JOIN (VALUES ('narrow', 0.5, 0), ('wide', 2, 0), ('bare', NULL, 0), ('biased', 1, 0.5)) AS m (method, width, bias)
CROSS JOIN LATERAL (SELECT l.hours * (j - 0.5) / 8 AS actual FROM generate_series(1, 8) AS j) AS h;
CREATE FUNCTION pg_temp.spoken(p_from int, p_to int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO ml.rul_predictions (time, equipment_id, method, rul_hours, lower_hours, upper_hours, received_at)
    SELECT e.ended_at - e.actual * INTERVAL '1 hour', e.equipment_id, e.method, e.rul, e.rul * exp(-0.3 * 1.2815515655446 * e.width), e.rul * exp(0.3 * 1.2815515655446 * e.width),
        clock_timestamp()
    FROM estimate AS e WHERE e.k BETWEEN p_from AND p_to $$;
CREATE FUNCTION pg_temp.ended(p_from int, p_to int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO plant.failure (equipment_id, failed_at) SELECT l.equipment_id, l.ended_at FROM life AS l WHERE l.k BETWEEN p_from AND p_to;
    SELECT ml.judge_outcomes() $$;

SELECT pg_temp.spoken(1, 9), pg_temp.ended(1, 9) \g /dev/null
SELECT is((SELECT count(*) FROM ml.rul_correction WHERE shift IS NULL AND lives = 9 AND reason LIKE '9 lives%10 are needed%'), 4::bigint, 'too few: no correction, and it is said');
SELECT is((SELECT count(*) FROM report.remaining_life WHERE rul_low_hours IS DISTINCT FROM raw_low_hours OR correction IS NOT NULL), 0::bigint, 'intervals are as they were stated');
SELECT pg_temp.spoken(10, 200), pg_temp.ended(10, 200) \g /dev/null

-- the oracle: score by score, life by life, until 80 % of all lives and the one to come are held
CREATE FUNCTION pg_temp.naive(p_method text, p_lives int DEFAULT 200) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    s record; held float8 := 0; k int;
BEGIN
    k := (SELECT least(count(DISTINCT equipment_id), p_lives) FROM ml.rul_outcome WHERE NOT is_censored);
    FOR s IN SELECT ml.conformal_score(o.rul_hours, o.lower_hours, o.upper_hours, o.actual_hours) AS score, o.equipment_id,
                 (SELECT count(*) FROM ml.rul_outcome AS x WHERE x.equipment_id = o.equipment_id AND x.method = p_method) AS n
             FROM ml.rul_outcome AS o WHERE o.method = p_method AND o.equipment_id IN (SELECT equipment_id FROM ml.rul_ended WHERE reason = 'failed' ORDER BY ended_at DESC LIMIT p_lives)
             ORDER BY 1 LOOP
        held := held + 1.0 / s.n / (k + 1);
        IF held >= 0.8 - 1e-9 THEN RETURN s.score; END IF;
    END LOOP;
    RETURN NULL;
END $$;
SELECT cmp_ok(abs(c.shift - pg_temp.naive(c.method)), '<', 1e-9::float8, 'the oracle agrees: ' || c.method)
FROM (SELECT DISTINCT ON (method) * FROM ml.rul_correction ORDER BY method, valid_from DESC) AS c;
SELECT results_eq($$SELECT c.method, sign(c.shift) FROM (SELECT DISTINCT ON (method) * FROM ml.rul_correction ORDER BY method, valid_from DESC) AS c ORDER BY 1$$,
    $$VALUES ('bare', 1::float8), ('biased', 1), ('narrow', 1), ('wide', -1)$$, 'too narrow is widened, too wide narrowed');
SELECT is(ml.conformal_fit(), 0, 'nothing new: no new correction');
SELECT cmp_ok(abs((SELECT shift FROM ml.rul_correction WHERE method = 'narrow' ORDER BY valid_from DESC LIMIT 1) - 0.3 * 1.2815515655446 / 2), '<', 0.06::float8, 'half as wide as it should be: the other half is added');

-- the promise: 500 lives that come after (the correction is of 200, and those of one life are alike: 0.025 is the standard error)
SELECT pg_temp.spoken(201, 700) \g /dev/null
SELECT is((SELECT count(*) FROM report.remaining_life AS r JOIN ml.rul_predictions AS p USING (equipment_id, method, time)
    WHERE (r.raw_low_hours, r.raw_high_hours) IS DISTINCT FROM (p.lower_hours, p.upper_hours)), 0::bigint, 'what the method stated stays to be seen');
SELECT pg_temp.ended(201, 700) \g /dev/null
SELECT ops.set_setting('ml.outcome_last', '500') \g /dev/null
SELECT results_eq($$SELECT method, lives, CASE WHEN coverage BETWEEN 0.75 AND 0.85 THEN 'honest' ELSE coverage::text END FROM report.rul_coverage ORDER BY 1$$,
    $$VALUES ('bare', 500::bigint, 'honest'), ('biased', 500, 'honest'), ('narrow', 500, 'honest'), ('wide', 500, 'honest')$$, '80 % of the intervals that were told held');
SELECT cmp_ok((SELECT raw_coverage FROM report.rul_coverage WHERE method = 'narrow'), '<', 0.55::float8, 'those that the method stated did not');
SELECT cmp_ok((SELECT raw_coverage FROM report.rul_coverage WHERE method = 'wide'), '>', 0.97::float8, 'or were too wide');
SELECT cmp_ok((SELECT width_hours / raw_width_hours FROM report.rul_coverage WHERE method = 'wide'), '<', 0.7::float8, 'and are narrower now');
SELECT is((SELECT max(k.lives) FROM ml.rul_correction AS k), 200, 'learned from the last lives only');
SELECT cmp_ok(abs(c.shift - pg_temp.naive(c.method)), '<', 0.006::float8, 'the oracle agrees on the last lives: ' || c.method)
FROM (SELECT DISTINCT ON (method) * FROM ml.rul_correction ORDER BY method, valid_from DESC) AS c;

-- a method that gets worse widens by itself
DELETE FROM ml.rul_predictions;
UPDATE estimate SET rul = actual * exp(0.9 * pg_temp.normal()) WHERE method = 'wide';
CREATE TEMP TABLE before AS SELECT max(valid_from) AS at, exp((array_agg(shift ORDER BY valid_from DESC))[1]) AS factor FROM ml.rul_correction WHERE method = 'wide';
UPDATE life SET ended_at = ended_at + INTERVAL '800 days';
UPDATE estimate SET ended_at = ended_at + INTERVAL '800 days';
SELECT pg_temp.spoken(1, 200), pg_temp.ended(1, 200) \g /dev/null
SELECT cmp_ok((SELECT factor FROM report.rul_coverage WHERE method = 'wide'), '>', (SELECT 1.3 * factor FROM before), 'an interval that covers too little widens by itself');

-- exchangeable lives, any scores: over many draws the next life is held by 80 % or more, and hardly more
CREATE TEMP TABLE draw AS
SELECT d, k, j, (CASE WHEN d % 2 = 0 THEN tan(pi() * (random() - 0.5)) ELSE random() ^ 4 END) + 3 * l.own AS score
FROM generate_series(1, 3000) AS d CROSS JOIN generate_series(1, 20) AS k CROSS JOIN LATERAL (SELECT random() + d * k * 0 AS own) AS l CROSS JOIN LATERAL generate_series(1, 1 + (d * k) % 4) AS j;
SELECT ok(x.held BETWEEN 0.78 AND 0.87, format('exchangeable lives are held: %s of 3,000', x.held)) FROM (
    SELECT avg((t.score <= q.shift)::int) AS held
    FROM (SELECT d, min(score) AS shift FROM (
            SELECT d, score, sum(1.0 / n / 20) OVER (PARTITION BY d ORDER BY score) AS weight
            FROM (SELECT *, count(*) OVER (PARTITION BY d, k) AS n FROM draw WHERE k < 20) AS y) AS z WHERE weight >= 0.8 - 1e-9 GROUP BY d) AS q
    JOIN (SELECT d, score, row_number() OVER (PARTITION BY d ORDER BY random()) AS r FROM draw WHERE k = 20) AS t ON t.d = q.d AND t.r = 1) AS x;

-- what is told to people and rules
INSERT INTO plant.equipment (id, name, type) VALUES ('i-x', 'i-x', 'pump');
INSERT INTO alarm.rule (name, condition, low, deadband, severity, select_equipment) VALUES ('i life', 'rul_below', 500, 10, 'medium', '{i-x}');
SELECT ml.record_rul('[{"equipment_id": "i-x", "rul_hours": 100, "lower_hours": 90, "upper_hours": 110, "method": "narrow"}]') \g /dev/null
SELECT is((SELECT round((data ->> 'lower_hours')::numeric, 6) FROM alarm.alarm WHERE equipment_id = 'i-x'), (SELECT round(rul_low_hours::numeric, 6) FROM report.remaining_life WHERE equipment_id = 'i-x'), 'an alarm tells what the view tells');
SELECT cmp_ok((api.get_rul_health('i-x') ->> 'lower')::float8, '<', 85::float8, 'and the endpoint');
SELECT isnt((SELECT rul_low_hours FROM report.remaining_life WHERE equipment_id = 'i-x'), 90::float8, 'which is corrected');
-- all lives are taken back
DELETE FROM plant.failure;
SELECT ml.judge_outcomes() \g /dev/null
SELECT is((SELECT count(*) FROM report.rul_coverage WHERE correction IS NULL AND reason LIKE 'no life%'), 4::bigint, 'without lives no correction');
SELECT * FROM finish();
ROLLBACK;
