-- Wrong passwords: strangers wait, wherever they are; the owner does not.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';
UPDATE ops.setting SET value = '20' WHERE name = 'auth.login_free_attempts_everywhere';
UPDATE ops.setting SET value = '10' WHERE name = 'auth.login_free_attempts_known';
SELECT auth.create_account(u, u || '@example.com', 'the-right-password', NULL, 'viewer') FROM unnest('{olga,emil}'::text[]) AS u \g /dev/null

-- status of a log-in from an address: 200, 401, 429; p_more: members of the request
CREATE FUNCTION pg_temp.login(p_name text, p_password text, p_address text, p_device text DEFAULT NULL, p_more jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_answer jsonb;
BEGIN
    PERFORM auth.begin_request(jsonb_build_object('address', p_address, 'request_id', 'r') || p_more);
    v_answer := api.login(p_password, p_name, device_token => p_device);
    PERFORM set_config('tap.device', coalesce(v_answer ->> 'device_token', ''), true);
    RETURN coalesce(right(v_answer -> 'mw_refusal' ->> 'code', 3), '200');
EXCEPTION WHEN SQLSTATE 'MW429' THEN
    RETURN '429';
END $$;
CREATE FUNCTION pg_temp.guess(p_name text, p_address text, p_times integer) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(pg_temp.login(p_name, 'wrong', p_address), ' ') FROM generate_series(1, p_times) $$;
CREATE FUNCTION pg_temp.wait() RETURNS void LANGUAGE sql AS $$ UPDATE auth.login_throttle SET blocked_until = clock_timestamp() $$;

-- one stranger
SELECT is(pg_temp.guess('olga', '6.6.6.6', 7), '401 401 401 401 401 429 429', 'a stranger has five attempts');
SELECT is(pg_temp.login('olga', 'the-right-password', '6.6.6.6'), '429', 'then waits, even with the right password');
SELECT is(pg_temp.login('olga', 'the-right-password', '10.0.0.1'), '200', 'the owner, who is elsewhere, does not');
SELECT set_config('tap.olga', current_setting('tap.device'), true) \g /dev/null
SELECT is(pg_temp.guess('nobody', '6.6.6.6', 7), '401 401 401 401 401 429 429', 'a name that nobody has looks the same');
SELECT is(pg_temp.login('nobody', 'wrong', '6.6.6.7'), '401', 'from elsewhere, too');

-- IPv6: a customer has a network of 64 bits
SELECT is((SELECT string_agg(pg_temp.login('emil', 'wrong', '2001:db8:1:1::' || i), ' ') FROM generate_series(1, 6) AS i), '401 401 401 401 401 429', 'IPv6 is counted by /64');
SELECT is(pg_temp.login('emil', 'wrong', '2001:db8:1:2::1'), '401', 'another network by itself');

-- many addresses
SELECT is((SELECT count(*) FROM generate_series(1, 60) AS i, pg_temp.login('olga', 'wrong', '7.0.0.' || i) AS r WHERE r = '401'), 15::bigint, 'many strangers share a budget');
SELECT is(pg_temp.login('olga', 'wrong', '8.8.8.8'), '429', 'a new one waits');
SELECT is(pg_temp.login('olga', 'the-right-password', '10.0.0.1'), '200', 'the address of the owner does not');
SELECT is(pg_temp.login('olga', 'the-right-password', '9.9.9.9', current_setting('tap.olga')), '200', 'nor the owner''s device on its way');
SELECT is(pg_temp.login('olga', 'the-right-password', '9.9.9.10', 'mwd_nonsense'), '429', 'a made-up device does');
SELECT is((SELECT count(*) FROM generate_series(1, 60) AS i, pg_temp.login('nemo', 'wrong', '7.0.0.' || i) AS r WHERE r = '401'), 20::bigint, 'a name that nobody has looks the same');

-- a stranger at the owner's own address (behind one router): the device is told apart
SELECT is(pg_temp.guess('olga', '10.0.0.1', 12), trim(repeat('401 ', 10)) || ' 429 429', 'at a known address there are more attempts, but not without end');
SELECT is(pg_temp.login('olga', 'the-right-password', '10.0.0.1', current_setting('tap.olga')), '200', 'the device passes');
SELECT is((SELECT string_agg(pg_temp.login('olga', 'wrong', '10.0.0.1', current_setting('tap.olga')), ' ') FROM generate_series(1, 6)),
    '401 401 401 401 401 429', 'a device waits for its own failures');
SELECT is(pg_temp.login('emil', 'the-right-password', '10.0.0.1', current_setting('tap.olga')), '200', 'another''s device is none, and a right password is right');

-- open sessions
CREATE FUNCTION pg_temp.session(p_name text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('user_id', a.id, 'session_id', s.id, 'role', a.role) FROM auth.account AS a JOIN auth.session AS s ON s.account_id = a.id
    WHERE a.username = p_name AND s.revoked_at IS NULL ORDER BY s.created_at, s.id LIMIT 1 $$;
CREATE FUNCTION pg_temp.change(p_name text, p_old text, p_new text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM auth.begin_request(pg_temp.session(p_name) || '{"address": "6.6.6.6"}');
    RETURN coalesce(right(api.change_password(p_old, p_new) -> 'mw_refusal' ->> 'code', 3), '204');
EXCEPTION WHEN SQLSTATE 'MW429' THEN
    RETURN '429';
END $$;
SELECT is(pg_temp.change('olga', 'the-right-password', 'another-password'), '204', 'the password changes in an open session, whatever strangers do');
SELECT is((SELECT string_agg(pg_temp.change('olga', 'wrong', 'a-third-password'), ' ') FROM generate_series(1, 7)), '422 422 422 422 422 429 429', 'which has attempts of its own');
SELECT pg_temp.wait() \g /dev/null
SELECT is(pg_temp.login('olga', 'another-password', '6.6.6.6', NULL, pg_temp.session('olga')), '200', 'whoever shows an open session is known');

-- an administrator helps
SELECT pg_temp.guess('emil', '5.5.5.5', 6) \g /dev/null
SELECT auth.begin_request('{}') \g /dev/null
SELECT api.update_user((SELECT id FROM auth.account WHERE username = 'emil'), password => 'set-by-an-admin') \g /dev/null
SELECT is(pg_temp.login('emil', 'set-by-an-admin', '5.5.5.5'), '200', 'a password that is set anew begins anew');

-- bounded
SELECT pg_temp.login('ghost' || i, 'wrong', '4.4.4.' || (i % 250)) FROM generate_series(1, 300) AS i \g /dev/null
SELECT cmp_ok((SELECT count(*) FROM auth.audit_entry WHERE action = 'session.login_failed'), '<', 160::bigint, 'made-up names do not fill the audit trail');
SELECT is((SELECT max((after ->> 'failures')::integer) FROM auth.audit_entry WHERE action = 'session.login_failed' AND object_id IS NULL), 256, 'which says how many there were');
SELECT cmp_ok((SELECT count(*) FROM auth.login_throttle), '>', 300::bigint, 'each attempt is a row');
UPDATE auth.login_throttle SET last_failed_at = now() - INTERVAL '2 hours';
SELECT auth.purge_expired() \g /dev/null
SELECT is((SELECT count(*) FROM auth.login_throttle), 0::bigint, 'for an hour');
INSERT INTO auth.login_throttle (subject, failed_attempts, last_failed_at, blocked_until)
SELECT sha256(i::text::bytea), 1, now(), now() FROM generate_series(1, 100500) AS i;
SELECT auth.purge_expired() \g /dev/null
SELECT is((SELECT count(*) FROM auth.login_throttle), 100000::bigint, 'and at most 100,000 at any time');
UPDATE ops.setting SET value = '5' WHERE name = 'auth.self_registrations_per_hour';
SELECT auth.begin_request('{"address": "1.1.1.1"}'), set_config('role', 'anonymous', true) \g /dev/null
SELECT lives_ok(format('SELECT api.register(%L, %L, %L)', 'new' || i, 'new' || i || '@example.com', 'long-enough-1'), 'one more') FROM generate_series(1, 3) AS i;
SELECT throws_ok($$SELECT api.register('new4', 'new4@example.com', 'long-enough-1')$$, 'MW429', NULL, 'so many an hour');
RESET ROLE;

-- every function that hashes, also by way of another, has a route in the lane for it
SELECT set_eq($$
    WITH RECURSIVE hashing AS (
        SELECT p.oid, p.proname, p.pronamespace::regnamespace || '.' || p.proname AS name FROM pg_proc AS p
        WHERE p.oid IN ('auth.hash_password(text)'::regprocedure, 'auth.password_matches(text,text)'::regprocedure)
        UNION
        SELECT p.oid, p.proname, p.pronamespace::regnamespace || '.' || p.proname FROM pg_proc AS p JOIN hashing AS h ON strpos(p.prosrc, h.name || '(') > 0
        WHERE p.proowner = 'millwright'::regrole
    )
    SELECT r.method || ' ' || r.path FROM api.route AS r JOIN hashing AS h ON h.name = r.function $$,
    $$SELECT method || ' ' || path FROM api.route WHERE lane = 'password'$$, 'what hashes has the lane password');
SELECT * FROM finish();
ROLLBACK;
