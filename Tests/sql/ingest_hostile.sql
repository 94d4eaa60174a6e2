-- What a message or a decoder holds never keeps it from the quarantine, and whose fault an SQLSTATE is has one answer.
BEGIN;
SELECT plan(73);

-- the fault table
SELECT is(api.fault_of(s.state), s.fault, s.state || ' is the fault of ' || s.fault)
FROM (VALUES
    ('22P02', 'data'), ('22003', 'data'), ('22P05', 'data'), ('23505', 'data'), ('23514', 'data'), ('21000', 'data'),
    ('P0001', 'data'), ('MW422', 'data'), ('MW404', 'data'),
    ('08006', 'service'), ('08001', 'service'), ('40001', 'service'), ('40P01', 'service'), ('53100', 'service'),
    ('53200', 'service'), ('53300', 'service'), ('55P03', 'service'), ('55006', 'service'), ('57P01', 'service'),
    ('57P02', 'service'), ('57P03', 'service'), ('57P05', 'service'), ('58030', 'service'), ('25006', 'service'),
    ('XX001', 'service'), ('XX002', 'service'), ('MW503', 'service'), ('28P01', 'service'), ('3D000', 'service'),
    ('57014', 'time'), ('25P04', 'time'),
    ('42501', 'unclear'), ('42P01', 'unclear'), ('42883', 'unclear'), ('42804', 'unclear'), ('54000', 'unclear'),
    ('54001', 'unclear'), ('XX000', 'unclear'), ('0A000', 'unclear'), ('MW500', 'unclear'), ('99999', 'unclear')
) AS s (state, fault);
SELECT is_empty($$ SELECT s.pattern FROM api.sqlstate_fault AS s WHERE api.fault_of(rtrim(rpad(rtrim(s.pattern, '%'), 5, 'Z'))) IS DISTINCT FROM s.fault
    AND s.pattern NOT LIKE '%\%' $$, 'each whole state has its own row''s answer');

-- a topic of every size and alphabet
CREATE TEMPORARY TABLE topic AS
SELECT t FROM (VALUES
    ('factory/' || (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 250) AS i)),
    ('factory/' || (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 2047) AS i)),
    ('serve-ml/' || (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 190) AS i) || '/features'),
    (''), ('/'), ('factory/' || (SELECT string_agg(chr(i), '') FROM generate_series(1, 3000) AS i)),
    ('factory/' || (SELECT string_agg(chr(65536 + i * 20), '') FROM generate_series(1, 10000) AS i)),
    ('factory/%/_'), ('factory/\/''"')) AS v (t);
SELECT is((SELECT ingest.quarantine_batch(array_agg(t), array_agg(NULL::bytea), array_agg('r'::text), array_agg(NULL::text), array_agg(now())) FROM topic), 9,
    'any topic can be put aside');
SELECT lives_ok($$ SELECT ingest.accept(ARRAY[t], ARRAY['1'], NULL, ARRAY[clock_timestamp()]) FROM topic $$, 'and accepted');
SELECT is((SELECT count(DISTINCT q.topic) FROM ingest.quarantine AS q JOIN topic ON topic.t = q.topic), 9::bigint, 'whole, so that it can be told apart');

-- whatever stands beside the topic
SELECT is(ingest.quarantine_batch(ARRAY['x', 'x', 'x'], ARRAY[NULL, '\x00'::bytea, decode(repeat('00', 100000), 'hex')],
    ARRAY[NULL, repeat('r', 100000), 'ok'], ARRAY[repeat('d', 100000), NULL, 'd'], ARRAY[NULL, 'infinity', '-infinity']::timestamptz[]), 3,
    'reasons, details, payloads and times of any kind are put aside');
SELECT is((SELECT max(length(reason)) || ' ' || max(length(detail)) || ' ' || max(length(payload)) FROM ingest.quarantine WHERE topic = 'x'),
    '64 1000 65536', 'cut to what their columns take');
SELECT throws_ok($$UPDATE ops.setting SET value = 'null' WHERE name = 'ingest.quarantine_per_batch'$$, 'MW422', NULL, 'a setting that quarantine needs cannot be emptied');

-- decoders that answer for messages that are not there
CREATE FUNCTION ingest.decode_stray(ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[])
    RETURNS SETOF ingest.point LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT payload[1]::integer, 'm', 'v', NULL::text, NULL::text, now(), 1::float8, 0::smallint, false, 'bad', NULL::text $$;
INSERT INTO ingest.topic_decoder (topic_filter, decoder, priority, description) VALUES ('stray/{equipment}', 'ingest.decode_stray', 1, 'strays');
SELECT throws_ok(format($$ SELECT ingest.accept('{stray/m}', '{%s}', NULL, ARRAY[now()]) $$, o), 'MW422', NULL, 'ordinal ' || o || ' is no message of this batch')
FROM unnest(ARRAY['2', '0', '-1', '2147483647']) AS o;

-- decoders that say nothing of a message: of all, of some, of all but a bad one
CREATE FUNCTION ingest.decode_silent(ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[])
    RETURNS SETOF ingest.point LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT m.o, m.e, 'v', NULL::text, NULL::text, now(), n::float8, 0::smallint, false, CASE m.p WHEN 'bad' THEN 'bad' END, NULL::text
      FROM unnest(ordinal, equipment, payload) AS m (o, e, p)
      -- several points of one message make no other's good
      CROSS JOIN LATERAL generate_series(1, CASE m.p WHEN 'many' THEN 5 ELSE 1 END) AS n WHERE m.p <> 'nothing' $$;
INSERT INTO ingest.topic_decoder (topic_filter, decoder, priority, description) VALUES ('silent/{equipment}', 'ingest.decode_silent', 1, 'says nothing');
SELECT is((SELECT a.quarantined FROM ingest.accept(array_fill('silent/m'::text, ARRAY[cardinality(c.payload)]), c.payload, NULL,
               array_fill(clock_timestamp(), ARRAY[cardinality(c.payload)])) AS a), c.quarantined, c.payload::text || ': ' || c.quarantined || ' put aside')
FROM (VALUES ('{nothing}'::text[], 1), ('{nothing,nothing,nothing}', 3), ('{many,nothing}', 1), ('{1,nothing,bad,many,nothing}', 3), ('{1,many}', 0)) AS c (payload, quarantined);
SELECT is((SELECT string_agg(DISTINCT reason || ' ' || detail, '; ') FROM ingest.quarantine WHERE topic = 'silent/m' AND payload = 'nothing'),
    'no_points ingest.decode_silent', 'and why');

SELECT is((SELECT string_agg(s.ordinal || ' ' || s.sqlstate, ', ') FROM ingest.sift(
    '{factory/m/v,factory/m/v,nobody/knows/this,factory/m,factory/m/v}', ARRAY['1', repeat('[', 60000), '1', repeat('{"a":', 60000), NULL],
    array_fill(now(), ARRAY[5])) AS s), '2 54001, 4 54001', 'which of many raise is told in one call');

-- escapes that are no character
SELECT is((SELECT a.quarantined FROM ingest.accept(ARRAY[t.topic], ARRAY[t.payload], NULL, ARRAY[now()]) AS a), 1, t.topic || ' ' || t.payload || ' raises nothing')
FROM (VALUES ('factory/m/v', '{"value":"\u0000"}'), ('factory/m', '{"values":{"\ud800":1}}'), ('unity/sensors/m/data', '{"x":"\udc00","y":1,"z":1}'),
    ('unity/sensors/m/vibration', '{"vibe":"\u0000"}')) AS t (topic, payload);

-- a decoder that is passed over
SELECT is(ingest.suspend_decoder('stray/m'), 'ingest.decode_stray', 'a decoder is suspended by a topic of its own');
SELECT is((SELECT a.quarantined FROM ingest.accept('{stray/m,factory/m/v}', '{2,1}', NULL, ARRAY[now(), now()]) AS a), 1, 'its messages are put aside, the others stored');
SELECT is((SELECT reason || ' ' || detail FROM ingest.quarantine WHERE topic = 'stray/m'), 'decoder_suspended ingest.decode_stray', 'and say by whom');

-- the probe
SELECT lives_ok($$ SELECT ingest.probe('points'), ingest.probe('features'), ingest.probe('waveforms') $$, 'the probe finds a working database');
SELECT is((SELECT count(*) FROM telemetry.reading WHERE sensor_id = 0) + (SELECT count(*) FROM ingest.quarantine WHERE topic = 'probe'), 0::bigint,
    'and leaves nothing behind');
REVOKE EXECUTE ON FUNCTION ingest.accept(text[], text[], bytea[], timestamptz[]) FROM thin;
SET ROLE thin;
SELECT throws_ok($$ SELECT ingest.probe('points') $$, '42501', NULL, 'a right that thin lost is not a message''s fault');
SELECT lives_ok($$ SELECT ingest.probe('features') $$, 'and concerns its kind only');
RESET ROLE;

-- one message that still fails does not hold up the replay of the others
DELETE FROM ingest.quarantine;
UPDATE ingest.topic_decoder SET suspended_until = NULL;
SELECT ingest.quarantine_batch(ARRAY['factory/r/a', 'factory/r/b', 'factory/r/c', 'factory/r/d'],
    ARRAY[convert_to('1', 'UTF8'), convert_to(repeat('[', 60000), 'UTF8'), '\xff', decode(repeat('20', 70000), 'hex')],
    array_fill('decoder_failed'::text, ARRAY[4]), array_fill(NULL::text, ARRAY[4]), array_fill(clock_timestamp(), ARRAY[4]));
SELECT is((SELECT r.messages || ' ' || r.stored || ' ' || r.quarantined FROM ingest.replay('factory/r/%') AS r), '3 1 2',
    'the good one is stored, the bad ones stay, one that was cut is left out');
SELECT is((SELECT string_agg(right(topic, 1) || ' ' || status || coalesce(' ' || left(detail, 5), ''), ', ' ORDER BY topic) FROM ingest.quarantine),
    'a replayed, b new 54001, c new 22021, d new', 'and say why');
SELECT is((SELECT r.stored || ' ' || r.quarantined FROM ingest.replay('nothing/%') AS r), '0 0', 'nothing to replay is no error');

SELECT * FROM finish();
ROLLBACK;
