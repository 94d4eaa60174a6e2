-- All filters travel in one SUBSCRIBE: one that the broker does not know would leave thin without any message.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
CREATE ROLE filter_engineer;
GRANT engineer TO filter_engineer;
CREATE FUNCTION pg_temp.answer(filter text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ingest.topic_decoder (topic_filter, decoder, description) VALUES (filter, 'ingest.decode_values', 'tried');
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SET LOCAL ROLE filter_engineer;
SELECT matches(pg_temp.answer(f), '^(MW422|23514)$', f) FROM unnest(ARRAY[
    'a/x{equipment}/b', 'a/{equipment}x', 'a/{equipment}{sensor}', 'a/{equipment}/{9}', 'a/{equipment}/{Any}', 'a/{equipment}/}', 'a/{equipment}/{', '{{equipment}}', 'x-{any}/{equipment}',
    '$share/g/{equipment}/{any}', '$share/{any}/{equipment}', '$SYS/{equipment}', '${equipment}', '+/{equipment}', '#/{equipment}', '{equipment}/#', '{equipment}/a+', 'a/b', '',
    E'a\u0001/{equipment}', E'{equipment}/\u001f', E'{equipment}/\u007f', E'{equipment}/\u0085', E'{equipment}/\ufdd0', E'{equipment}/\ufffe', E'{equipment}/\U0001ffff', E'{equipment}/\U0010fffe', E'{equipment}/\t'
]) AS f;
SELECT is(pg_temp.answer(f), 'accepted', f) FROM unnest(ARRAY['plants/{equipment}', '{equipment}', 'a//{equipment}/', '공장/{equipment}/{sensor}', 'a b/{any}/{equipment}/{any}/{sensor}', 'a/$x/{equipment}']) AS f;
UPDATE ingest.topic_decoder SET enabled = false WHERE description = 'tried';
SELECT throws_ok($$UPDATE ingest.topic_decoder SET topic_filter = 'y/x{equipment}' || id, enabled = true WHERE description = 'tried'$$, 'MW422', NULL, 'nor later');
SELECT throws_ok($$MERGE INTO ingest.topic_decoder AS d USING (VALUES ('$SYS/{equipment}')) AS v (f) ON d.topic_filter = v.f WHEN NOT MATCHED THEN INSERT (topic_filter, decoder, description) VALUES (v.f, 'ingest.decode_values', 'x')$$, 'MW422', NULL, 'nor by MERGE');
SELECT throws_ok($$INSERT INTO ingest.topic_decoder (topic_filter, decoder, description) SELECT 'many/' || i || '/{equipment}', 'ingest.decode_values', 'x' FROM generate_series(1, 1000) AS i$$, 'MW422', NULL, 'nor very many');
RESET ROLE;
-- one from before there was this check
ALTER TABLE ingest.topic_decoder DISABLE TRIGGER topic_decoder_check;
INSERT INTO ingest.topic_decoder (topic_filter, decoder, description) VALUES ('old/x{equipment}', 'ingest.decode_values', 'old');
ALTER TABLE ingest.topic_decoder ENABLE TRIGGER topic_decoder_check;
SELECT is_empty($$SELECT FROM ingest.subscriptions() WHERE mqtt_filter LIKE 'old/%'$$, 'an old one is not subscribed to');
SELECT isnt_empty($$SELECT FROM ingest.subscriptions()$$, 'the others are');
SELECT lives_ok($$UPDATE ingest.topic_decoder SET enabled = false WHERE description = 'old'$$, 'and can be switched off');
-- what thin reads itself is left to it, and only that: levels count, not the letters alone
INSERT INTO ingest.topic_decoder (topic_filter, decoder, description) VALUES
    ('tf9/{equipment}/raw', NULL, 'thin reads it'), ('tf9/{equipment}/{sensor}/raw', 'ingest.decode_values', 'a decoder reads it');
SELECT ingest.quarantine_batch(ARRAY['tf9/a/raw', 'tf9/a/b/raw'], ARRAY['{"value": 1}', '{"value": 1}']::bytea[], ARRAY['no_decoder', 'no_decoder'],
    ARRAY[NULL, NULL]::text[], ARRAY[now(), now()]) \g /dev/null
SELECT is((SELECT r.messages || ' ' || r.stored FROM ingest.replay('tf9/%') AS r), '1 1', 'a topic of more levels than a filter of thin''s is replayed');
SELECT is((SELECT count(*) FROM unnest('{tf9/a/raw,tf9/a/b/raw,tf9/a,tf9//raw,tf9/a/b/c/raw}'::text[]) AS t
           WHERE (SELECT count(*) FROM ingest.decoder_of(t)) <> (SELECT count(*) FROM ingest.topic_decoder AS d
               WHERE d.enabled AND d.decoder IS NOT NULL AND ingest.claims(d, t) AND d.topic_filter LIKE 'tf9%')), 0::bigint,
    'one topic or a whole batch: the same decoders');
SELECT * FROM finish();
ROLLBACK;
