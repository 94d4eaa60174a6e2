-- API keys end: with what made them, with the password, with the role, with the account.
BEGIN;
SELECT no_plan();
SET search_path = public, pg_temp;
UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';
SELECT auth.create_account(u, u || '@example.com', u || 's-password', NULL, r) FROM (VALUES ('olga', 'operator'), ('anna', 'admin'), ('adam', 'admin')) AS a (u, r) \g /dev/null
CREATE TEMPORARY TABLE made (name text PRIMARY KEY, id uuid, secret text, expires_at timestamptz);

-- as_key('k', expression): the expression's value, asked with that key as thin would; as_user in a session
CREATE FUNCTION pg_temp.ask(p_request jsonb, p_role text, p_call text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_answer jsonb;
BEGIN
    PERFORM auth.begin_request(p_request || jsonb_build_object('role', p_role, 'address', '10.0.0.7', 'request_id', 'r'));
    PERFORM set_config('role', p_role, true);
    EXECUTE 'SELECT ' || p_call INTO v_answer;
    RESET ROLE;
    RETURN coalesce(v_answer, '"done"');
EXCEPTION WHEN OTHERS THEN
    RETURN jsonb_build_object('error', SQLSTATE);
END $$;
CREATE FUNCTION pg_temp.as_user(p_name text, p_call text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_account auth.account;
    v_session uuid;
BEGIN
    SELECT * INTO v_account FROM auth.account WHERE username = p_name;
    SELECT id INTO v_session FROM auth.session WHERE account_id = v_account.id AND revoked_at IS NULL ORDER BY created_at, id LIMIT 1;
    IF v_session IS NULL THEN
        INSERT INTO auth.session (account_id, expires_at) VALUES (v_account.id, now() + INTERVAL '1 day') RETURNING id INTO v_session;
    END IF;
    RETURN pg_temp.ask(jsonb_build_object('user_id', v_account.id, 'session_id', v_session), v_account.role, p_call);
END $$;
CREATE FUNCTION pg_temp.as_key(p_name text, p_call text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_caller jsonb;
BEGIN
    SELECT auth.authenticate_api_key(secret) INTO v_caller FROM made WHERE name = p_name;
    RETURN pg_temp.ask(v_caller - 'role', v_caller ->> 'role', p_call);
EXCEPTION WHEN OTHERS THEN
    RETURN jsonb_build_object('error', SQLSTATE);
END $$;
CREATE FUNCTION pg_temp.keep(p_name text, p_answer jsonb) RETURNS text LANGUAGE sql AS $$
    INSERT INTO made VALUES (p_name, (p_answer ->> 'id')::uuid, p_answer ->> 'key', (p_answer ->> 'expires_at')::timestamptz)
    RETURNING coalesce(p_answer ->> 'error', 'made') $$;
CREATE FUNCTION pg_temp.alive() RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(m.name, ' ' ORDER BY m.name), '') FROM made AS m WHERE NOT pg_temp.as_key(m.name, 'api.me()') ? 'error' $$;

-- what a key makes
SELECT is(pg_temp.keep('a', pg_temp.as_user('olga', $$api.create_api_key('a', 'operator', now() + INTERVAL '1 day')$$)), 'made', 'a key for a day');
SELECT is(pg_temp.keep('b', pg_temp.as_key('a', $$api.create_api_key('b', 'operator')$$)), 'made', 'makes another');
SELECT is((SELECT expires_at FROM made WHERE name = 'b'), (SELECT expires_at FROM made WHERE name = 'a'), 'which ends when it does');
SELECT is(pg_temp.as_key('a', $$api.create_api_key('x', 'operator', now() + INTERVAL '2 days')$$) ->> 'error', 'MW422', 'not later');
SELECT is(pg_temp.as_key('a', $$api.create_api_key('x', 'operator', 'infinity')$$) ->> 'error', 'MW422', 'least of all never');
SELECT is(pg_temp.keep('c', pg_temp.as_key('b', $$api.create_api_key('c', 'viewer', now() + INTERVAL '1 hour')$$)), 'made', 'a third, of less');
SELECT is(pg_temp.as_key('c', $$api.create_api_key('x', 'operator')$$) ->> 'error', 'MW403', 'a viewer''s key makes no operator''s');
SELECT is(pg_temp.keep('other', pg_temp.as_user('olga', $$api.create_api_key('other', 'operator')$$)), 'made', 'one beside them');
SELECT is(pg_temp.alive(), 'a b c other', 'all work');

-- whoever finds a key cannot shut its owner out
SELECT is(pg_temp.as_key('b', format('api.revoke_api_key(%L)', (SELECT id FROM made WHERE name = 'other'))) ->> 'error', 'MW404', 'a key does not end its neighbour');
SELECT is(pg_temp.as_key('b', format('api.revoke_api_key(%L)', (SELECT id FROM made WHERE name = 'a'))) ->> 'error', 'MW404', 'nor what made it');
SELECT is(pg_temp.as_key('b', 'api.logout(true)') ->> 'error', 'MW403', 'nor its owner''s sessions');
SELECT is(pg_temp.as_key('b', format('api.revoke_api_key(%L)', (SELECT id FROM made WHERE name = 'c'))), '"done"', 'but what it made');
SELECT is(pg_temp.alive(), 'a b other', 'which is gone');
SELECT is(pg_temp.keep('d', pg_temp.as_key('b', $$api.create_api_key('d', 'viewer')$$)), 'made', 'another below');
SELECT is(pg_temp.as_user('olga', format('api.revoke_api_key(%L)', (SELECT id FROM made WHERE name = 'a'))), '"done"', 'its owner ends the first');
SELECT is(pg_temp.alive(), 'other', 'and all below end');
SELECT results_eq($$SELECT k.name, k.revoked_reason FROM auth.api_key AS k WHERE k.name IN ('a', 'b', 'd') ORDER BY 1$$,
    $$VALUES ('a', 'revoked'), ('b', 'parent_revoked'), ('d', 'parent_revoked')$$, 'with the reason');

-- expiry: while it is being used, and of a parent
SELECT is(pg_temp.keep('e', pg_temp.as_user('olga', $$api.create_api_key('e', 'operator', now() + INTERVAL '1 hour')$$)), 'made', 'one for an hour');
SELECT is(pg_temp.keep('f', pg_temp.as_key('e', $$api.create_api_key('f', 'viewer')$$)), 'made', 'with one below');
UPDATE auth.api_key SET expires_at = clock_timestamp() WHERE name IN ('e', 'f');
SELECT is(pg_temp.alive(), 'other', 'over');

-- the password
SELECT is(pg_temp.as_user('olga', $$api.change_password('olgas-password', 'olgas-new-password')$$), '"done"', 'a new password');
SELECT is(pg_temp.alive(), '', 'ends the keys');
SELECT is(pg_temp.as_user('olga', 'api.me()') ->> 'username', 'olga', 'not the session that set it');
SELECT is(pg_temp.keep('g', pg_temp.as_user('olga', $$api.create_api_key('g', 'operator')$$)), 'made', 'a new key');
SELECT pg_temp.as_user('anna', format($$api.update_user(%s, password => 'reset-by-anna')$$, (SELECT id FROM auth.account WHERE username = 'olga'))) \g /dev/null
SELECT is(pg_temp.alive(), '', 'ends when an administrator sets one, too');
SELECT is((SELECT count(*) FROM auth.session AS s JOIN auth.account AS a ON a.id = s.account_id WHERE a.username = 'olga' AND s.revoked_at IS NULL), 0::bigint, 'and all sessions');

-- the role
SELECT is(pg_temp.keep('h', pg_temp.as_user('adam', $$api.create_api_key('h', 'admin')$$)), 'made', 'an administrator''s key');
SELECT is(pg_temp.keep('i', pg_temp.as_user('adam', $$api.create_api_key('i', 'viewer')$$)), 'made', 'and a small one');
SELECT is(pg_temp.keep('j', pg_temp.as_key('h', $$api.create_api_key('j', 'viewer')$$)), 'made', 'and one by the great one');
SELECT pg_temp.as_user('anna', format($$api.update_user(%s, role => 'operator')$$, (SELECT id FROM auth.account WHERE username = 'adam'))) \g /dev/null
SELECT is(pg_temp.alive(), 'i', 'a lower role ends the keys above it and what they made');
SELECT pg_temp.as_user('anna', format($$api.update_user(%s, role => 'admin')$$, (SELECT id FROM auth.account WHERE username = 'adam'))) \g /dev/null
SELECT is(pg_temp.alive(), 'i', 'for good: they do not come back with it');

-- the account, by psql as well
SELECT is(pg_temp.keep('k', pg_temp.as_user('adam', $$api.create_api_key('k', 'admin')$$)), 'made', 'one more');
UPDATE auth.account SET is_active = false WHERE username = 'adam';
SELECT is(pg_temp.alive(), '', 'deactivated');
SELECT is((SELECT count(*) FROM auth.session AS s JOIN auth.account AS a ON a.id = s.account_id WHERE a.username = 'adam' AND s.revoked_at IS NULL), 0::bigint, 'without a session');
UPDATE auth.account SET is_active = true WHERE username = 'adam';
SELECT is(pg_temp.alive(), '', 'and back again without keys');
SELECT is(auth.bootstrap_admin('adam@example.com', 'a-rescue-password') ->> 'outcome', 'updated', 'a rescue');
SELECT is((SELECT count(*) FROM auth.api_key AS k JOIN auth.account AS a ON a.id = k.account_id WHERE a.username = 'adam' AND k.revoked_at IS NULL), 0::bigint, 'leaves no key');

-- bounded: refresh tokens of a session, sessions of an account
CREATE TEMPORARY TABLE token AS SELECT pg_temp.ask('{}', 'anonymous', $$api.login('a-rescue-password', 'adam')$$) ->> 'refresh_token' AS t;
DO $$ BEGIN
    FOR i IN 1..60 LOOP UPDATE token SET t = api.refresh_token(t) ->> 'refresh_token'; END LOOP;
END $$;
SELECT cmp_ok((SELECT max(n) FROM (SELECT count(*) AS n FROM auth.refresh_token GROUP BY session_id) AS s), '<=', 34::bigint, 'of refresh tokens the last are kept');
SELECT ok(api.refresh_token(t) ? 'claims', 'and the newest works') FROM token;
UPDATE ops.setting SET value = '3' WHERE name = 'auth.sessions_per_account';
SELECT pg_temp.ask('{}', 'anonymous', $$api.login('a-rescue-password', 'adam')$$) FROM generate_series(1, 6) \g /dev/null
SELECT is((SELECT count(*) FROM auth.session AS s JOIN auth.account AS a ON a.id = s.account_id WHERE a.username = 'adam' AND s.revoked_at IS NULL), 3::bigint, 'so many sessions stay open');
-- a password that changes between the look and the log-in
SELECT is((SELECT count(*) FROM auth.device AS d JOIN auth.account AS a ON a.id = d.account_id WHERE a.username = 'adam'), 7::bigint, 'each log-in without a token is a new device');
SELECT * FROM finish();
ROLLBACK;
