-- The way out cannot be turned against its receivers, the plant's network or thin's own secrets.
BEGIN;
SELECT plan(60);

-- ---- Slack: no datum becomes a mention, a link or a format
CREATE TEMP TABLE evil AS SELECT t FROM unnest(ARRAY[
    '<!channel> <http://evil.example|reset your password>', '<@U123> & <#C1|x>', '&lt;!here&gt;', '<!subteam^S1>', '<', '>', '&', '<<!everyone>>',
    repeat('<', 5000), E'line\n<!here>\r\n>quote']) AS t;
SELECT is((SELECT count(*) FROM evil, unnest('{slack_webhook,slack_bot}'::text[]) AS k, unnest('{ko,en}'::text[]) AS l,
        -- as message (plain and by language), machine, severity and event, all at once
        LATERAL (SELECT relay.render(k, l, 'alarm', left(t, 16), left(t, 16), t, 1, now(), d)
            FROM unnest(ARRAY[jsonb_build_object('message', t), jsonb_build_object('message', jsonb_build_object('ko', t, 'en', t)), '{}'::jsonb]) AS d) AS r (body),
        LATERAL jsonb_path_query(r.body::jsonb, 'strict $.** ? (@.type() == "string")') AS s (v)
    WHERE s.v #>> '{}' ~ '[<>]' OR regexp_replace(s.v #>> '{}', '&(amp|lt|gt);', '', 'g') ~ '&'),
    0::bigint, 'nothing of < > & is left unescaped in any text of Slack''s form');
SELECT is(relay.render('slack_webhook', 'en', 'alarm', 'raised', 'high', 'a&b', 1, now(), '{"message": "x < 3 & y > 4"}')::jsonb ->> 'text',
    'x &lt; 3 &amp; y &gt; 4', 'and a reader sees what was meant');
SELECT is(relay.render('slack_bot', 'en', 'alarm', 'raised', 'high', 'a&b', 1, now(), '{}')::jsonb #>> '{attachments,0,fields,0,value}', 'a&amp;b',
    'machines'' names too');
SELECT is((SELECT jsonb_build_object('m', b -> 'mrkdwn', 'p', b -> 'parse', 'l', b -> 'link_names', 'u', b -> 'unfurl_links', 'a', b #> '{attachments,0,mrkdwn_in}')
    FROM relay.render('slack_webhook', 'en', 'alarm', 'raised', 'high', 'x', 1, now(), '{"message": "*b* @channel"}') AS r (t), LATERAL (SELECT t::jsonb) AS j (b)),
    '{"m": false, "p": "none", "l": false, "u": false, "a": []}', 'formats, names and previews are off');
SELECT cmp_ok((SELECT length(relay.render('slack_webhook', 'en', 'alarm', 'raised', 'high', repeat('<', 100000), 1, now(), jsonb_build_object('message', repeat('&', 100000))))),
    '<', 60000, 'and no text is longer than Slack takes');

-- ---- e-mail
SELECT is((SELECT count(*) FROM (VALUES (E'a\r\nBcc: x@y'), (E'a\nb'), (E'a\u2028b'), (E'a\u2029Bcc: x'), (E'a\u0085b'), (E'a\u000bb'), (E'a\u202Eb'), (E'\x01\x1b[2J')) AS v (t)
    WHERE relay.render('email', 'en', 'alarm', 'raised', 'high', t, 1, now(), jsonb_build_object('message', t))::jsonb ->> 'subject'
        ~ U&'[\0001-\001F\007F-\009F\2028\2029\202E]'), 0::bigint, 'a subject is one line for every reader');

-- ---- variables: only those that are meant for it
SELECT throws_ok(format('INSERT INTO relay.channel (name, kind, target) VALUES (%L, %L, %L)', 'evil', 'webhook', 'env:' || v), 'MW422', NULL, v || ' is not for channels')
FROM unnest('{DATABASE_URL,SECRET_KEY,SECRET_KEYS_PREVIOUS,MQTT_PASSWORD,MQTT_URL,SMTP_URL,SLACK_BOT_TOKEN,PATH,PGPASSWORD,MILLWRIGHT_SQL,MILLWRIGHT_CHANNE,AWS_SECRET_ACCESS_KEY}'::text[]) AS v;
SELECT lives_ok(format('INSERT INTO relay.channel (name, kind, target) VALUES (%L, %L, %L)', v, 'webhook', 'env:' || v), v || ' is')
FROM unnest('{SLACK_WEBHOOK_URL,SLACK_ADMIN_USER_ID,MILLWRIGHT_CHANNEL_ERP}'::text[]) AS v;
SELECT throws_ok($$UPDATE relay.channel SET target = 'env:DATABASE_URL' WHERE name = 'slack'$$, 'MW422', NULL, 'nor afterwards');
SELECT ok(NOT has_table_privilege('admin', 'relay.variable', 'INSERT, UPDATE, DELETE'), 'not even an administrator lengthens the list');
-- one that came past the check gets nothing
ALTER TABLE relay.channel DISABLE TRIGGER channel_check;
INSERT INTO relay.channel (name, kind, target) VALUES ('past', 'email', 'env:SMTP_URL');
ALTER TABLE relay.channel ENABLE TRIGGER channel_check;
INSERT INTO relay.route (name, channel_id, kinds) SELECT 'past', id, '{test}' FROM relay.channel WHERE name = 'past';
SELECT relay.publish('test', 'test', 'low', NULL, NULL, '{}');
SELECT is((SELECT target FROM relay.claim_deliveries('w', 10) WHERE channel = 'past'), 'env:', 'and is not handed out');

SELECT lives_ok($$UPDATE relay.channel SET enabled = false WHERE name = 'past'$$, 'it can be switched off');
SELECT throws_ok($$UPDATE relay.channel SET enabled = true WHERE name = 'past'$$, 'MW422', NULL, 'and not on');

-- ---- headers of a channel
SELECT throws_ok(format('INSERT INTO relay.channel (name, kind, target, headers) VALUES (%L, %L, %L, %L)', 'evil', 'webhook', 'https://x.example/', h), 'MW422', NULL, left(h::text, 60))
FROM unnest(ARRAY[
    '{"Host": "internal"}', '{"hOsT": "internal"}', '{"Transfer-Encoding": "chunked"}', '{"Content-Length": "0"}', '{"Connection": "close"}', '{"Proxy-Authorization": "x"}',
    jsonb_build_object('X', E'a\r\nY: b'), jsonb_build_object('X', E'a\nb'), jsonb_build_object(E'X\r\nY', 'b'), jsonb_build_object('X Y', 'b'), jsonb_build_object('', 'b'),
    jsonb_build_object('X', E'a\u2028b'), jsonb_build_object('X', 1), jsonb_build_object('X', repeat('x', 5000)), jsonb_build_object('X:', 'y')]::jsonb[]) AS h;
SELECT lives_ok($$INSERT INTO relay.channel (name, kind, target, headers) VALUES ('good', 'webhook', 'https://x.example/', '{"Authorization": "Bearer a.b-c==", "X-Plant": "seoul 1"}')$$, 'ordinary headers pass');

-- ---- patience
SELECT throws_ok($$UPDATE relay.channel SET request_timeout = 'infinity' WHERE name = 'good'$$, '23514', NULL, 'no channel takes for ever');
SELECT throws_ok($$UPDATE relay.channel SET longest_delay = '100000 years' WHERE name = 'good'$$, '23514', NULL, 'nor waits for ever');

SELECT throws_ok(format('SELECT api.save_channel(NULL, %L)', '{"name": "p", "kind": "webhook", "target": "https://x.example/"}'::jsonb || b), 'MW422', NULL, 'over HTTP too: ' || b::text)
FROM unnest(ARRAY['{"request_timeout": "PT6M"}', '{"longest_delay": "P8D"}', '{"headers": {"Host": "x"}}', '{"target": "env:SECRET_KEY"}']::jsonb[]) AS b;

-- ---- networks
SELECT is((SELECT array_agg(a) FROM relay.may_send_to(ARRAY[
        '127.0.0.1', '127.255.0.9', '0.0.0.0', '169.254.169.254', '169.254.1.1', '224.0.0.1', '255.255.255.255', '100.100.100.200', '168.63.129.16',
        '::1', '::', 'fe80::1', 'ff02::1', 'fd00:ec2::254',
        '::ffff:127.0.0.1', '::127.0.0.1', '::ffff:0:127.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::7f00:1',
        '2002:7f00:1::', '2002:a9fe:a9fe::1', '2001:0:1:2:3:4:80ff:fffe', '2001:db8::5efe:127.0.0.1', 'fe80::5efe:7f00:1', 'nonsense', '127.1', '', '127.0.0.1 ', NULL]) AS a),
    NULL, 'loopback, link-local, metadata and their disguises are refused');
SELECT is((SELECT array_agg(a) FROM relay.may_send_to(ARRAY['10.1.2.3', '192.168.0.9', '172.16.5.5', 'fd12::1', '93.184.216.34', '2606:2800:220:1::1', '::ffff:93.184.216.34', '64:ff9b::5db8:d822']) AS a),
    ARRAY['10.1.2.3', '192.168.0.9', '172.16.5.5', 'fd12::1', '93.184.216.34', '2606:2800:220:1::1', '::ffff:93.184.216.34', '64:ff9b::5db8:d822'],
    'the plant''s own network and the world are not');
SELECT ops.set_setting('relay.allowed_networks', '"127.0.0.1/32, 169.254.10.0/24"');
SELECT is((SELECT array_agg(a) FROM relay.may_send_to('{127.0.0.1,127.0.0.2,::ffff:127.0.0.1,169.254.10.7,169.254.169.254}') AS a),
    '{127.0.0.1,::ffff:127.0.0.1,169.254.10.7}', 'an exception holds for what it names');
SELECT throws_ok(format('SELECT ops.set_setting(%L, %L)', 'relay.allowed_networks', to_jsonb(v)), 'MW422', NULL, 'no list of networks: ' || v)
FROM unnest('{localhost,127.0.0.1/33,10.0.0.1/8,"a b"}'::text[]) AS v;
SELECT ops.set_setting('relay.refused_networks', '"10.0.0.0/8"');
SELECT is((SELECT array_agg(a) FROM relay.may_send_to('{10.1.2.3,11.1.2.3}') AS a), '{11.1.2.3}', 'an administrator may close the plant''s network');

-- ---- what targets answer
SELECT relay.finish_delivery((SELECT id FROM relay.delivery WHERE status = 'sending' ORDER BY id LIMIT 1), 'w', false, 500, 'status 500', NULL, 'root:x:0:0');
SELECT ok(NOT has_column_privilege('viewer', 'relay.delivery', 'last_answer', 'SELECT') AND has_column_privilege('viewer', 'relay.delivery', 'last_error', 'SELECT')
    AND NOT has_column_privilege('engineer', 'relay.delivery', 'last_answer', 'SELECT') AND NOT has_column_privilege('grafana_reader', 'relay.delivery', 'last_answer', 'SELECT')
    AND has_column_privilege('admin', 'relay.delivery', 'last_answer', 'SELECT'), 'an answer is for administrators');
SELECT is((SELECT array_agg(a.attname::text) FROM pg_attribute AS a WHERE a.attrelid = 'relay.delivery'::regclass AND a.attnum > 0 AND NOT a.attisdropped
        AND NOT has_column_privilege('viewer', a.attrelid, a.attnum, 'SELECT')), '{last_answer}', 'and everything else of a delivery is for everybody');
SELECT is((SELECT count(*) FROM relay.delivery WHERE last_answer = 'root:x:0:0' AND last_error = 'status 500'), 1::bigint, 'it is kept apart from the reason');
SELECT ok(pg_get_viewdef('report.delivery_summary'::regclass) !~ 'last_answer', 'and stands in no report');

SELECT * FROM finish();
ROLLBACK;
