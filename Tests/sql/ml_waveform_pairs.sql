-- Which waveforms become a set: against a naive oracle, and what it costs when many come at once.
BEGIN;
SELECT plan(9);

CREATE FUNCTION pg_temp.fill(p_sets integer, p_step interval, p_jitter interval) RETURNS void LANGUAGE sql AS $$
    INSERT INTO ml.waveform_features (equipment_id, modality, time, sample_rate_hz, samples, features, needs, outcome)
    SELECT m, x, date_trunc('milliseconds', timestamptz '2026-11-01' + i * p_step + random() * p_jitter), 2000, 64, '{}', '{current,vibration}', 'waiting'
    FROM generate_series(1, p_sets) AS i, unnest(ARRAY['m0', 'm1', 'm2']) AS m, unnest(ARRAY['current', 'vibration']) AS x
    ON CONFLICT DO NOTHING
$$;
-- each pair within the tolerance, unless one of the two has a nearer partner: all against all
CREATE FUNCTION pg_temp.oracle() RETURNS TABLE (equipment_id text, first timestamptz, second timestamptz) LANGUAGE sql AS $$
    WITH candidate AS (
        SELECT a.equipment_id, a.time, b.time AS partner_time, greatest(a.time - b.time, b.time - a.time) AS distance
        FROM ml.waveform_features AS a
        JOIN ml.waveform_features AS b ON b.equipment_id = a.equipment_id AND b.modality = 'vibration' AND b.outcome = 'waiting'
            AND b.time BETWEEN a.time - INTERVAL '2 seconds' AND a.time + INTERVAL '2 seconds'
        WHERE a.modality = 'current' AND a.outcome = 'waiting'
    )
    SELECT c.equipment_id, c.time, c.partner_time FROM candidate AS c
    WHERE NOT EXISTS (
        SELECT FROM candidate AS d
        WHERE d.equipment_id = c.equipment_id AND (d.time = c.time) <> (d.partner_time = c.partner_time)
          AND (d.distance, d.time, d.partner_time) < (c.distance, c.time, c.partner_time))
$$;
CREATE FUNCTION pg_temp.claimed() RETURNS TABLE (equipment_id text, first timestamptz, second timestamptz) LANGUAGE sql AS $$
    SELECT c.equipment_id, (c.members -> 0 ->> 'time')::timestamptz, (c.members -> 1 ->> 'time')::timestamptz FROM ml.claim_waveforms(100000) AS c
$$;
CREATE FUNCTION pg_temp.difference() RETURNS bigint LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM (SELECT * FROM pg_temp.oracle() EXCEPT SELECT * FROM pg_temp.claimed()) AS a)
         + (SELECT count(*) FROM (SELECT * FROM pg_temp.claimed() EXCEPT SELECT * FROM pg_temp.oracle()) AS b)
$$;

SELECT setseed(0.42);
SELECT pg_temp.fill(12, '0', '3 seconds');
SELECT is(pg_temp.difference(), 0::bigint, 'crowded: as the oracle says');
SELECT cmp_ok((SELECT count(*) FROM pg_temp.claimed()), '>', 0::bigint, 'and there are some');
DELETE FROM ml.waveform_features;
SELECT pg_temp.fill(40, '1 second', '4 seconds');
SELECT is(pg_temp.difference(), 0::bigint, 'overlapping: as the oracle says');
DELETE FROM ml.waveform_features;
-- times that coincide, and distances that tie
INSERT INTO ml.waveform_features (equipment_id, modality, time, sample_rate_hz, samples, features, needs, outcome)
SELECT 'tie', x, timestamptz '2026-11-01' + i * INTERVAL '100 ms', 2000, 64, '{}', '{current,vibration}', 'waiting'
FROM generate_series(0, 40) AS i, unnest(ARRAY['current', 'vibration']) AS x
WHERE (i * 7919 + ascii(x)) % 3 > 0;
SELECT is(pg_temp.difference(), 0::bigint, 'ties: as the oracle says');
DELETE FROM ml.waveform_features;

-- all against all took minutes for sixty sets of one machine, and a thousand of them are no hostile thought
SELECT pg_temp.fill(1000, '1 millisecond', '10 milliseconds');
SET LOCAL statement_timeout = '30s';
SELECT lives_ok($$ SELECT count(*) FROM ml.claim_waveforms(500) $$, 'a thousand sets of one moment are claimed in no time');

SELECT lives_ok($$ SELECT ml.expire_waveforms() $$, 'and looked through for what waits in vain');
DELETE FROM ml.waveform_features;

-- who waits in vain: late, and without a waiting partner within the tolerance
CREATE TEMPORARY TABLE late (n integer, equipment_id text, modality text, needs text[], at interval, age interval, expires boolean);
INSERT INTO late VALUES
    (1, 'a', 'current', '{current,vibration}', '0', '1 hour', true),
    (2, 'b', 'current', '{current,vibration}', '0', '1 hour', false),
    (3, 'b', 'vibration', '{current,vibration}', '2 seconds', '1 hour', false),
    (4, 'b', 'vibration', '{current,vibration}', '2.001 seconds', '1 hour', true),
    (5, 'c', 'current', '{current,vibration}', '0', '1 second', false),
    (6, 'd', 'current', '{current}', '0', '1 hour', false),
    (7, 'e', 'vibration', '{current,vibration}', '-3 seconds', '1 hour', true),
    (8, 'e', 'current', '{current,vibration}', '0', '1 hour', true);
INSERT INTO ml.waveform_features (equipment_id, modality, time, sample_rate_hz, samples, features, needs, outcome, received_at)
SELECT equipment_id, modality, timestamptz '2026-11-01' + at, 2000, n, '{}', needs, 'waiting', clock_timestamp() - age FROM late;
SELECT is(ml.expire_waveforms(), (SELECT count(*)::integer FROM late WHERE expires), 'as many as there are');
SELECT is((SELECT array_agg(samples ORDER BY samples) FROM ml.waveform_features WHERE outcome = 'no_partner'),
    (SELECT array_agg(n ORDER BY n) FROM late WHERE expires), 'and those');
SELECT is(ml.expire_waveforms(), 0, 'once');

SELECT * FROM finish();
ROLLBACK;
