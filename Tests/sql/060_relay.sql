BEGIN;
SELECT plan(24);

SELECT is(relay.publish('test', 'test', 'low', NULL, NULL, '{"message":{"ko":"안녕","en":"hello"}}'),
    1::bigint, 'publish returns the number given out');
SELECT is((SELECT count(*) FROM relay.delivery), 0::bigint, 'a channel without an address collects no deliveries');
SELECT is(relay.declare_environment('{SLACK_WEBHOOK_URL}'), 1, 'thin says that it has the address');
SELECT is(relay.declare_environment('{SLACK_WEBHOOK_URL}'), 0, 'saying it again changes nothing');
UPDATE relay.channel SET rate = 1000 WHERE name = 'slack';

SELECT relay.publish_batch(ARRAY['test','test','alarm'], ARRAY['test','test','commented'], ARRAY['low','high','low'], ARRAY[NULL,NULL,NULL]::text[],
    ARRAY[NULL,NULL,NULL]::integer[], ARRAY['{}','{}','{}']::jsonb[]);
SELECT is((SELECT array_agg(seq ORDER BY seq) FROM relay.outbox), '{1,2,3,4}'::bigint[], 'numbers are gapless');
SELECT is((SELECT array_agg(seq ORDER BY seq) FROM relay.delivery), '{2,3}'::bigint[], 'the route picks kinds and events');
SELECT is((SELECT array_agg(f.seq) FROM relay.fetch(2, 10) AS f), '{3,4}'::bigint[], 'fetch goes on after a number');
SELECT is((SELECT f.message::jsonb - 'timestamp' FROM relay.fetch(0, 1) AS f),
    '{"type":"notification","seq":1,"data":{"kind":"test","event":"test","severity":"low","device_id":null,"message":"안녕","messages":{"ko":"안녕","en":"hello"}}}'::jsonb,
    'the message has the shape that clients know');
SELECT is((SELECT b.oldest || ' ' || b.newest FROM relay.bounds() AS b), '1 4', 'bounds');

CREATE TEMP TABLE claimed AS SELECT * FROM relay.claim_deliveries('w1', 10);
SELECT is((SELECT array_agg(seq ORDER BY seq) FROM claimed), '{2,3}'::bigint[], 'a worker claims what is due');
SELECT is((SELECT count(*) FROM relay.claim_deliveries('w2', 10)), 0::bigint, 'nobody else gets it');
SELECT is((SELECT body::jsonb #>> '{attachments,0,color}' FROM claimed WHERE seq = 3), '#ff6600', 'Slack''s colour follows the severity');

SELECT is(relay.finish_delivery((SELECT delivery_id FROM claimed WHERE seq = 2), 'w2', true, 200, NULL, NULL), NULL, 'only its holder may finish it');
SELECT is(relay.finish_delivery((SELECT delivery_id FROM claimed WHERE seq = 2), 'w1', false, 500, 'oops', NULL), 'pending', 'a failure comes again');
SELECT ok((SELECT next_attempt_at - clock_timestamp() BETWEEN INTERVAL '0.3 s' AND INTERVAL '1.1 s' FROM relay.delivery WHERE seq = 2),
    'after the first delay with jitter');
SELECT is(relay.finish_delivery((SELECT delivery_id FROM claimed WHERE seq = 3), 'w1', false, 404, 'gone', NULL), 'dead', 'a refusal for good is a dead letter');
SELECT is(relay.retry_delivery((SELECT delivery_id FROM claimed WHERE seq = 3)), true, 'which can be sent again');

CREATE TEMP TABLE failed AS SELECT s.failures FROM relay.channel_state AS s JOIN relay.delivery AS d ON d.channel_id = s.channel_id AND d.seq = 2;
-- a lease that ended
UPDATE relay.delivery SET status = 'sending', claimed_by = 'lost', claimed_until = clock_timestamp() - INTERVAL '1 s', next_attempt_at = NULL WHERE seq = 2;
UPDATE relay.delivery SET attempts = 11 WHERE seq = 2;
SELECT is((SELECT attempt FROM relay.claim_deliveries('w3', 10) WHERE seq = 2), 12, 'an abandoned delivery is taken over');
-- nothing was tried: nothing counts
SELECT is(relay.give_back((SELECT id FROM relay.delivery WHERE seq = 2), 'w1'), NULL, 'only its holder may give it back');
SELECT is(relay.give_back((SELECT id FROM relay.delivery WHERE seq = 2), 'w3'), true, 'a delivery that could not be tried is given back');
SELECT is((SELECT row(d.status, d.attempts, d.claimed_by, d.last_error, d.next_attempt_at > clock_timestamp(), s.failures)::text
    FROM relay.delivery AS d JOIN relay.channel_state AS s ON s.channel_id = d.channel_id WHERE d.seq = 2),
    '(pending,11,,oops,t,' || (SELECT failures FROM failed) || ')', 'neither it nor its channel is worse off, and it waits a moment');
UPDATE relay.delivery SET next_attempt_at = clock_timestamp() WHERE seq = 2;
UPDATE relay.channel_state SET paused_until = NULL, next_free = clock_timestamp();
SELECT is((SELECT attempt FROM relay.claim_deliveries('w3', 10) WHERE seq = 2), 12, 'the attempt is made after all');
SELECT is(relay.finish_delivery((SELECT id FROM relay.delivery WHERE seq = 2), 'w3', false, NULL, 'timeout', NULL), 'dead', 'after its last attempt it is a dead letter');

UPDATE relay.outbox SET created_at = now() - INTERVAL '30 days';
SELECT is(relay.purge(), 2::bigint, 'old notifications go, those with a waiting or dead delivery stay');

SELECT * FROM finish();
ROLLBACK;
