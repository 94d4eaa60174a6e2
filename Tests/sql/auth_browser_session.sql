-- A browser's session: what its cookie opens, for how long, and what a request that changes something must bring.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';
SELECT auth.create_account('kim', 'kim@example.com', 'kims-password', NULL, 'operator') \g /dev/null
SELECT auth.create_account('lee', 'lee@example.com', 'lees-password', NULL, 'viewer') \g /dev/null
SELECT auth.begin_request('{"request_id": "r", "address": "10.0.0.7", "role": "anonymous"}') \g /dev/null

-- what authentication comes to: the role, or the code, the header and the message of the refusal
CREATE FUNCTION pg_temp.asks(p_cookie text, p_csrf text, p_method text DEFAULT 'GET') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_column text;
BEGIN
    RETURN auth.authenticate_cookie(p_cookie, p_csrf, p_method) ->> 'role';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_column = COLUMN_NAME;
    RETURN concat_ws(' ', SQLSTATE, nullif(v_column, '')) || ': ' || SQLERRM;
END $$;
CREATE TEMPORARY TABLE opened (name text, cookie text, csrf text);
INSERT INTO opened
SELECT n, a #>> '{cookie,value}', a #>> '{body,csrf_token}'
FROM unnest('{kim,lee}'::text[]) AS n CROSS JOIN LATERAL api.open_browser_session(n || 's-password', n) AS a;
SELECT cookie AS kim, csrf AS kims FROM opened WHERE name = 'kim' \gset
SELECT cookie AS lee, csrf AS lees FROM opened WHERE name = 'lee' \gset

SELECT matches((:'kim')::text, '^mws_[A-Za-z0-9_-]{43}$', 'a cookie is a secret of 256 bits');
SELECT is((SELECT count(*) FROM auth.session AS s WHERE strpos(s::text, :'kim') > 0 OR strpos(s::text, :'kims') > 0), 0::bigint, 'stored as a hash only');
SELECT is((SELECT count(*) FROM auth.refresh_token), 0::bigint, 'no token lies about beside it');
SELECT is(api.open_browser_session('wrong', 'kim') #>> '{mw_refusal,code}', 'MW401'::text, 'a wrong password opens nothing');

-- reading needs the cookie, writing the token of the same session besides
SELECT is(pg_temp.asks(:'kim', NULL, m), 'operator', m || ' needs no token') FROM unnest('{GET,HEAD}'::text[]) AS m;
SELECT is(pg_temp.asks(:'kim', :'kims', m), 'operator', m || ' with the token') FROM unnest('{POST,PUT,PATCH,DELETE,OPTIONS,get,""}'::text[]) AS m;
SELECT is(pg_temp.asks(:'kim', t, m), 'MW470 X-CSRF-Token: the CSRF token is not this session''s', format('%s with %L', m, left(t, 20)))
FROM unnest('{POST,PUT,PATCH,DELETE,OPTIONS,get,""}'::text[]) AS m CROSS JOIN unnest(ARRAY['', 'x', :'lees', :'kims' || ' ', :'kim', upper(:'kims')]) AS t;
SELECT is(pg_temp.asks(:'kim', NULL, m), 'MW470 X-CSRF-Token: the CSRF token is missing', m || ' without one')
FROM unnest('{POST,PUT,PATCH,DELETE,OPTIONS,get,""}'::text[]) AS m;
SELECT is(pg_temp.asks(c, :'kims'), 'MW401: the session has ended', format('no cookie: %L', left(c, 20)))
FROM unnest(ARRAY['', 'x', :'kims', :'kim' || 'x', upper(:'kim'), 'mwr_' || substr(:'kim', 5), NULL]) AS c;

-- a role holds at once; thin remembers nothing
UPDATE auth.account SET role = 'viewer' WHERE username = 'kim';
SELECT is(pg_temp.asks(:'kim', :'kims', 'POST'), 'viewer', 'the role is the account''s, not the log-in''s');

-- use keeps it open, and is written at most once a minute
UPDATE auth.session SET refreshed_at = now() - INTERVAL '30 seconds' WHERE cookie_hash = auth.hash_secret(:'kim');
SELECT is(pg_temp.asks(:'kim', NULL), 'viewer', 'used a moment ago');
SELECT is((SELECT refreshed_at FROM auth.session WHERE cookie_hash = auth.hash_secret(:'kim')), now() - INTERVAL '30 seconds', 'which is not written each time');
UPDATE auth.session SET refreshed_at = now() - INTERVAL '11 hours' WHERE cookie_hash = auth.hash_secret(:'kim');
SELECT is(pg_temp.asks(:'kim', 'x', 'POST'), 'MW470 X-CSRF-Token: the CSRF token is not this session''s', 'what is refused');
SELECT is((SELECT refreshed_at FROM auth.session WHERE cookie_hash = auth.hash_secret(:'kim')), now() - INTERVAL '11 hours', 'keeps nothing open');
SELECT is(pg_temp.asks(:'kim', NULL), 'viewer', 'what is allowed');
SELECT ok((SELECT refreshed_at > now() - INTERVAL '1 minute' FROM auth.session WHERE cookie_hash = auth.hash_secret(:'kim')), 'does');
UPDATE auth.session SET refreshed_at = now() - INTERVAL '12 hours 1 minute' WHERE cookie_hash = auth.hash_secret(:'kim');
SELECT is(pg_temp.asks(:'kim', NULL), 'MW401: the session was not used for too long', 'not used for auth.browser_session_idle');
UPDATE ops.setting SET value = '"1 day"' WHERE name = 'auth.browser_session_idle';
SELECT is(pg_temp.asks(:'kim', NULL), 'viewer', 'which is a setting');
UPDATE auth.session SET expires_at = now() - INTERVAL '1 second' WHERE cookie_hash = auth.hash_secret(:'kim');
SELECT is(pg_temp.asks(:'kim', NULL), 'MW401: the session has ended', 'and no use keeps it open for ever');

-- logging out, and what ends every other session ends this one
SELECT auth.begin_request(jsonb_build_object('user_id', s.account_id, 'session_id', s.id, 'role', 'viewer'))
FROM auth.session AS s WHERE s.cookie_hash = auth.hash_secret(:'lee') \g /dev/null
SELECT is(api.get_browser_session() ->> 'csrf_token', :'lees', 'a page that was loaded again is told its token');
SELECT is(api.end_browser_session(), jsonb '{"cookie": null, "body": {"ended": true}}', 'log-out takes the cookie away');
SELECT is(pg_temp.asks(:'lee', :'lees'), 'MW401: the session has ended', 'and it opens nothing any more');
SELECT auth.begin_request('{"request_id": "r", "address": "10.0.0.7", "role": "anonymous"}') \g /dev/null
SELECT api.open_browser_session('lees-password', 'lee') #>> '{cookie,value}' AS lee \gset
SELECT is(pg_temp.asks(:'lee', NULL), 'viewer', 'another log-in');
UPDATE auth.account SET is_active = false WHERE username = 'lee';
SELECT is(left(pg_temp.asks(:'lee', NULL), 5), 'MW401', 'whoever is deactivated is out');

-- what the cookie opens without a token changes nothing
SELECT is((SELECT string_agg(r.path, ' ') FROM api.route AS r JOIN pg_proc AS p ON p.oid = to_regproc(r.function)
           WHERE r.method = 'GET' AND p.provolatile = 'v'), NULL, 'no GET writes');
SELECT is((SELECT string_agg(r.method || ' ' || r.path, ' ') FROM api.route AS r WHERE r.response = 'cookie' AND r.method = 'GET'), NULL, 'no GET sets the cookie');

SELECT * FROM finish();
ROLLBACK;
